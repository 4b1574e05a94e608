"""Asking providers, wave by wave: what is due is done once, however often, late or at the same time it is asked for.

A wave is decided outside of the database and written in one transaction: the request under the version that it was
decided on, its offers, the figures of who is asked, and the events. Of two that decide the same wave one is refused.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from common.application.matching.candidates import Ranking, rank_candidates
from common.application.matching.deps import MatchingDeps
from common.application.matching.read import MOST_OFFERS
from common.application.matching.writing import write
from common.application.shared.together import together
from common.domain.matching.candidates import Exclusion
from common.domain.matching.job_requests import JobRequest, Mode
from common.domain.matching.state_machine import Nobody, Waiting, WaveSent, fire_on_request, make_offer
from common.domain.matching.waves import Wave, asks_siblings, gap, plan_wave, wave_size
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Event

#: How often a wave is planned anew where somebody can be asked no more as it is written.
_TRIES = 3


class _UnfitError(Exception):
    """Some providers can be asked no more, and why: others were quicker, or they are shown no more."""

    def __init__(self, reasons: Mapping[str, Exclusion]) -> None:
        super().__init__()
        self.reasons = reasons


async def send_wave(deps: MatchingDeps, request: JobRequest) -> list[Event]:
    """Ask the next providers about a request whose wave is due, or keep why nobody is asked.

    Args:
        deps: ports.
        request: as stored.

    Returns:
        Events that have committed, to be published; none where somebody else was quicker.

    Raises:
        VersionConflict: the request has changed meanwhile.
    """
    now, settings = deps.clock.now(), deps.settings
    number = request.wave + 1
    try:
        may_ask, found = await together(_may_ask(deps, request), _search(deps, request, number))
        if not may_ask:
            return await _wait(deps, request, gap(request, now, settings), "")
        if not found.ranked and not asks_siblings(number, settings):
            number = len(settings.wave_sizes)
            found = await _search(deps, request, number)
    except Unavailable:
        return await _wait(deps, request, settings.retry_after, "The search was not available.")
    for _ in range(_TRIES):
        wave = plan_wave(request, found.ranked, now, settings, number=number)
        if not wave.chosen:
            break
        try:
            return await _send(deps, request, wave, number, found)
        except _UnfitError as error:
            found = _without(found, error.reasons)
    else:
        return await _wait(deps, request, settings.retry_after, "")
    if wave.waits_until is not None:
        return await _wait(deps, request, wave.waits_until - now, "Providers rest.")
    return await _find_nobody(deps, request, number, found)


async def _search(deps: MatchingDeps, request: JobRequest, number: int) -> Ranking:
    """Who could be asked in a wave."""
    settings = deps.settings
    return await rank_candidates(
        deps,
        request,
        needed=wave_size(number, settings),
        has_siblings=asks_siblings(number, settings),
    )


def _without(found: Ranking, reasons: Mapping[str, Exclusion]) -> Ranking:
    """What was found, with some of the candidates among the others."""
    counts = Counter(found.exclusions)
    counts.update(reason.value for reason in reasons.values())
    return Ranking(
        [each for each in found.ranked if each.provider_id not in reasons], dict(counts), found.candidate_count
    )


async def _may_ask(deps: MatchingDeps, request: JobRequest) -> bool:
    """Whether anybody should be asked now: not for somebody who is suspended, and not while enough quotes stand."""
    customer = await deps.users.get(request.customer_id)
    if customer is None or not customer.is_active:
        return False
    if request.mode is Mode.FIRST or request.wave == 0:
        return True
    offers = await deps.offers.list_by_request(request.id, limit=MOST_OFFERS)
    return sum(each.is_quoted for each in offers) < deps.settings.quote_limit


async def _send(deps: MatchingDeps, request: JobRequest, wave: Wave, number: int, found: Ranking) -> list[Event]:
    """Write a wave.

    Raises:
        _UnfitError: with it some of the chosen would have more open offers than they may, or they are shown no more.
        VersionConflict: the request has changed meanwhile.
    """
    now, settings = deps.clock.now(), deps.settings
    asked = WaveSent(
        number=number,
        provider_ids=[each.provider_id for each, _ in wave.chosen],
        offers_end_at=wave.offers_end_at,
        next_at=wave.next_at,
        exclusions=found.exclusions,
        candidate_count=found.candidate_count,
    )
    change = fire_on_request(request, "send_wave", asked, now, settings)
    if change is None:
        return []
    offers = [make_offer(change.request, each, why, wave.offers_end_at, now, settings) for each, why in wave.chosen]

    async def work() -> list[Event]:
        events = await write(deps, change, offers)
        if unfit := await _unfit(deps, asked.provider_ids):
            raise _UnfitError(unfit)
        return events

    return await deps.unit_of_work.run(work)


async def _unfit(deps: MatchingDeps, provider_ids: Sequence[str]) -> Mapping[str, Exclusion]:
    """Who of those that a wave asks can be asked no more, inside the unit of work that has written it.

    Whoever has left or was suspended since the search is not asked, and nobody has more offers than they may however
    many waves are written at once.
    """
    open_offers = await deps.offers.count_open(provider_ids)
    providers = await deps.search.providers.get_many(provider_ids)
    listed = {each.id for each in providers.values() if each.is_listed}
    full = {each for each, count in open_offers.items() if count > deps.settings.open_offers_limit}
    return {
        **dict.fromkeys(full, Exclusion.TOO_MANY_OFFERS),
        **dict.fromkeys(set(provider_ids) - listed, Exclusion.NOT_AVAILABLE),
    }


async def _find_nobody(deps: MatchingDeps, request: JobRequest, number: int, found: Ranking) -> list[Event]:
    """Keep that nobody is left to ask, and why."""
    given = Nobody(number=number, exclusions=found.exclusions, candidate_count=found.candidate_count)
    return await _fire(deps, request, "find_nobody", given)


async def _wait(deps: MatchingDeps, request: JobRequest, time: timedelta, note: str) -> list[Event]:
    """Look again later."""
    until = deps.clock.now() + max(time, deps.settings.retry_after)
    return await _fire(deps, request, "wait", Waiting(until=until, note=note))


async def _fire(deps: MatchingDeps, request: JobRequest, action: str, given: Nobody | Waiting) -> list[Event]:
    change = fire_on_request(request, action, given, deps.clock.now(), deps.settings)
    return [] if change is None else await deps.unit_of_work.run(lambda: write(deps, change))
