"""The first valid accept is the deal: what it books, what it withdraws, and what follows from the booking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.provider_unavailable import apply_to_open_bookings
from common.application.matching.accepting import accept_offer
from common.application.matching.declining import decline_offer
from common.application.matching.due import sweep_due
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.catalogue.providers import PROVIDER_SWITCHED
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.matching.offers import OfferStatus, booking_id_of
from common.domain.payments.operations import OPERATION_REQUESTED
from common.domain.shared.errors import InvalidInput, NotFound, OfferGone, SlotUnavailable, VersionConflict
from common.domain.shared.events import Topic

from functions.matching import matching_queue
from tests.factories.matching import nzd
from tests.fakes.payment_gateway import Fault
from tests.support.booking_checks import check_everything

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.domain.matching.offers import Offer

    from tests.support.offer_world import OfferWorld

PRICE = nzd(9_000)
TWO_HOURS = timedelta(hours=2)


async def accept(world: OfferWorld, offer: Offer, number: int = 0, **given: Any) -> Booking:
    """The provider's yes, which is the deal."""
    answered = await accept_offer(world.deps, world.providers[number].caller, offer.id, given)
    assert answered.booking is not None
    return answered.booking


async def test_the_first_accept_books_and_withdraws_the_others(offers: OfferWorld) -> None:
    world = await offers.open(price=PRICE)
    request, (first, *others) = await world.ask(access_notes="Ring twice")
    booking = await accept(world, first)
    assert (booking.id, booking.idempotency_key) == (booking_id_of(first.id), f"offer:{first.id}\n")
    assert (booking.status, booking.price.total, booking.slot.start_at) == (
        BookingStatus.PENDING_PAYMENT,
        PRICE,
        request.window.start_at,
    )
    assert booking.hold_expires_at == world.clock.now() + TWO_HOURS
    assert (booking.place.address, booking.access_notes) == (request.place.address, "Ring twice")
    matched = await world.request(request)
    assert (matched.status, matched.booking_id, matched.matched_offer_id) == (
        JobRequestStatus.MATCHED,
        booking.id,
        first.id,
    )
    assert (await world.offer(first)).status is OfferStatus.ACCEPTED
    assert {(await world.offer(each)).status for each in others} == {OfferStatus.WITHDRAWN}
    told = [event.type for event in world.bookings.publisher.events]
    assert told.count("offer.withdrawn") == len(others)
    assert told.count("job_request.matched") == told.count(OPERATION_REQUESTED) == 1
    for each, asked in zip(others, world.providers[1:], strict=True):
        with pytest.raises(OfferGone) as gone:
            await accept_offer(world.deps, asked.caller, each.id, {})
        assert (gone.value.wire_code, gone.value.extra["offer_status"]) == ("offer_gone", "withdrawn")


async def test_without_a_card_it_waits_for_the_customer_and_is_then_booked(offers: OfferWorld) -> None:
    world = await offers.open(price=PRICE)
    request, (first, *_) = await world.ask()
    booking = await accept(world, first)
    await world.follow()
    assert (await world.request(request)).status is JobRequestStatus.MATCHED
    paid = await world.bookings.pay(booking)
    assert paid.status is BookingStatus.ACCEPTED
    await world.follow()
    assert (await world.request(request)).status is JobRequestStatus.BOOKED
    await check_everything(world.bookings, at_rest=True)


async def test_a_saved_card_is_authorized_at_once_within_the_budget(offers: OfferWorld) -> None:
    world = await offers.open()
    request, (first, *_) = await world.ask(budget=nzd(20_000), payment_method_id="pm_card_visa")
    booking = await accept(world, first, price={"amount": 15_000, "currency": "nzd"})
    await world.follow()
    paid = await world.bookings.get(booking)
    assert (paid.status, paid.authorized_amount) == (BookingStatus.ACCEPTED, 15_000)
    assert (await world.request(request)).status is JobRequestStatus.BOOKED
    await check_everything(world.bookings, at_rest=True)


async def test_a_card_is_saved_at_once_for_work_that_is_far_off(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    (asked,) = world.providers
    far = world.window(start_in=timedelta(days=20))
    request, (only,) = await world.ask(service_id=asked.service.id, payment_method_id="pm_card_visa", window=far)
    booking = await accept(world, only)
    await world.follow()
    saved = await world.bookings.get(booking)
    assert (saved.status, saved.payment) == (BookingStatus.ACCEPTED, PaymentState.CARD_SAVED)
    assert (await world.request(request)).status is JobRequestStatus.BOOKED


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_card_is_authorized_once_whatever_becomes_of_the_call(offers: OfferWorld, fault: Fault) -> None:
    world = await offers.open(1)
    request, (only,) = await world.ask(budget=nzd(20_000), payment_method_id="pm_card_visa")
    booking = await accept(world, only, price={"amount": 15_000, "currency": "nzd"})
    world.bookings.gateway.faults.append(fault)
    for _ in range(4):
        await world.follow()
        world.clock.advance(minutes=1)
    assert (await world.bookings.get(booking)).authorized_amount == 15_000
    assert (await world.request(request)).status is JobRequestStatus.BOOKED
    await check_everything(world.bookings, at_rest=True)


async def test_a_card_whose_bank_asks_for_its_owner_is_finished_by_them(offers: OfferWorld) -> None:
    world = await offers.open()
    request, (first, *_) = await world.ask(budget=nzd(20_000), payment_method_id="pm_card_authenticationRequired")
    booking = await accept(world, first, price={"amount": 15_000, "currency": "nzd"})
    await world.follow()
    waiting = await world.bookings.get(booking)
    assert (waiting.status, waiting.payment) == (BookingStatus.PENDING_PAYMENT, PaymentState.ACTION_REQUIRED)
    assert "booking.payment_action_required" in {event.type for event in world.bookings.publisher.events}
    await world.bookings.pay(booking)
    await world.follow()
    assert (await world.request(request)).status is JobRequestStatus.BOOKED


async def test_an_accept_that_comes_again_gives_the_same_booking(offers: OfferWorld) -> None:
    world = await offers.open(price=PRICE)
    _, (first, *_) = await world.ask()
    booking = await accept(world, first)
    again = await accept(world, first, start_at=(booking.slot.start_at + timedelta(hours=3)).isoformat())
    assert again.id == booking.id
    assert len(await check_everything(world.bookings, at_rest=False)) == 1


async def test_a_key_of_the_customers_own_stops_nobody_from_accepting(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    _, (only,) = await world.ask()
    other = {"_id": "bkg_other", "customer_id": world.customer.id, "idempotency_key": f"offer:{only.id}"}
    await world.container.mongo.collection("bookings").insert_one(other)
    answered = await accept_offer(world.deps, world.providers[0].caller, only.id, {})
    assert answered.booking is not None


async def test_the_hold_alone_ends_an_unpaid_deal_and_the_next_wave_is_due(offers: OfferWorld) -> None:
    world = await offers.open(price=PRICE)
    request, (first, *_) = await world.ask()
    booking = await accept(world, first)
    await world.follow()
    await world.bookings.move_to(world.clock.now() + TWO_HOURS - timedelta(minutes=1))
    await world.follow()
    assert (await world.request(request)).status is JobRequestStatus.MATCHED
    await world.bookings.move_to(world.clock.now() + timedelta(minutes=2))
    assert (await world.bookings.get(booking)).status is BookingStatus.PAYMENT_EXPIRED
    await world.follow()
    looking = await world.request(request)
    assert (looking.status, looking.booking_id, looking.next_due_action) == (
        JobRequestStatus.OFFERING,
        None,
        "send_wave",
    )
    assert world.providers[0].provider.id in looking.declined_provider_ids
    assert (await world.offer(first)).status is OfferStatus.LAPSED
    with pytest.raises(OfferGone):
        await accept(world, first)
    await world.follow()  # what is told again changes nothing
    assert await world.request(request) == looking
    await check_everything(world.bookings, at_rest=True)


@pytest.mark.parametrize("is_paid", [False, True])
@pytest.mark.parametrize(
    ("is_provider", "status", "offer_status"),
    [
        (True, JobRequestStatus.OFFERING, OfferStatus.LAPSED),
        (False, JobRequestStatus.CANCELLED, OfferStatus.ACCEPTED),
    ],
)
async def test_a_cancelled_deal_is_looked_for_again_unless_the_customer_called_off(
    offers: OfferWorld, is_paid: bool, is_provider: bool, status: JobRequestStatus, offer_status: OfferStatus
) -> None:
    world = await offers.open(price=PRICE)
    request, (first, *_) = await world.ask()
    booking = await accept(world, first)
    await world.follow()
    if is_paid:
        booking = await world.bookings.pay(booking)
        await world.follow()
    who = world.providers[0].user if is_provider else world.customer
    await world.bookings.act(booking, "cancel", who)
    await world.follow()
    assert (await world.request(request)).status is status
    assert (await world.offer(first)).status is offer_status
    await check_everything(world.bookings, at_rest=True)


@pytest.mark.parametrize(("is_paid", "status"), [(True, OfferStatus.ACCEPTED), (False, OfferStatus.LAPSED)])
async def test_the_sweep_makes_good_what_was_never_heard_of_a_booking(
    offers: OfferWorld, is_paid: bool, status: OfferStatus
) -> None:
    world = await offers.open(1, price=PRICE)
    request, (only,) = await world.ask()
    booking = await accept(world, only)
    await world.bookings.drain()
    if is_paid:
        await world.bookings.pay(booking)
    world.clock.advance(hours=2, minutes=1)
    for _ in range(2):  # the first may find that Stripe is still being asked about it
        await sweep_due(world.deps, has_time=lambda: True)
        await world.bookings.sweep()
        await world.bookings.drain()
        world.clock.advance(minutes=6)
    await sweep_due(world.deps, has_time=lambda: True)
    assert (await world.offer(only)).status is status
    assert ((await world.request(request)).status is JobRequestStatus.BOOKED) is is_paid


async def test_the_worker_of_the_queue_follows_a_booking(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    request, (only,) = await world.ask()
    booking = await accept(world, only)
    await world.bookings.drain()
    await world.bookings.pay(booking)
    (heard,) = [each for each in world.bookings.publisher.events if each.topic is Topic.MATCHING and each.booking_id]
    for _ in range(2):
        await matching_queue.process(world.container, heard)
        assert (await world.request(request)).status is JobRequestStatus.BOOKED


async def test_nobody_else_can_answer(offers: OfferWorld) -> None:
    world = await offers.open(price=PRICE)
    _, (first, *_) = await world.ask()
    for caller in (world.providers[1].caller, world.customer_caller):
        with pytest.raises(NotFound):
            await accept_offer(world.deps, caller, first.id, {})
        with pytest.raises(NotFound):
            await decline_offer(world.deps, caller, first.id, {})
    with pytest.raises(VersionConflict):
        await accept_offer(world.deps, world.providers[0].caller, first.id, {}, expected_version=7)


@pytest.mark.parametrize(
    ("price", "given", "field", "code"),
    [
        (PRICE, {"price": {"amount": 8_000, "currency": "nzd"}}, "price", "price_is_known"),
        (None, {}, "price", "missing"),
        (None, {"price": {"amount": 20_001, "currency": "nzd"}}, "price", "above_budget"),
        (None, {"price": {"amount": 9_000, "currency": "aud"}}, "price", "other_currency"),
        (PRICE, {"start_at": "2030-03-05T00:00:00Z"}, "start_at", "outside_window"),
        (PRICE, {"start_at": "2030-03-06T00:01:00Z"}, "start_at", "off_grid"),
    ],
)
async def test_what_an_accept_may_not_say(
    offers: OfferWorld, price: Any, given: dict[str, Any], field: str, code: str
) -> None:
    world = await offers.open(1, price=price)
    request, (only,) = await world.ask(budget=nzd(20_000))
    with pytest.raises(InvalidInput) as refused:
        await accept_offer(world.deps, world.providers[0].caller, only.id, given)
    assert [(each.field, each.code) for each in refused.value.errors] == [(field, code)]
    assert (await world.request(request)).status is JobRequestStatus.OFFERING


async def test_a_taken_start_leaves_the_offer_for_another(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    (asked,) = world.providers
    _, (only,) = await world.ask()
    _, (other,) = await world.ask()
    start = (await accept(world, other)).slot.start_at
    with pytest.raises(SlotUnavailable) as taken:
        await accept_offer(world.deps, asked.caller, only.id, {"start_at": start.isoformat()})
    assert (taken.value.wire_code, taken.value.extra["offer_status"]) == ("slot_unavailable", "open")
    booking = await accept(world, only, start_at=taken.value.extra["next_start_at"])
    assert booking.slot.start_at == start + timedelta(hours=1)


async def test_an_offer_lapses_where_no_time_is_left_in_the_window(offers: OfferWorld) -> None:
    world = await offers.open(2, price=PRICE)
    window = world.window(length=timedelta(hours=1))
    request, (only, stays) = await world.ask(window=window)
    _, (other, _) = await world.ask(window=window)
    await accept(world, other)
    with pytest.raises(SlotUnavailable) as taken:
        await accept_offer(world.deps, world.providers[0].caller, only.id, {})
    assert (taken.value.extra["offer_status"], taken.value.extra["next_start_at"]) == ("lapsed", None)
    assert (await world.offer(only)).status is OfferStatus.LAPSED
    assert (await world.offer(stays)).status is OfferStatus.OPEN
    assert (await world.request(request)).next_due_at == world.clock.now() + timedelta(hours=1)


async def test_what_is_over_is_gone(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    _, (only,) = await world.ask()
    world.clock.advance(hours=2)
    with pytest.raises(OfferGone):
        await accept(world, only)


async def test_a_suspended_customers_job_is_not_to_be_had(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    _, (only,) = await world.ask()
    users = world.container.mongo.collection("users")
    await users.update_one({"_id": world.customer.id}, {"$set": {"is_active": False}})
    with pytest.raises(OfferGone) as gone:
        await accept(world, only)
    assert gone.value.extra["offer_status"] == "open"


async def test_the_last_decline_makes_the_next_wave_due(offers: OfferWorld) -> None:
    world = await offers.open(2, price=PRICE)
    request, made = await world.ask()
    for number, offer in enumerate(made):
        caller = world.providers[number].caller
        for _ in range(2):
            answered = await decline_offer(world.deps, caller, offer.id, {"reason": "too_busy"})
            assert answered.offer.status is OfferStatus.DECLINED
        due = (await world.request(request)).next_due_at
        assert due == world.clock.now() + timedelta(hours=1 - number)


async def test_a_suspension_that_the_deal_has_missed_reaches_its_booking(offers: OfferWorld) -> None:
    world = await offers.open(1, price=PRICE)
    (asked,) = world.providers
    _, (only,) = await world.ask()
    users = world.container.mongo.collection("users")
    await users.update_one({"_id": asked.user.id}, {"$set": {"is_active": False}})
    booking = await accept(world, only)
    (told,) = [each for each in world.bookings.publisher.events if each.type == PROVIDER_SWITCHED]
    await apply_to_open_bookings(world.container.bookings, told.payload["provider_id"])
    assert (await world.bookings.get(booking)).provider_away_since is not None
