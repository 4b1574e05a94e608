"""Second tries of a search that found nothing: the words that name a place are taken for one, others are left out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from common.application.ports.catalogue.geocoding import Located
from common.application.ports.search.listings import Criteria, WordGroup
from common.application.search.deps import SearchDeps
from common.application.search.queries import SearchQuery
from common.application.search.words import MAX_WORDS
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.search.text import words
from common.domain.shared.geo import Point

_LONGEST_PLACE = 4


@dataclass(frozen=True)
class Try:
    """One way to understand a query more loosely."""

    criteria: Criteria
    place: Located | None
    ignored: tuple[str, ...]


async def looser_tries(deps: SearchDeps, query: SearchQuery, criteria: Criteria) -> list[Try]:
    """Looser ways to understand a query, the closest to what was asked first; at most three.

    First the words at its end that name a place are taken for one, if it has no other place. Then words that no listing
    has are left out, and at last all but what means a category, or else the commonest word.

    Args:
        deps: ports.
        query: as asked.
        criteria: as understood first; its first groups are those of the words.
    """
    typed = words(query.text, MAX_WORDS) if query.text else []
    typed_groups, fixed = list(zip(typed, criteria.groups, strict=False)), criteria.groups[len(typed) :]
    place, typed_groups = await _split_place(deps, criteria, typed_groups)
    if place is not None:
        criteria = replace(criteria, point=Point(place.lat, place.lng), doubt_m=place.uncertainty_m)
    known = [pair for pair in typed_groups if pair[1].used]
    tries: list[Try] = []
    for kept in (typed_groups, known, _main(known)):
        groups = (*(group for _, group in kept), *fixed)
        if not kept or groups == criteria.groups or any(each.criteria.groups == groups for each in tries):
            continue
        ignored = tuple(word for word, group in typed_groups if (word, group) not in kept)
        tries.append(Try(replace(criteria, groups=groups), place, ignored))
    return tries


async def _split_place(
    deps: SearchDeps, criteria: Criteria, typed_groups: list[tuple[str, WordGroup]]
) -> tuple[Located | None, list[tuple[str, WordGroup]]]:
    """The place that the last words name, and the words before it."""
    if criteria.point is not None or criteria.place_kind is PlaceKind.ONLINE:
        return None, typed_groups
    for length in range(min(_LONGEST_PLACE, len(typed_groups) - 1), 0, -1):
        place = await deps.places.named(" ".join(word for word, _ in typed_groups[-length:]))
        if place is not None:
            return place, typed_groups[:-length]
    return None, typed_groups


def _main(known: Sequence[tuple[str, WordGroup]]) -> list[tuple[str, WordGroup]]:
    """What means a category, or else the commonest word."""
    meant = [pair for pair in known if any(token.startswith("#") for token in pair[1].tokens)]
    return meant[:1] or sorted(known, key=lambda pair: -pair[1].used)[:1]
