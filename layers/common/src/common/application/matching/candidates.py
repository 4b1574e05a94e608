"""Who could do a job: found, sifted and ranked, with the reasons why others are left out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from common.application.matching.deps import MatchingDeps
from common.application.matching.services_found import FoundService, find_services
from common.application.ports.matching.offers import OfferFigures
from common.application.search.free_time import FreeTime, read_free_time
from common.application.shared.together import together
from common.domain.matching.candidates import Candidate, by_provider, sift
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.scoring import rank
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.windows import last_start

#: Calendars are read of so many times as many providers as are needed, the best by all that is known without them; the
#: room in the day then decides among these.
_SHORTLIST = 3
_LEAST_SHORTLIST = 12
#: Slots begin on whole seconds, and the last start is one of them.
_SECOND = timedelta(seconds=1)
#: Of a day of which nothing is known: it is taken to be free.
_UNKNOWN_DAY = 1
_NO_FIGURES = OfferFigures()


@dataclass(frozen=True)
class Ranking:
    """What a search for candidates has found.

    Args:
        ranked: those who may be asked, the best first; at least as many as were needed, if there are.
        exclusions: why others were left out, counted by reason; all of them where not enough could be found.
        candidate_count: providers that were looked at.
    """

    ranked: Sequence[Candidate]
    exclusions: dict[str, int]
    candidate_count: int


async def rank_candidates(deps: MatchingDeps, request: JobRequest, *, needed: int, has_siblings: bool) -> Ranking:
    """Find and rank who could do a job.

    Args:
        deps: ports.
        request: what is asked for.
        needed: how many are wanted; more may come. Who rests now is not counted, for a wave may pass them over.
        has_siblings: whether categories beside the one that is asked for count too.

    Raises:
        Unavailable: the search, or the database, is unavailable.
    """
    found, known = await together(
        find_services(deps, request, has_siblings=has_siblings),
        deps.track_record.known_providers(request.customer_id),
    )
    provider_ids = list(dict.fromkeys(each.provider_id for each in found))
    now = deps.clock.now()
    figures = await deps.stats.read(provider_ids, now, since=now - deps.settings.fairness_window)
    rough = [_rough(each, figures.get(each.provider_id, _NO_FIGURES), known, deps) for each in found]
    possible, exclusions = _ranked_by_provider(rough, request, deps.settings)
    counts, kept = Counter(exclusions), list[Candidate]()
    size = max(_LEAST_SHORTLIST, _SHORTLIST * needed)
    for first in range(0, len(possible), size):
        looked_at = await _look_at(deps, request, possible[first : first + size])
        more, others = sift(looked_at, request, deps.settings)
        kept += more
        counts.update(others)
        if sum(each.rests_until is None for each in kept) >= needed:
            break
    return Ranking(rank(kept, request, deps.settings), dict(counts), len(provider_ids))


def _rough(service: FoundService, figures: OfferFigures, known: frozenset[str], deps: MatchingDeps) -> Candidate:
    """What is known of a service without its provider; the rest is taken to be as good as it can be."""
    return Candidate(
        provider_id=service.provider_id,
        provider_user_id="",
        service_id=service.id,
        service_title=service.title,
        provider_name=service.provider_name,
        resource_ids=service.resource_ids,
        place_kinds=service.place_kinds,
        minutes=service.minutes,
        price=service.price,
        distance_m=service.distance_m,
        exact_distance_m=service.exact_distance_m,
        reach_m=service.reach_m,
        rating_count=service.rating_count,
        rating_total=service.rating_total,
        answering=figures.answering,
        recent_offers=figures.recent_offers,
        day_open_minutes=_UNKNOWN_DAY,
        soonest_start_at=deps.clock.now(),
        has_booked_before=service.provider_id in known,
        jobs_done=min(service.rating_count, deps.settings.newcomer_jobs),
        is_listed=service.is_on_sale,
        is_sibling=service.is_sibling,
    )


def _ranked_by_provider(
    rough: Sequence[Candidate], request: JobRequest, settings: MatchingSettings
) -> tuple[list[list[Candidate]], dict[str, int]]:
    """Services that may be asked for as far as they are known, by provider, the best first; and why others may not."""
    kept, counts = by_provider(rough, request, settings)
    ranked: dict[str, list[Candidate]] = {}
    for each in rank([each for group in kept.values() for each in group], request, settings):
        ranked.setdefault(each.provider_id, []).append(each)
    return list(ranked.values()), counts


async def _look_at(deps: MatchingDeps, request: JobRequest, services: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """The same candidates with all that is known of their providers, in the same order."""
    every = [each for group in services for each in group]
    provider_ids = [group[0].provider_id for group in services]
    now, window = deps.clock.now(), request.window
    start = max(window.start_at, now)
    providers, open_offers, jobs = await together(
        deps.search.providers.get_many(provider_ids),
        deps.offers.count_open(provider_ids),
        deps.track_record.jobs_done(provider_ids, most=deps.settings.newcomer_jobs),
    )
    free, preferences = await together(
        read_free_time(
            deps.search,
            providers,
            {resource for each in every for resource in each.resource_ids},
            max((each.minutes for each in every), default=0),
            start,
            window.end_at,
            has_whole_days=True,
        ),
        deps.preferences.get_many([each.user_id for each in providers.values()]),
    )
    full: list[Candidate] = []
    for each in every:
        provider = providers.get(each.provider_id)
        if provider is None:
            full.append(replace(each, is_listed=False))
            continue
        wishes = preferences.get(provider.user_id)
        with_provider = replace(
            each,
            provider_user_id=provider.user_id,
            is_listed=each.is_listed and provider.is_listed,
            is_billable=provider.is_billable,
            open_offers=open_offers.get(each.provider_id, 0),
            jobs_done=jobs.get(each.provider_id, 0),
            rests_until=wishes.rests_until(now) if wishes else None,
        )
        full.append(_with_time(with_provider, free, start, last_start(window, each.minutes)))
    return full


def _with_time(candidate: Candidate, free: FreeTime, start: datetime, last: datetime) -> Candidate:
    """The candidate with the first free time and the room in that day."""
    resources = candidate.resource_ids
    soonest = free.soonest(candidate.provider_id, candidate.minutes, resources, start, last + _SECOND)
    if soonest is None:
        return replace(candidate, soonest_start_at=None)
    load = free.load(candidate.provider_id, resources, soonest)
    return replace(
        candidate,
        soonest_start_at=soonest,
        day_open_minutes=load.open_minutes,
        day_taken_minutes=load.taken_minutes,
    )
