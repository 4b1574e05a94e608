"""Bookings by an accepted offer: what was agreed is what is booked, and the request hears what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.commission import provider_share
from common.domain.bookings.price_lines import LineKind
from common.domain.bookings.state_machine import Agreed, AgreedLine, SlotVerdict, create, due_action, fire
from common.domain.catalogue.services import PriceType
from common.domain.payments.operations import Purpose
from common.domain.shared.errors import Conflict, Forbidden
from common.domain.shared.events import Topic
from common.domain.shared.money import Money
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    OPERATOR,
    PROVIDER,
    SETTINGS,
    Life,
    action_required,
    declined,
    make_new_booking,
    make_provider,
    make_service,
)

if TYPE_CHECKING:
    from common.domain.bookings.booking import BookingChange

QUOTED = make_service(price=None, price_type=PriceType.QUOTE, auto_accept=False)
IN_FOUR_DAYS = NOW + timedelta(days=4)


def agreed(*amounts: int, **fields: Any) -> Agreed:
    lines = tuple(AgreedLine(Money(amount=amount, currency="nzd")) for amount in amounts or (30_000,))
    names = {"booking_id": "bkg_1", "job_request_id": "job_1", "offer_id": "off_1"}
    return Agreed(**{**names, "lines": lines, "minutes": 90, "hold": timedelta(hours=2), **fields})


def book(terms: Agreed | None = None, start_in: timedelta = timedelta(days=4), **fields: Any) -> BookingChange:
    new = make_new_booking(NOW + start_in, agreed=terms or agreed(), **fields)
    return create(new, QUOTED, make_provider(), SlotVerdict(), NOW, SETTINGS)


class AgreedLife(Life):
    """A booking by an offer, driven as any other."""

    def __init__(self, **fields: Any) -> None:
        self.settings, self.now, self.operations, self.changes = SETTINGS, NOW, {}, []
        self.keep(book(**fields))


def facts(change: BookingChange) -> list[str]:
    """What the request is told."""
    told = [event for event in change.events if event.topic is Topic.MATCHING]
    assert all(event.payload == {"booking_id": change.booking.id, "job_request_id": "job_1"} for event in told)
    return [event.type for event in told]


def test_what_was_agreed_is_booked() -> None:
    change = book(agreed(20_000, 4_000), idempotency_key="offer:off_1")
    booking = change.booking
    assert booking.status is BookingStatus.PENDING_PAYMENT
    assert [line.amount.amount for line in booking.price.lines] == [20_000, 4_000]
    assert {line.kind for line in booking.price.lines} == {LineKind.SERVICE}
    assert booking.price.commission_basis_points == SETTINGS.commission_basis_points
    assert booking.slot.end_at - booking.slot.start_at == timedelta(minutes=90)
    assert booking.hold_expires_at == NOW + timedelta(hours=2)
    assert (booking.id, booking.job_request_id, booking.offer_id) == ("bkg_1", "job_1", "off_1")
    assert [(each.purpose, each.amount.amount) for each in change.operations] == [(Purpose.AUTHORIZE, 24_000)]
    assert facts(change) == []


def test_the_hold_ends_with_the_start_at_the_latest() -> None:
    assert book(start_in=timedelta(minutes=50)).booking.hold_expires_at == NOW + timedelta(minutes=50)


@given(st.lists(st.integers(50, 2_000_000), min_size=1, max_size=6))
def test_lines_add_up_and_are_shared_as_any_price(amounts: list[int]) -> None:
    change = book(agreed(*amounts))
    price = change.booking.price
    assert price.total.amount == sum(amounts) == change.operations[0].amount.amount
    assert 0 <= provider_share(price, price.total.amount) <= price.total.amount
    assert len({line.id for line in price.lines}) == len(amounts)


def test_a_service_that_has_its_price_can_be_agreed_at_another() -> None:
    new = make_new_booking(IN_FOUR_DAYS, agreed=agreed(9_900))
    change = create(new, make_service(), make_provider(), SlotVerdict(), NOW, SETTINGS)
    assert change.booking.price.total.amount == 9_900


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"terms": agreed(49)}, "price_too_small"),
        ({"customer_id": PROVIDER.id}, "own_service"),
    ],
)
def test_an_agreement_is_refused_as_a_booking_is(fields: dict[str, Any], code: str) -> None:
    with pytest.raises((Conflict, Forbidden)) as refused:
        book(**fields)
    assert refused.value.wire_code == code


def test_it_is_accepted_as_soon_as_it_is_paid() -> None:
    life = AgreedLife()
    change = life.answer()
    assert life.booking.status is BookingStatus.ACCEPTED
    assert facts(change) == ["booking.accepted"]


def test_the_hold_alone_ends_it_unpaid() -> None:
    life = AgreedLife()
    early = NOW + timedelta(hours=1, minutes=59)
    assert due_action(life.booking, early, SETTINGS) is None
    change = life.keep(fire(life.booking, "expire_payment", NOW + timedelta(hours=2), SETTINGS))
    assert facts(change) == ["booking.payment_expired"]


@pytest.mark.parametrize("actor", [CUSTOMER, PROVIDER, OPERATOR])
@pytest.mark.parametrize("is_paid", [False, True])
def test_who_cancels_it_before_the_start_is_told_to_the_request(actor: Any, is_paid: bool) -> None:
    life = AgreedLife()
    if is_paid:
        life.answer()
    assert facts(life.do("cancel", actor)) == ["booking.cancelled"]


def test_other_bookings_and_other_steps_tell_no_request() -> None:
    life = Life()
    life.answer()
    assert [event for event in life.last.events if event.topic is Topic.MATCHING] == []
    other = AgreedLife()
    other.answer()
    other.at(other.booking.slot.start_at)
    assert facts(other.do("start", PROVIDER, code=other.booking.start_code)) == []


@pytest.mark.parametrize(
    ("card", "result", "told"),
    [
        ("pm_1", declined(), ["booking.payment_failed"]),
        ("pm_1", action_required(), ["booking.payment_action_required"]),
        (None, action_required(), []),
    ],
)
def test_a_named_card_that_does_not_do_calls_its_owner(card: str | None, result: Any, told: list[str]) -> None:
    life = AgreedLife(payment_method_id=card)
    change = life.answer(result)
    assert life.booking.status is BookingStatus.PENDING_PAYMENT
    assert life.booking.payment in {PaymentState.FAILED, PaymentState.ACTION_REQUIRED}
    assert [event.type for event in change.events if event.topic is Topic.NOTIFICATIONS] == told


def test_what_needs_a_quote_says_how_to_ask_for_one() -> None:
    new = make_new_booking(IN_FOUR_DAYS, notes="A big hedge")
    with pytest.raises(Conflict) as refused:
        create(new, QUOTED, make_provider(), SlotVerdict(), NOW, SETTINGS)
    assert refused.value.wire_code == "quote_required"
    assert refused.value.extra["job_request"] == {
        "method": "POST",
        "path": "/v1/job-requests",
        "body": {
            "service_id": QUOTED.id,
            "place_kind": "customer",
            "address": "2 Queen Street",
            "description": "A big hedge",
            "window": {
                "start_at": IN_FOUR_DAYS.isoformat(),
                "end_at": (IN_FOUR_DAYS + timedelta(days=1)).isoformat(),
            },
        },
    }
