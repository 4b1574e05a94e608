"""Answers at the same moment, and answers whose process dies: one deal at most, and nothing half-written."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.matching.accepting import accept_offer
from common.application.matching.change_request import cancel_request
from common.application.matching.choosing import choose_offer
from common.application.matching.declining import decline_offer
from common.domain.matching.job_requests import JobRequestStatus, Mode
from common.domain.matching.offers import OfferStatus
from common.domain.shared.errors import GigstaError

from tests.factories.matching import nzd
from tests.support.booking_checks import check_everything
from tests.support.mortality import DiedError, Fate, mortal

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from common.application.matching.deps import MatchingDeps
    from common.application.matching.states import Answered
    from common.domain.matching.job_requests import JobRequest
    from common.domain.matching.offers import Offer

    from tests.support.offer_world import OfferWorld

PRICE = nzd(9_000)
#: What a customer who chooses has seen.
SEEN = {"accepted_price": {"amount": 9_000, "currency": "nzd"}}
CROWD = 50
#: Places to die: every call of these ports, before it and after it.
PORTS = ("requests", "offers", "stats", "bookings", "holds", "outbox", "publisher")
MOST_STEPS = 80


async def outcome(work: Awaitable[Answered]) -> str:
    """What came of a racer: its booking, or the code of its refusal."""
    try:
        answered = await work
    except GigstaError as refused:
        return refused.wire_code
    return answered.booking.id if answered.booking else "quoted"


async def check_one_deal(world: OfferWorld, request: JobRequest, made: list[Offer]) -> None:
    """The request has one offer, that one booking; the others are withdrawn and hold nothing."""
    (booking,) = await check_everything(world.bookings, at_rest=False)
    stored = await world.request(request)
    assert (stored.status, stored.booking_id) == (JobRequestStatus.MATCHED, booking.id)
    statuses = Counter([(await world.offer(each)).status for each in made])
    assert statuses == {OfferStatus.ACCEPTED: 1, OfferStatus.WITHDRAWN: len(made) - 1}
    events = world.container.mongo.collection("outbox")
    assert await events.count_documents({"type": "job_request.matched"}) == 1
    assert await events.count_documents({"type": "offer.withdrawn"}) == len(made) - 1


async def test_of_fifty_accepts_at_once_one_is_the_deal(offers: OfferWorld) -> None:
    world = await offers.open(CROWD, price=PRICE)
    request, made = await world.ask()
    pairs = zip(made, world.providers, strict=True)
    met = await asyncio.gather(
        *(outcome(accept_offer(world.deps, asked.caller, offer.id, {})) for offer, asked in pairs)
    )
    assert Counter("deal" if each.startswith("bkg_") else each for each in met) == {
        "deal": 1,
        "offer_gone": CROWD - 1,
    }
    await check_one_deal(world, request, made)


async def test_one_provider_who_presses_often_has_one_booking(offers: OfferWorld) -> None:
    world = await offers.open(2, price=PRICE)
    request, made = await world.ask()
    accepts = (accept_offer(world.deps, world.providers[0].caller, made[0].id, {}) for _ in range(10))
    met = set(await asyncio.gather(*map(outcome, accepts)))
    assert len(met) == 1
    assert met.pop().startswith("bkg_")
    await check_one_deal(world, request, made)


async def test_quotes_chosen_at_once_are_one_deal(offers: OfferWorld) -> None:
    world = await offers.open(4)
    request, made = await world.ask(Mode.COMPARE)
    for offer, asked in zip(made, world.providers, strict=True):
        given = {"price": {"amount": 9_000, "currency": "nzd"}}
        await accept_offer(world.deps, asked.caller, offer.id, given)
    chosen = (choose_offer(world.deps, world.customer_caller, request.id, each.id, SEEN) for each in made)
    met = Counter(["deal" if each.startswith("bkg_") else each for each in await asyncio.gather(*map(outcome, chosen))])
    assert met == {"deal": 1, "offer_gone": 3}
    await check_one_deal(world, request, made)


async def test_a_request_is_cancelled_or_agreed_and_never_both(offers: OfferWorld) -> None:
    world = await offers.open(2, price=PRICE)
    for _ in range(5):
        request, made = await world.ask()
        met, ended = await asyncio.gather(
            outcome(accept_offer(world.deps, world.providers[0].caller, made[0].id, {})),
            cancel_request(world.deps, world.customer_caller, request.id),
            return_exceptions=True,
        )
        stored = await world.request(request)
        if isinstance(ended, GigstaError):
            assert ended.wire_code == "action_not_available"
            assert (stored.status, stored.booking_id) == (JobRequestStatus.MATCHED, met)
        else:
            assert (stored.status, stored.booking_id, met) == (JobRequestStatus.CANCELLED, None, "offer_gone")
    bookings = await check_everything(world.bookings, at_rest=False)
    assert len(bookings) == len({each.job_request_id for each in bookings})


async def test_an_offer_is_declined_or_accepted_and_never_both(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    for _ in range(5):
        _, (only,) = await world.ask()
        caller = world.providers[0].caller
        await asyncio.gather(
            outcome(accept_offer(world.deps, caller, only.id, {})),
            outcome(decline_offer(world.deps, caller, only.id, {})),
        )
        stored = await world.offer(only)
        booking = await world.deps.bookings.get(stored.booking_id) if stored.booking_id else None
        assert (stored.status is OfferStatus.ACCEPTED) is (booking is not None)
    await check_everything(world.bookings, at_rest=False)


async def give_answer(deps: MatchingDeps, world: OfferWorld, request: JobRequest, offer: Offer, kind: str) -> Answered:
    """An accept that is the deal, one that is a quote, or the choice of a quote."""
    caller = world.providers[0].caller
    if kind == "choose":
        return await choose_offer(deps, world.customer_caller, request.id, offer.id, SEEN)
    given: dict[str, Any] = {"price": {"amount": 9_000, "currency": "nzd"}} if kind == "quote" else {}
    return await accept_offer(deps, caller, offer.id, given)


@pytest.mark.parametrize("kind", ["accept", "quote", "choose"])
async def test_an_answer_killed_at_every_step_is_given_once(offers: OfferWorld, kind: str) -> None:
    world = await offers.open(2, price=PRICE if kind == "accept" else None)
    window, deaths, made = world.window(length=timedelta(days=20)), 0, set[str]()
    for step in range(1, MOST_STEPS):
        mode = Mode.FIRST if kind == "accept" else Mode.COMPARE
        request, (offer, _) = await world.ask(mode, window=window)
        made.add(offer.id)
        if kind == "choose":
            await give_answer(world.deps, world, request, offer, "quote")
        fate = Fate(step)
        try:
            await give_answer(mortal(world.deps, fate, PORTS), world, request, offer, kind)
        except DiedError:
            deaths += 1
        answered = await give_answer(world.deps, world, request, offer, kind)
        assert answered.offer == await world.offer(offer)
        assert answered.offer.version == (3 if kind == "choose" else 2)
        assert answered.booking is None or answered.booking.offer_id == offer.id
        if deaths < step:
            break
    assert 10 < deaths < MOST_STEPS - 2
    bookings = await check_everything(world.bookings, at_rest=False)
    assert len(bookings) == (0 if kind == "quote" else len(made))
