"""Quotes: what they hold, what a customer sees and chooses, and one counter-offer each way."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from common.application.bookings.create import BookingInput, create_booking
from common.application.matching.accepting import accept_offer
from common.application.matching.choosing import choose_offer, counter_as_customer
from common.application.matching.declining import decline_offer
from common.application.matching.quoting import counter_as_provider
from common.application.scheduling.own_time import add_block
from common.domain.bookings.booking import BookingStatus
from common.domain.matching.job_requests import JobRequestStatus, Mode
from common.domain.matching.offers import OfferStatus
from common.domain.payments.tax import TaxParty
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import (
    ActionNotAvailable,
    Conflict,
    FeeNotAccepted,
    InvalidInput,
    NotFound,
    OfferGone,
    SlotUnavailable,
    VersionConflict,
)

from tests.factories.matching import nzd
from tests.factories.providers import make_service
from tests.support.booking_checks import check_everything
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.domain.matching.offers import Offer

    from tests.support.offer_world import OfferWorld


def price(amount: int) -> dict[str, Any]:
    return {"price": {"amount": amount, "currency": "nzd"}}


async def quote(world: OfferWorld, offer: Offer, number: int, amount: int, **given: Any) -> Offer:
    """A provider's yes, which is a quote."""
    answered = await accept_offer(world.deps, world.providers[number].caller, offer.id, {**price(amount), **given})
    assert answered.booking is None
    assert answered.offer.is_quoted
    return answered.offer


def agreed(amount: int) -> dict[str, Any]:
    """The price that a customer who chooses has seen."""
    return {"accepted_price": price(amount)["price"]}


async def held(world: OfferWorld) -> set[str]:
    """What time is held for: ids of bookings and offers."""
    return {row["booking_id"] async for row in world.container.mongo.collection("slot_claims").find()}


async def test_quotes_are_compared_and_one_is_chosen(offers: OfferWorld) -> None:
    world = await offers.open()
    await world.add_provider(tax_number="123-456-789")
    request, made = await world.ask(Mode.COMPARE, budget=nzd(50_000), payment_method_id="pm_card_visa")
    quoted = [await quote(world, each, number, 10_000 + 1_000 * number) for number, each in enumerate(made)]
    assert await held(world) == {each.id for each in made}
    assert (await world.request(request)).status is JobRequestStatus.OFFERING
    taxed = quoted[-1].quote
    assert taxed is not None
    assert [term.party for term in taxed.lines[0].taxes] == [TaxParty.PROVIDER]

    answered = await choose_offer(world.deps, world.customer_caller, request.id, made[-1].id, agreed(13_000))
    booking = answered.booking
    assert booking is not None
    assert (booking.price.total, booking.slot.start_at) == (nzd(13_000), taxed.start_at)
    assert booking.price.taxes == taxed.lines[0].taxes
    assert await held(world) == {booking.id}
    assert {(await world.offer(each)).status for each in made[:-1]} == {OfferStatus.WITHDRAWN}
    again = await choose_offer(world.deps, world.customer_caller, request.id, made[-1].id, agreed(13_000))
    assert again.booking == booking
    with pytest.raises(OfferGone):
        await choose_offer(world.deps, world.customer_caller, request.id, made[0].id)
    await world.follow()
    assert (await world.bookings.get(booking)).status is BookingStatus.ACCEPTED
    assert (await world.request(request)).status is JobRequestStatus.BOOKED
    await check_everything(world.bookings, at_rest=True)


async def test_a_quote_holds_its_time_until_it_ends(offers: OfferWorld) -> None:
    world = await offers.open(1)
    (asked,) = world.providers
    fixed = make_service(asked.provider)
    await world.container.services.insert(fixed)
    request, (only,) = await world.ask(Mode.COMPARE)
    until = world.clock.now() + timedelta(hours=1)
    quoted = await quote(world, only, 0, 10_000, valid_until=until.isoformat())
    assert quoted.quote is not None
    assert quoted.expires_at == until
    wish = BookingInput(service_id=fixed.id, start_at=quoted.quote.start_at, address="12 Ponsonby Road, Auckland")
    with pytest.raises(SlotUnavailable):
        await create_booking(world.container.bookings, world.customer.id, wish)
    start = quoted.quote.start_at
    with pytest.raises(SlotUnavailable) as refused:
        await add_block(world.container.catalogue, asked.provider, start, start + timedelta(hours=2), "Lunch")
    assert [(each["kind"], each["id"]) for each in refused.value.extra["in_the_way"]] == [("offer", only.id)]
    world.clock.advance(minutes=62)
    with pytest.raises(OfferGone):
        await choose_offer(world.deps, world.customer_caller, request.id, only.id)
    booking, _ = await create_booking(world.container.bookings, world.customer.id, wish)
    assert booking.slot.start_at == quoted.quote.start_at


async def test_no_more_quotes_stand_than_a_customer_can_look_at(offers: OfferWorld) -> None:
    world = await offers.open(7)
    _, made = await world.ask(Mode.COMPARE)
    answers = await asyncio.gather(
        *(quote(world, each, number, 10_000) for number, each in enumerate(made)), return_exceptions=True
    )
    refused = [each for each in answers if isinstance(each, Conflict)]
    assert [each.wire_code for each in refused] == ["too_many_quotes"] * 2
    assert len(await held(world)) == 5
    # One that is turned down makes room, and is not asked again.
    first = next(each for each in answers if not isinstance(each, BaseException))
    await decline_offer(
        world.deps, world.customer_caller, first.id, {"reason": "too_expensive"}, kind=ActorKind.CUSTOMER
    )
    assert first.id not in await held(world)
    late = next(number for number, each in enumerate(answers) if isinstance(each, Conflict))
    await quote(world, made[late], late, 10_000)


async def test_without_a_budget_nobody_sets_the_price_alone(offers: OfferWorld) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(Mode.FIRST)
    await quote(world, only, 0, 99_000)
    assert (await world.request(request)).status is JobRequestStatus.OFFERING


async def test_a_counter_offer_that_is_taken_is_the_deal(offers: OfferWorld) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(Mode.COMPARE)
    await quote(world, only, 0, 10_000)
    caller, asked = world.customer_caller, world.providers[0].caller
    with pytest.raises(NotFound):
        await counter_as_customer(world.deps, asked, request.id, only.id, price(8_000))
    later = request.window.start_at + timedelta(hours=5)
    countered = {**price(8_000), "start_at": later.isoformat()}
    await counter_as_customer(world.deps, caller, request.id, only.id, countered)
    with pytest.raises(ActionNotAvailable):
        await counter_as_customer(world.deps, caller, request.id, only.id, price(7_000))
    with pytest.raises(InvalidInput):
        await accept_offer(world.deps, asked, only.id, {"start_at": request.window.start_at.isoformat()})
    with pytest.raises(InvalidInput):
        await accept_offer(world.deps, asked, only.id, price(9_000))
    answered = await accept_offer(world.deps, asked, only.id, {})
    assert answered.booking is not None
    assert (answered.booking.price.total, answered.booking.slot.start_at) == (nzd(8_000), later)
    assert await held(world) == {answered.booking.id}


async def test_a_provider_answers_a_counter_offer_once(offers: OfferWorld) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(Mode.COMPARE)
    first = await quote(world, only, 0, 10_000)
    caller, asked = world.customer_caller, world.providers[0].caller
    with pytest.raises(ActionNotAvailable):
        await counter_as_provider(world.deps, asked, only.id, price(9_000))
    await counter_as_customer(world.deps, caller, request.id, only.id, price(8_000))
    last = (await counter_as_provider(world.deps, asked, only.id, price(9_000))).offer
    assert first.quote is not None
    assert last.quote is not None
    assert (last.quote.total, last.quote.start_at, last.quote.is_counter) == (
        nzd(9_000),
        first.quote.start_at,
        True,
    )
    for again in (
        counter_as_provider(world.deps, asked, only.id, price(9_500)),
        counter_as_customer(world.deps, caller, request.id, only.id, price(8_500)),
    ):
        with pytest.raises(ActionNotAvailable):
            await again
    for stale in (None, agreed(10_000)):
        with pytest.raises(FeeNotAccepted):
            await choose_offer(world.deps, caller, request.id, only.id, stale)
    answered = await choose_offer(world.deps, caller, request.id, only.id, expected_version=last.version)
    assert answered.booking is not None
    assert answered.booking.price.total == nzd(9_000)
    assert await held(world) == {answered.booking.id}


@pytest.mark.parametrize("is_named", [True, False])
async def test_a_quote_that_changes_while_it_is_chosen_is_not_booked(offers: OfferWorld, *, is_named: bool) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(Mode.COMPARE)
    await quote(world, only, 0, 10_000)
    await counter_as_customer(world.deps, world.customer_caller, request.id, only.id, price(8_000))
    looked_at = await world.offer(only)

    class Meanwhile:
        """The provider quotes more once the quote was read; several people are read at once."""

        has_quoted = False

        async def get(self, user_id: str) -> User | None:
            if not self.has_quoted:
                self.has_quoted = True
                await counter_as_provider(world.deps, world.providers[0].caller, only.id, price(50_000))
            return await world.deps.users.get(user_id)

    deps = replace(world.deps, users=cast("Any", Meanwhile()))
    with pytest.raises(FeeNotAccepted if is_named else VersionConflict):
        await choose_offer(
            deps,
            world.customer_caller,
            request.id,
            only.id,
            agreed(10_000) if is_named else None,
            expected_version=None if is_named else looked_at.version,
        )
    assert (await world.offer(only)).booking_id is None


async def test_a_quote_that_comes_again_is_the_same(offers: OfferWorld) -> None:
    world = await offers.open(1)
    _, (only,) = await world.ask(Mode.COMPARE)
    first = await quote(world, only, 0, 10_000)
    assert await quote(world, only, 0, 10_000) == first
    with pytest.raises(ActionNotAvailable):
        await quote(world, only, 0, 9_000)


@pytest.mark.parametrize(
    ("until", "code"), [(timedelta(minutes=-1), "past"), (timedelta(hours=25), "too_far"), (timedelta(0), "past")]
)
async def test_how_long_a_quote_may_hold(offers: OfferWorld, until: timedelta, code: str) -> None:
    world = await offers.open(1)
    _, (only,) = await world.ask(Mode.COMPARE)
    with pytest.raises(InvalidInput) as refused:
        await quote(world, only, 0, 10_000, valid_until=(world.clock.now() + until).isoformat())
    assert [(each.field, each.code) for each in refused.value.errors] == [("valid_until", code)]
    assert await held(world) == set()


async def test_the_refusal_of_a_booking_says_how_to_ask_for_a_quote(offers: OfferWorld) -> None:
    world = await offers.open(1)
    (asked,) = world.providers
    headers = await sign_in(world.container, world.customer)
    start = world.window().start_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    wish = {"service_id": asked.service.id, "start_at": start, "address": "12 Ponsonby Road, Auckland"}
    async with api_client("bookings", world.container) as bookings, api_client("matching", world.container) as matching:
        refused = await bookings.post("/v1/bookings", json={**wish, "notes": "Two floors"}, headers=headers)
        way = refused.json()["job_request"]
        made = await matching.request(way["method"], way["path"], json=way["body"], headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "quote_required")
    assert made.status_code == 201, made.text
    assert (made.json()["service_id"], made.json()["description"]) == (asked.service.id, "Two floors")


async def test_who_is_suspended_meanwhile_cannot_be_chosen(offers: OfferWorld) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(Mode.COMPARE)
    await quote(world, only, 0, 10_000)
    users = world.container.mongo.collection("users")
    await users.update_one({"_id": world.providers[0].user.id}, {"$set": {"is_active": False}})
    with pytest.raises(Conflict) as refused:
        await choose_offer(world.deps, world.customer_caller, request.id, only.id, agreed(10_000))
    assert refused.value.wire_code == "provider_not_bookable"
    await users.update_one({"_id": world.customer.id}, {"$set": {"is_active": False}})
    with pytest.raises(OfferGone):
        await choose_offer(world.deps, world.customer_caller, request.id, only.id, agreed(10_000))


async def test_nothing_is_quoted_in_a_currency_that_no_provider_is_paid_in(offers: OfferWorld) -> None:
    world = await offers.open(1)
    _, (only,) = await world.ask(Mode.COMPARE)
    with pytest.raises(InvalidInput) as refused:
        await accept_offer(
            world.deps, world.providers[0].caller, only.id, {"price": {"amount": 50_000, "currency": "jpy"}}
        )
    assert [(each.field, each.code) for each in refused.value.errors] == [("price.currency", "currency_not_supported")]
    assert await held(world) == set()
