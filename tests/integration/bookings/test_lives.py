"""The other lives a booking may live: moved, missed, disputed, cancelled late, paid late."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.read import get_booking
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.payments.ledger import balance
from common.domain.shared.errors import (
    ActionNotAvailable,
    Forbidden,
    GigstaError,
    InvalidInput,
    RateLimited,
    SlotUnavailable,
)

from tests.factories.users import make_user
from tests.support.booking_checks import check_everything
from tests.support.booking_world import BookingWorld
from tests.support.identity import store_user

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from datetime import datetime


async def claimed(world: BookingWorld) -> list[datetime]:
    rows = world.container.mongo.collection("slot_claims").find().sort("start_at", 1)
    return [row["start_at"] async for row in rows]


def at(start: datetime) -> dict[str, Any]:
    return {"start_at": start.isoformat()}


async def test_a_move_is_proposed_held_and_swapped(world: BookingWorld) -> None:
    booking = await world.accepted()
    old, new = booking.slot.start_at, booking.slot.start_at + timedelta(hours=3)

    proposed = await world.act(booking, "propose_reschedule", world.customer, at(new))
    assert await claimed(world) == [old, new]
    with pytest.raises(SlotUnavailable):
        await world.book(new, customer=await store_user(world.container, make_user()))
    with pytest.raises(ActionNotAvailable):
        await world.act(proposed, "accept_reschedule", world.customer)
    moved = await world.act(proposed, "accept_reschedule", world.provider_user)

    assert moved.slot.start_at == new
    assert moved.slot.end_at - moved.slot.start_at == timedelta(hours=1)
    assert await claimed(world) == [new]
    assert moved.claim_id != booking.claim_id


async def test_a_move_may_overlap_the_present_time(world: BookingWorld) -> None:
    booking = await world.accepted()
    new = booking.slot.start_at + timedelta(minutes=30)

    proposed = await world.act(booking, "propose_reschedule", world.provider_user, at(new))
    moved = await world.act(proposed, "accept_reschedule", world.customer)

    assert moved.slot.start_at == new
    assert await claimed(world) == [new]


async def test_a_proposal_lapses_or_is_turned_down_and_frees_its_time(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=5))
    start = booking.slot.start_at

    declined = await world.act(
        await world.act(booking, "propose_reschedule", world.customer, at(start + timedelta(hours=3))),
        "decline_reschedule",
        world.provider_user,
    )
    await world.act(declined, "propose_reschedule", world.customer, at(start + timedelta(hours=5)))
    await world.move_to(world.start_in(hours=25))

    assert (await world.get(booking)).reschedule is None
    assert await claimed(world) == [start]
    assert "expire_reschedule" in await world.history(booking)


async def test_a_booking_moves_at_most_three_times(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=3))
    for hours in (1, 2, 3):
        new = booking.slot.start_at + timedelta(hours=hours)
        booking = await world.act(booking, "propose_reschedule", world.customer, at(new))
        booking = await world.act(booking, "accept_reschedule", world.provider_user)

    with pytest.raises(ActionNotAvailable):
        await world.act(booking, "propose_reschedule", world.customer, at(booking.slot.start_at + timedelta(hours=1)))


@pytest.mark.parametrize("wrong", [{"start_at": "2030-03-07T00:00:00"}, {}, {"start_at": 7}, {"at": "x"}])
async def test_a_proposal_needs_a_sound_start(world: BookingWorld, wrong: dict[str, Any]) -> None:
    booking = await world.accepted()

    with pytest.raises(InvalidInput):
        await world.act(booking, "propose_reschedule", world.customer, wrong)
    assert (await world.get(booking)).version == booking.version


async def test_an_operator_moves_a_booking_outside_the_providers_hours_but_over_nothing(world: BookingWorld) -> None:
    fields = {"availability.minimum_notice_minutes": 60 * 24 * 30, "availability.booking_window_days": 1}
    booking = await world.accepted()
    taken = await world.accepted(booking.slot.start_at + timedelta(hours=5))
    await world.container.mongo.collection("providers").update_one({"_id": world.provider.id}, {"$set": fields})
    operator = world.operators[0]

    def booking_request(start: datetime) -> dict[str, str]:
        return {"start_at": start.isoformat(), "reason": "Both asked for it."}

    for minutes in (-55, 0, 55):
        with pytest.raises(SlotUnavailable):
            await world.act(
                booking, "move", operator, booking_request(taken.slot.start_at + timedelta(minutes=minutes))
            )
    moved = await world.act(booking, "move", operator, booking_request(booking.slot.start_at + timedelta(minutes=30)))

    assert moved.slot.start_at == booking.slot.start_at + timedelta(minutes=30)
    await check_everything(world, at_rest=False)
    with pytest.raises(Forbidden):
        await world.act(booking, "move", world.provider_user, booking_request(booking.slot.start_at))
    notified = [event for event in world.publisher.events if event.type == "booking.moved"]
    assert [event.payload["recipients"] for event in notified] == [[world.customer.id, world.provider_user.id]]


async def test_a_move_beyond_the_authorization_authorizes_anew(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=4))
    assert booking.payment is PaymentState.AUTHORIZED
    new = world.start_in(days=20)

    await world.act(booking, "propose_reschedule", world.customer, at(new))
    await world.act(booking, "accept_reschedule", world.provider_user)
    await world.drain()
    given_up = await world.get(booking)
    await world.move_to(new - timedelta(hours=47))

    assert given_up.payment is PaymentState.CARD_SAVED
    assert (await world.get(booking)).payment is PaymentState.AUTHORIZED


async def test_a_far_booking_saves_the_card_and_authorizes_near_its_start(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=20))
    assert booking.payment is PaymentState.CARD_SAVED

    await world.move_to(booking.slot.start_at - timedelta(hours=47))

    assert (await world.get(booking)).payment is PaymentState.AUTHORIZED


async def test_a_card_that_fails_later_ends_the_booking_unpaid(world: BookingWorld) -> None:
    booking = await world.book(world.start_in(days=20))
    booking = await world.act(await world.pay(booking, "pm_card_chargeCustomerFail"), "accept", world.provider_user)

    await world.move_to(booking.slot.start_at - timedelta(hours=11))

    ended = await world.get(booking)
    assert ended.status is BookingStatus.CANCELLED
    assert ended.captured_amount == 0
    assert await claimed(world) == []


async def test_the_price_of_cancelling_is_shown_and_then_taken(world: BookingWorld) -> None:
    booking = await world.accepted(world.start_in(days=4))
    await world.move_to(booking.slot.start_at - timedelta(hours=30))
    seen = await get_booking(world.deps, world.principal(world.customer), booking.id)
    terms = next(each.consequences for each in seen.actions if each.action_name == "cancel")
    assert terms is not None
    assert (terms.refund.amount, terms.fee.amount) == (6_250, 6_250)

    await world.act(booking, "cancel", world.customer, {"reason": "Rain."})
    await world.drain()
    await world.move_to(world.start_in(hours=49))

    ended = await world.get(booking)
    assert ended.status is BookingStatus.CANCELLED
    assert ended.captured_amount == terms.fee.amount
    assert ended.payout is PayoutState.TRANSFERRED
    assert await claimed(world) == []


async def test_the_providers_cancellation_costs_the_customer_nothing(world: BookingWorld) -> None:
    booking = await world.accepted()

    await world.act(booking, "cancel", world.provider_user, {"reason": "The van broke down."})
    await world.drain()

    ended = await world.get(booking)
    assert ended.captured_amount == 0
    assert [intent.status for intent in world.gateway.intents.values()] == ["canceled"]


async def test_an_unanswered_request_expires_and_is_voided(world: BookingWorld) -> None:
    booking = await world.requested(world.start_in(days=4))

    await world.move_to(world.start_in(hours=25))

    ended = await world.get(booking)
    assert ended.status is BookingStatus.EXPIRED
    assert [intent.status for intent in world.gateway.intents.values()] == ["canceled"]
    assert await claimed(world) == []


async def test_an_absent_customer_pays_the_fee_unless_contesting(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.move_to(booking.slot.start_at + timedelta(minutes=20))

    reported = await world.act(booking, "mark_no_show", world.provider_user)
    assert reported.status is BookingStatus.NO_SHOW
    assert reported.no_show is not None
    assert reported.no_show.absent is ActorKind.CUSTOMER
    await world.move_to(booking.slot.end_at + timedelta(hours=60))

    settled = await world.get(booking)
    assert settled.status is BookingStatus.SETTLED
    assert settled.captured_amount == 12_500
    assert settled.payout is PayoutState.TRANSFERRED


async def test_a_contested_absence_is_decided_by_a_person(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.move_to(booking.slot.start_at + timedelta(minutes=20))
    await world.act(booking, "mark_no_show", world.provider_user)

    door, bell = await world.photo(world.customer), await world.photo(world.customer)
    evidence = {"reason": "I was at the door.", "media_ids": [door]}
    await world.act(booking, "contest", world.customer, evidence)
    await world.act(booking, "add_evidence", world.provider_user, {"text": "Nobody opened."})
    disputed = await world.act(booking, "add_evidence", world.customer, {"text": "I rang.", "media_ids": [bell]})
    assert disputed.status is BookingStatus.DISPUTED
    assert disputed.dispute is not None
    assert [each.media_ids for each in (await world.get(booking)).dispute.evidence] == [[door], [], [bell]]  # type: ignore[union-attr]
    assert (await world.history(booking))[-2:] == ["add_evidence", "add_evidence"]
    await world.drain()
    decision = {"refund_amount": 12_500, "reason": "The photo shows it."}
    await world.act(disputed, "resolve", world.operators[0], decision)
    await world.drain()

    ended = await world.get(booking)
    assert ended.status is BookingStatus.SETTLED
    assert ended.captured_amount - ended.refunded_amount == 0
    assert ended.payout is PayoutState.NONE


async def test_a_dispute_freezes_the_payout_and_is_refunded_in_part(world: BookingWorld) -> None:
    booking = await world.completed()
    await world.act(booking, "open_dispute", world.customer, {"reason": "Half the hedge stands."})
    await world.move_to(booking.slot.end_at + timedelta(hours=60))
    assert (await world.get(booking)).payout is PayoutState.HELD

    await world.act(booking, "resolve", world.operators[0], {"refund_amount": 5_000, "reason": "Half the work."})
    await world.drain()

    ended = await world.get(booking)
    assert ended.payment is PaymentState.PARTIALLY_REFUNDED
    assert ended.refunded_amount == 5_000
    assert ended.payout is PayoutState.TRANSFERRED
    assert balance(await world.container.payments.ledger.list_by_booking(booking.id)) == 0


async def test_a_large_decision_takes_two_people_who_agree(world: BookingWorld) -> None:
    rich = await BookingWorld(world.container).open(price={"amount": 90_000, "currency": "nzd"})
    booking = await rich.completed()
    await rich.act(booking, "open_dispute", rich.customer, {"reason": "Wrong hedge."})
    decision = {"refund_amount": 40_000, "reason": "As seen on the photos."}

    first = await rich.act(booking, "resolve", rich.operators[0], decision)
    assert first.status is BookingStatus.DISPUTED
    with pytest.raises(ActionNotAvailable):
        await rich.act(booking, "resolve", rich.operators[0], decision)
    other = await rich.act(booking, "resolve", rich.operators[1], {**decision, "refund_amount": 10_000})
    assert other.status is BookingStatus.DISPUTED
    agreed = await rich.act(booking, "resolve", rich.operators[0], {**decision, "refund_amount": 10_000})

    assert agreed.status is BookingStatus.SETTLED
    with pytest.raises(Forbidden):
        await rich.act(agreed, "resolve", rich.customer, decision)


async def test_a_wrong_start_code_starts_nothing(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.move_to(booking.slot.start_at)
    wrong = f"{(int(booking.start_code) + 1) % 1_000_000:06d}"

    with pytest.raises(InvalidInput) as refused:
        await world.act(booking, "start", world.provider_user, {"code": wrong})

    assert refused.value.errors[0].code == "wrong_code"
    assert (await world.get(booking)).status is BookingStatus.ACCEPTED


async def test_the_start_code_cannot_be_guessed(world: BookingWorld) -> None:
    booking = await world.accepted()
    await world.move_to(booking.slot.start_at)
    wrong = [f"{(int(booking.start_code) + number) % 1_000_000:06d}" for number in range(1, 21)]

    tries = [outcome(world.act(booking, "start", world.provider_user, {"code": code})) for code in wrong]
    met = Counter(await asyncio.gather(*tries))

    assert met == {InvalidInput: 10, RateLimited: 10}
    with pytest.raises(RateLimited):
        await world.act(booking, "start", world.provider_user, {"code": booking.start_code})
    world.clock.advance(minutes=7)
    started = await world.act(booking, "start", world.provider_user, {"code": booking.start_code})
    assert started.status is BookingStatus.IN_PROGRESS


async def outcome(work: Awaitable[Any]) -> type[GigstaError] | None:
    try:
        await work
    except GigstaError as error:
        return type(error)
    return None


async def test_an_authorization_that_lapsed_while_nobody_looked_leaves_the_card(world: BookingWorld) -> None:
    """No timer fired for a month: the card is asked for again where something is due, and nothing waits for staff."""
    started, missed = await world.started(world.start_in(days=2)), await world.accepted(world.start_in(days=3))
    world.clock.advance(days=31)

    for _ in range(3):
        await world.sweep()
        await world.drain()

    paid, waiting = await world.get(started), await world.get(missed)
    assert (paid.status, paid.payment) == (BookingStatus.SETTLED, PaymentState.CAPTURED)
    assert (waiting.status, waiting.payment) == (BookingStatus.DISPUTED, PaymentState.CARD_SAVED)
    assert not waiting.payment_details.needs_attention
    await world.act(waiting, "resolve", world.operators[0], {"refund_amount": 12_500, "reason": "Nobody came."})
    await world.drain()
    assert (await world.get(missed)).status is BookingStatus.SETTLED
    await check_everything(world, at_rest=True)


async def test_work_nobody_completed_completes_itself(world: BookingWorld) -> None:
    booking = await world.started()

    await world.move_to(booking.slot.end_at + timedelta(hours=25))

    assert (await world.get(booking)).status is BookingStatus.COMPLETED
    assert (await world.get(booking)).payment is PaymentState.CAPTURED


async def test_work_nobody_started_is_flagged(world: BookingWorld) -> None:
    booking = await world.accepted()

    await world.move_to(booking.slot.end_at + timedelta(hours=3))

    assert (await world.get(booking)).status is BookingStatus.DISPUTED
