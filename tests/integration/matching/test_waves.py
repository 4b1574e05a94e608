"""Waves: who is asked when, by messages and by the sweep, however often, late or at the same time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.shared.database import Mongo, MongoLimits
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.matching.due import run_due, sweep_due
from common.application.matching.writing import commit
from common.domain.matching.job_requests import JobRequestStatus, Mode
from common.domain.matching.offers import OfferStatus
from common.domain.matching.state_machine import Decline, perform_on_offer
from common.domain.notifications.inbox import Preferences, QuietHours
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.money import Money

from tests.support.mortality import DiedError, Fate, mortal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from common.domain.catalogue.providers import Provider
    from common.domain.matching.job_requests import JobRequest
    from common.domain.matching.offers import Offer

    from tests.support.matching_world import MatchingWorld

PORTS = ("requests", "offers", "stats", "outbox", "publisher", "unit_of_work")


def asked(offers: list[Offer] | Any) -> set[str]:
    return {each.provider_id for each in offers}


async def test_waves_ask_a_few_then_more_and_nobody_twice(world: MatchingWorld) -> None:
    await world.open(20)
    request = await world.asked()
    first = await world.offers(request)
    assert request.status is JobRequestStatus.OFFERING
    assert asked(first) == {each.id for each in world.providers[:3]}, "the nearest of alike ones"
    assert request.next_due_at == world.clock.now() + timedelta(minutes=60)

    for wave, count in ((2, 3 + 5), (3, 3 + 5 + 8), (4, 20)):
        assert request.next_due_at is not None
        await world.move_to(request.next_due_at)
        request = await world.get(request.id)
        offers = await world.offers(request)
        assert (request.wave, len(offers), len(asked(offers))) == (wave, count, count)
    assert request.asked_provider_ids == list(dict.fromkeys(request.asked_provider_ids))


async def test_a_score_adds_up_and_goes_with_the_offer(world: MatchingWorld) -> None:
    await world.open(3)
    for offer in await world.offers(await world.asked()):
        assert offer.score.points == sum(part.points for part in offer.score.parts)
        assert offer.score.weights_version == world.deps.settings.weights.version
        assert (offer.price, offer.minutes) == (Money(amount=9_000, currency="nzd"), 60)
        assert offer.soonest_start_at is not None
    assert "offer.made" in world.publisher.types()


async def test_when_everybody_lets_it_run_out_the_request_is_exhausted_with_the_reasons(world: MatchingWorld) -> None:
    await world.open(2)
    await world.add_provider(40_000)
    await world.add_provider(800, price=Money(amount=90_000, currency="nzd"))
    request = await world.asked(budget=Money(amount=20_000, currency="nzd"))
    assert len(await world.offers(request)) == 2
    while request.next_due_at is not None and request.status is not JobRequestStatus.EXHAUSTED:
        await world.move_to(request.next_due_at)
        request = await world.get(request.id)
    assert request.status is JobRequestStatus.EXHAUSTED
    assert request.exclusions == {"already_asked": 2, "too_far": 1, "above_budget": 1}
    assert {each.status for each in await world.offers(request)} == {OfferStatus.EXPIRED}
    assert "job_request.exhausted" in world.publisher.types()


async def test_doubled_early_late_and_lost_timers_send_each_wave_once(world: MatchingWorld) -> None:
    await world.open(9)
    request = await world.ask()
    await asyncio.gather(*(run_due(world.deps, request.id) for _ in range(4)), world.sweep(), world.sweep())
    assert len(await world.offers(request)) == 3
    await world.drain()
    await run_due(world.deps, request.id)
    assert len(await world.offers(request)) == 3, "nothing is due before its time"

    world.publisher.events.clear()  # the messages are lost
    await world.move_to(world.clock.now() + timedelta(hours=1))
    assert len(await world.offers(request)) == 8
    await run_due(world.deps, request.id)
    assert len(await world.offers(request)) == 8


async def test_a_process_that_dies_anywhere_in_a_wave_leaves_all_of_it_or_nothing(world: MatchingWorld) -> None:
    await world.open(3)
    alive = Fate()
    await run_due(mortal(world.deps, alive, PORTS), (await world.ask()).id)
    for step in range(1, alive.steps + 1):
        request = await world.ask(start_at=world.clock.now() + timedelta(days=3, minutes=5 * step))
        await _free_hands(world)
        with pytest.raises(DiedError):
            await run_due(mortal(world.deps, Fate(dies_at=step), PORTS), request.id)
        stored, offers = await world.get(request.id), await world.offers(request)
        assert (stored.wave, len(offers)) in {(0, 0), (1, 3)}
        await world.sweep()
        stored, offers = await world.get(request.id), await world.offers(request)
        assert (stored.wave, len(offers)) == (1, 3)
        await _free_requests(world)


async def test_a_provider_has_five_offers_open_at_most_however_many_waves_are_sent_at_once(
    world: MatchingWorld,
) -> None:
    await world.open(1)
    requests = [await _asked_by_another(world) for _ in range(8)]
    await asyncio.gather(*(run_due(world.deps, each.id) for each in requests))
    for _ in range(3):
        world.clock.advance(minutes=2)
        await world.sweep()
    counts = await world.deps.offers.count_open([world.providers[0].id])
    assert counts == {world.providers[0].id: 5}
    left = [stored for each in requests if not (stored := await world.get(each.id)).asked_provider_ids]
    assert len(left) == 3
    assert all(each.exclusions.get("too_many_offers") == 1 for each in left)


async def test_quiet_hours_delay_what_is_not_urgent_and_nothing_else(world: MatchingWorld) -> None:
    await world.open(1)
    person = world.people[world.providers[0].id]
    quiet = QuietHours(start=time(23), end=time(7), timezone="UTC")
    await world.deps.preferences.save(Preferences(user_id=person.id, quiet_hours=quiet))
    request = await world.asked()
    assert (request.status, request.next_due_at) == (
        JobRequestStatus.OPEN,
        world.clock.now().replace(hour=7),
    )
    await world.move_to(world.clock.now().replace(hour=7))
    assert len(await world.offers(request)) == 1

    world.clock.advance(hours=17)
    soon = world.clock.now() + timedelta(hours=2)
    urgent = await world.asked(start_at=soon, end_at=soon + timedelta(hours=8))
    assert len(await world.offers(urgent)) == 1


async def test_while_the_search_is_away_a_request_waits_a_minute(world: MatchingWorld) -> None:
    await world.open(1)
    nowhere = Mongo(
        lambda: "mongodb://127.0.0.1:1/?directConnection=true", "x", replace(MongoLimits(), server_selection=50)
    )
    search = replace(world.deps.search, listings=MongoListingIndex(nowhere))
    request = await world.ask()
    await run_due(replace(world.deps, search=search), request.id)
    await nowhere.close()
    waiting = await world.get(request.id)
    assert (waiting.status, waiting.next_due_at) == (
        JobRequestStatus.OPEN,
        world.clock.now() + timedelta(minutes=1),
    )
    await world.move_to(world.clock.now() + timedelta(minutes=1))
    assert len(await world.offers(request)) == 1


async def test_who_is_suspended_or_leaves_during_the_search_is_not_asked(world: MatchingWorld) -> None:
    await world.open(2)
    gone = world.providers[0].id
    providers = world.deps.search.providers

    class Late:
        """Lets the provider go as soon as the search has read the profiles."""

        async def get_many(self, provider_ids: Sequence[str]) -> Mapping[str, Provider]:
            found = await providers.get_many(provider_ids)
            if current_session() is None:
                await world.container.providers.update(gone, {"is_listed": False}, now=world.clock.now())
            return found

    search = replace(world.deps.search, providers=Late())  # type: ignore[arg-type]
    request = await world.ask()
    await run_due(replace(world.deps, search=search), request.id)
    assert asked(await world.offers(request)) == {world.providers[1].id}
    assert (await world.get(request.id)).exclusions == {"not_available": 1}


async def test_the_last_wave_looks_at_sibling_categories(world: MatchingWorld) -> None:
    await world.open(1, category="lawn-mowing")
    request = await world.asked()
    (offer,) = await world.offers(request)
    assert (offer.provider_id, request.wave) == (world.providers[0].id, 4)


async def test_a_service_that_is_asked_for_by_its_id_is_asked_first_and_alone(world: MatchingWorld) -> None:
    await world.open(5)
    far = await world.add_provider(9_000, provider={"service_radius_km": 10.0})
    service_id = (await world.deps.services.list_by_provider(far.id, status=None, limit=1, before=None))[0].id
    request = await world.asked(category=None, service_id=service_id)
    assert asked(await world.offers(request)) == {far.id}
    await world.move_to(world.clock.now() + timedelta(hours=1))
    assert len(await world.offers(request)) == 6


async def test_what_is_done_online_asks_the_best_rated_wherever_they_are(world: MatchingWorld) -> None:
    await world.open(1, place_kinds=["online"])
    await world.add_provider(900_000, place_kinds=["online"])
    await world.add_provider(500)
    request = await world.asked(place_kind="online", address=None)
    offers = await world.offers(request)
    assert (asked(offers), {each.distance_m for each in offers}) == (
        {each.id for each in world.providers[:2]},
        {None},
    )


async def test_whom_the_customer_goes_to_need_not_come_so_far_themselves(world: MatchingWorld) -> None:
    await world.add_provider(9_000, provider={"service_radius_km": 1.0}, place_kinds=["provider"])
    await world.add_provider(9_100, provider={"service_radius_km": 1.0})
    request = await world.asked(place_kind="provider")
    (offer,) = await world.offers(request)
    assert offer.provider_id == world.providers[0].id
    assert offer.distance_m is not None
    assert abs(offer.distance_m - 9_000) < 1_500, "to the point that is shown"


async def test_customers_who_are_suspended_ask_nobody(world: MatchingWorld) -> None:
    await world.open(1)
    request = await world.ask()
    await world.container.users.update(world.customer.id, {"is_active": False})
    await world.drain()
    assert await world.offers(request) == []
    await world.container.users.update(world.customer.id, {"is_active": True})
    await world.move_to(world.clock.now() + timedelta(hours=1))
    assert len(await world.offers(request)) == 1


async def test_a_window_that_is_over_ends_the_request_and_withdraws_its_offers(world: MatchingWorld) -> None:
    await world.open(1)
    request = await world.asked()
    await world.move_to(request.expires_at)
    ended = await world.get(request.id)
    (offer,) = await world.offers(request)
    assert (ended.status, ended.next_due_at) == (JobRequestStatus.EXPIRED, None)
    assert offer.status in {OfferStatus.EXPIRED, OfferStatus.WITHDRAWN}
    assert await world.sweep() == {}


async def test_how_providers_answer_ranks_them_the_next_time(world: MatchingWorld) -> None:
    await world.open(2)
    request = await world.asked()
    for offer in await world.offers(request):
        if offer.provider_id == world.providers[0].id:
            await _decline(world, request, offer)
    await world.move_to(world.clock.now() + timedelta(hours=3))
    now = world.clock.now()
    figures = await world.deps.stats.read([each.id for each in world.providers], now, since=now - timedelta(days=7))
    answers = [figures[each.id].answering for each in world.providers]
    assert [(each.decided, each.agreed, each.replied) for each in answers] == [(1, 0, 1), (1, 0, 0)]
    assert {each.recent_offers for each in figures.values()} == {1}
    world.clock.advance(days=8)
    figures = await world.deps.stats.read(list(figures), world.clock.now(), since=world.clock.now() - timedelta(days=7))
    assert {each.recent_offers for each in figures.values()} == {0}


async def test_a_row_that_cannot_be_read_keeps_nobody_elses_waiting(world: MatchingWorld) -> None:
    await world.open(1)
    broken, fine = await world.ask(), await world.ask(start_at=world.clock.now() + timedelta(days=3))
    requests = world.container.mongo.collection("job_requests")
    await requests.update_one({"_id": broken.id}, {"$set": {"status": "of another release"}})
    with pytest.raises(RuntimeError, match=broken.id):
        await sweep_due(world.deps, has_time=lambda: True)
    assert len(await world.offers(fine)) == 1
    await requests.delete_one({"_id": broken.id})


async def _decline(world: MatchingWorld, request: JobRequest, offer: Offer) -> None:
    actor = Actor(kind=ActorKind.PROVIDER, id=offer.provider_user_id)
    change = perform_on_offer(offer, request, "decline", actor, Decline(), world.clock.now(), world.deps.settings)
    await commit(world.deps, offers=[change])


async def _asked_by_another(world: MatchingWorld) -> JobRequest:
    world.customer = world.new_customer()
    await world.open()
    return await world.ask(mode=Mode.FIRST)


async def _free_hands(world: MatchingWorld) -> None:
    """Let open offers of earlier requests go."""
    offers = world.container.mongo.collection("offers")
    await offers.update_many({"customer_id": world.customer.id}, {"$set": {"status": "withdrawn", "next_due_at": None}})


async def _free_requests(world: MatchingWorld) -> None:
    """Let earlier requests count no more."""
    await world.container.mongo.collection("job_requests").update_many(
        {"customer_id": world.customer.id}, {"$set": {"customer_id": "usr_gone", "next_due_at": None}}
    )
