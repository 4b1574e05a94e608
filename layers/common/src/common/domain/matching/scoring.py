"""The score of a candidate: whole points by part, which add up to it exactly, each with its reason.

Shares are quotients of whole numbers, rounded half up once at the end, so that equal inputs give equal scores on any
machine. What ranks is what is shown.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import NamedTuple

from common.domain.catalogue.rating_scores import PRIOR_MEAN, PRIOR_WEIGHT
from common.domain.matching.candidates import Candidate
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import PartName, Score, ScorePart
from common.domain.matching.settings import MatchingSettings
from common.domain.shared.display import money_text

#: A share of a part's points, as a quotient: numerator and denominator, the first at most the second.
_Share = tuple[int, int]
_ALL: _Share = (1, 1)
_HALF: _Share = (1, 2)
_NONE: _Share = (0, 1)
#: Stars that give no points; five give all. Between them lie nearly all providers (``rating_scores.PRIOR_MEAN`` is 4).
_WORST_MEAN, _BEST_MEAN = 3, 5
#: What somebody whom nobody knows yet is taken to do: agree to every second offer, after an hour.
_PRIOR_DECIDED, _PRIOR_AGREED = 4, 2
_PRIOR_REPLIES, _PRIOR_REPLY_SECONDS = 3, 3_600
#: Whoever answers after so long has half of the points for answering fast.
_HALF_REPLY_SECONDS = 1_800
#: A price of this share of the budget or less has all points for it, in per cent.
_GOOD_PRICE_PERCENT = 60
_PERCENT = 100


_ShareOf = Callable[[Candidate, JobRequest, MatchingSettings], _Share]


class _Part(NamedTuple):
    """One part of the score: what share of its points a candidate has, and why."""

    name: PartName
    share: _ShareOf
    reason: Callable[[Candidate, JobRequest, MatchingSettings], str]


def score(candidate: Candidate, request: JobRequest, settings: MatchingSettings) -> Score:
    """Why somebody is asked before others.

    Args:
        candidate: one that may be asked.
        request: what is asked for.
        settings: weights, and what they are measured by.
    """
    parts = []
    for each in _PARTS:
        most = getattr(settings.weights, each.name.value)
        given = points_of(most, each.share(candidate, request, settings))
        reason = each.reason(candidate, request, settings)
        parts.append(ScorePart(name=each.name, points=given, max=most, reason=reason))
    total = sum([each.points for each in parts])
    return Score(points=total, parts=parts, weights_version=settings.weights.version)


def points(candidate: Candidate, request: JobRequest, settings: MatchingSettings) -> int:
    """The points of ``score`` without the reasons, which cost more than the points.

    Args:
        candidate: one that may be asked.
        request: what is asked for.
        settings: weights, and what they are measured by.
    """
    return _sum(_weighted(settings), candidate, request, settings)


def rank(candidates: Iterable[Candidate], request: JobRequest, settings: MatchingSettings) -> list[Candidate]:
    """Candidates by their scores, the best first.

    The service that was asked for by its id comes before all others, sibling categories after; ties are broken by a
    hash of request and provider, which favours nobody over several requests.
    """
    weighted = _weighted(settings)

    def place(candidate: Candidate) -> tuple[bool, bool, int, str]:
        is_other = candidate.service_id != request.service_id
        found = _sum(weighted, candidate, request, settings)
        return is_other, candidate.is_sibling, -found, tie_break(request.id, candidate.provider_id)

    return sorted(candidates, key=place)


def _weighted(settings: MatchingSettings) -> list[tuple[int, _ShareOf]]:
    """The most points of each part that gives any, with its share."""
    known = [(getattr(settings.weights, each.name.value), each.share) for each in _PARTS]
    return [(most, share) for most, share in known if most]


def _sum(
    weighted: list[tuple[int, _ShareOf]], candidate: Candidate, request: JobRequest, settings: MatchingSettings
) -> int:
    return sum([points_of(most, share(candidate, request, settings)) for most, share in weighted])


def tie_break(request_id: str, provider_id: str) -> str:
    """What decides between equal scores: the digest of both ids, the least first."""
    return hashlib.sha256(f"{request_id}:{provider_id}".encode()).hexdigest()


def points_of(most: int, share: _Share) -> int:
    """A share of the most points, rounded half up."""
    numerator, denominator = share
    return (2 * most * numerator + denominator) // (2 * denominator)


def _distance(candidate: Candidate, request: JobRequest, _: MatchingSettings) -> _Share:
    """All points at the door, none at the end of the radius."""
    if candidate.distance_m is None:
        return _ALL
    radius = request.radius_km * 1_000
    return max(0, radius - candidate.distance_m), radius


def _distance_reason(candidate: Candidate, *_: object) -> str:
    if candidate.distance_m is None:
        return "distance does not matter"
    return f"about {max(1, (candidate.distance_m + 500) // 1_000)} km away"


def _rating(candidate: Candidate, *_: object) -> _Share:
    """Where the Bayesian mean of the stars (as ``rating_scores.bayesian_score``) lies between three and five."""
    count = candidate.rating_count + PRIOR_WEIGHT
    total = candidate.rating_total + round(PRIOR_WEIGHT * PRIOR_MEAN)
    width = (_BEST_MEAN - _WORST_MEAN) * count
    return min(width, max(0, total - _WORST_MEAN * count)), width


def _rating_reason(candidate: Candidate, *_: object) -> str:
    count, total = candidate.rating_count, candidate.rating_total
    if not count:
        return "no ratings yet"
    tenths = (20 * total + count) // (2 * count)
    return f"{tenths // 10}.{tenths % 10} of 5 stars from {_counted(count, 'rating')}"


def _answering(candidate: Candidate, *_: object) -> _Share:
    """Half for agreeing often, half for answering fast; who has answered little is taken to be usual."""
    figures = candidate.answering
    agreed, decided = figures.agreed + _PRIOR_AGREED, figures.decided + _PRIOR_DECIDED
    replies = figures.replied + _PRIOR_REPLIES
    seconds = figures.replied * figures.median_reply_seconds + _PRIOR_REPLIES * _PRIOR_REPLY_SECONDS
    fast, slow = _HALF_REPLY_SECONDS * replies, _HALF_REPLY_SECONDS * replies + seconds
    return agreed * slow + fast * decided, 2 * decided * slow


def _answering_reason(candidate: Candidate, *_: object) -> str:
    figures = candidate.answering
    if not figures.decided:
        return "no offers answered yet"
    agrees = f"agrees to {_percent(figures.agreed, figures.decided)} of offers"
    if not figures.replied:
        return agrees
    return f"{agrees}, usually answers within {max(1, (figures.median_reply_seconds + 30) // 60)} min"


def _fairness(candidate: Candidate, _: JobRequest, settings: MatchingSettings) -> _Share:
    """All points for who was not asked lately; half after ``fairness_half`` offers, a third after twice as many."""
    return settings.fairness_half, settings.fairness_half + candidate.recent_offers


def _fairness_reason(candidate: Candidate, _: JobRequest, settings: MatchingSettings) -> str:
    return f"{_counted(candidate.recent_offers, 'offer')} in the last {settings.fairness_window.days} days"


def _room(candidate: Candidate, *_: object) -> _Share:
    """How much of the working day is free on which the work could begin first."""
    whole = candidate.day_open_minutes
    return (max(0, whole - candidate.day_taken_minutes), whole) if whole > 0 else _NONE


def _room_reason(candidate: Candidate, *_: object) -> str:
    whole = candidate.day_open_minutes
    if whole <= 0:
        return "no working hours that day"
    return f"{_percent(max(0, whole - candidate.day_taken_minutes), whole)} of the day is free"


def _price(candidate: Candidate, request: JobRequest, _: MatchingSettings) -> _Share:
    """All points for well below the budget, none for the whole of it; half where one of the two is not known."""
    price, budget = candidate.price, request.budget
    if price is None or budget is None:
        return _HALF
    # In per cents of the budget, so that the quotient needs no fraction of a minor unit.
    whole = budget.amount * (_PERCENT - _GOOD_PRICE_PERCENT)
    return (min(whole, max(0, budget.amount - price.amount) * _PERCENT), whole) if whole > 0 else _NONE


def _price_reason(candidate: Candidate, request: JobRequest, _: MatchingSettings) -> str:
    if candidate.price is None:
        return "names a price when asked"
    if request.budget is None:
        return f"{money_text(candidate.price)}; no budget was given"
    return f"{money_text(candidate.price)} of a budget of {money_text(request.budget)}"


def _repeat(candidate: Candidate, *_: object) -> _Share:
    return _ALL if candidate.has_booked_before else _NONE


def _repeat_reason(candidate: Candidate, *_: object) -> str:
    """In words that are right for both who read them, the customer and the provider."""
    return "you have worked together before" if candidate.has_booked_before else "you have not worked together yet"


def _newcomer(candidate: Candidate, _: JobRequest, settings: MatchingSettings) -> _Share:
    return _ALL if candidate.jobs_done < settings.newcomer_jobs else _NONE


def _newcomer_reason(candidate: Candidate, _: JobRequest, settings: MatchingSettings) -> str:
    """Jobs are counted no further than they matter."""
    if candidate.jobs_done < settings.newcomer_jobs:
        return f"new here: {_counted(candidate.jobs_done, 'job')} done"
    return f"{_counted(settings.newcomer_jobs, 'job')} done or more"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _percent(part: int, whole: int) -> str:
    return f"{points_of(_PERCENT, (part, whole))}%"


#: In the order in which they are shown.
_PARTS = (
    _Part(PartName.DISTANCE, _distance, _distance_reason),
    _Part(PartName.RATING, _rating, _rating_reason),
    _Part(PartName.ANSWERING, _answering, _answering_reason),
    _Part(PartName.FAIRNESS, _fairness, _fairness_reason),
    _Part(PartName.ROOM, _room, _room_reason),
    _Part(PartName.PRICE, _price, _price_reason),
    _Part(PartName.REPEAT, _repeat, _repeat_reason),
    _Part(PartName.NEWCOMER, _newcomer, _newcomer_reason),
)
