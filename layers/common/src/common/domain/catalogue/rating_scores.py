"""The score by which ratings rank: a Bayesian average, so that one five-star rating does not beat two hundred."""

#: What a service without ratings is taken to be worth: a little under the usual mean of marketplaces' stars.
PRIOR_MEAN = 4.0
#: How many ratings the prior counts as.
PRIOR_WEIGHT = 10


def bayesian_score(count: int, total: int) -> float:
    """Weighted mean of the ratings and the prior, 0 to 5, to two decimals.

    The formula is the "true Bayesian estimate" of weighted rankings: (C·m + Σ stars) / (C + n).

    Args:
        count: number of published ratings.
        total: sum of their stars.
    """
    return round((PRIOR_WEIGHT * PRIOR_MEAN + total) / (PRIOR_WEIGHT + count), 2)
