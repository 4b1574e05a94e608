"""How relevant a listing is: what matched where, how well it is rated, how near it is."""

from collections.abc import Sequence

from common.application.ports.search.listings import Criteria, Hit
from common.domain.search.text import title_stems

_IN_TITLE = 1.0
_IN_NAME_OR_CATEGORY = 0.7
_ELSEWHERE = 0.3
_TEXT_WEIGHT, _RATING_WEIGHT, _NEARNESS_WEIGHT = 0.5, 0.3, 0.2
_BEST_SCORE = 5.0
#: At this distance nearness counts half.
_HALF_DISTANCE_M = 5_000.0


def relevance(criteria: Criteria, hit: Hit) -> float:
    """Relevance of a hit, 0 to 1, to six decimals: text 50 %, rating 30 %, nearness 20 %.

    Without words or point their parts count in full for every hit, so that the rest decides.
    """
    text = _text_match(criteria, hit) if criteria.groups else 1.0
    nearness = 1.0 if hit.distance_m is None else _HALF_DISTANCE_M / (_HALF_DISTANCE_M + hit.distance_m)
    rating = hit.score / _BEST_SCORE
    return round(_TEXT_WEIGHT * text + _RATING_WEIGHT * rating + _NEARNESS_WEIGHT * nearness, 6)


def _text_match(criteria: Criteria, hit: Hit) -> float:
    title, name = title_stems(hit.title), title_stems(hit.trading_name)
    return sum(_best(group.tokens, title, name) for group in criteria.groups) / len(criteria.groups)


def _best(tokens: Sequence[str], title: Sequence[str], name: Sequence[str]) -> float:
    if any(token in title for token in tokens):
        return _IN_TITLE
    if any(token.startswith("#") or token in name for token in tokens):
        return _IN_NAME_OR_CATEGORY
    return _ELSEWHERE
