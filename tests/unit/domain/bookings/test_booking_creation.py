"""Creating a booking: what is refused, what is snapshotted, and what is asked of Stripe."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import Booking, BookingChange, BookingStatus, Place
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.state_machine import NewBooking, SlotVerdict, create
from common.domain.catalogue.services import CancellationPolicyName, PriceType, ServiceStatus
from common.domain.payments.operations import PaymentMode, Purpose
from common.domain.scheduling.availability import Availability
from common.domain.scheduling.slot_cells import claim_ids
from common.domain.shared.errors import Conflict, Forbidden, GigstaError, InvalidInput, SlotUnavailable
from common.domain.shared.money import Money

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    PRICE,
    PROVIDER,
    SETTINGS,
    make_new_booking,
    make_provider,
    make_service,
)

if TYPE_CHECKING:
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service

IN_FOUR_DAYS = NOW + timedelta(days=4)


def book(
    new: NewBooking | None = None,
    service: Service | None = None,
    provider: Provider | None = None,
    verdict: SlotVerdict | None = None,
) -> BookingChange:
    return create(
        new or make_new_booking(IN_FOUR_DAYS),
        service or make_service(),
        provider or make_provider(),
        verdict or SlotVerdict(),
        NOW,
        SETTINGS,
    )


def test_a_new_booking_holds_its_slot_and_snapshots_what_was_agreed() -> None:
    change = book()
    booking = change.booking
    assert change.expected_version is None
    assert (booking.status, booking.payment, booking.version) == (BookingStatus.PENDING_PAYMENT, PaymentState.NONE, 1)
    assert booking.price.total == Money(amount=PRICE, currency="nzd")
    assert booking.price.commission_basis_points == SETTINGS.commission_basis_points
    assert booking.policy.name == "moderate"
    assert booking.slot.end_at - booking.slot.start_at == timedelta(hours=1)
    assert booking.hold_expires_at == booking.next_due_at == NOW + SETTINGS.payment_hold
    assert booking.next_due_action == "expire_payment"
    assert len(booking.start_code) == 6
    assert booking.start_code.isdigit()
    (claim,) = change.claims
    assert (claim.id, claim.booking_id, claim.expires_at) == (booking.claim_id, booking.id, None)


def test_every_resource_of_the_service_is_claimed_once_under_one_name() -> None:
    change = book(service=make_service(resource_ids=["res_b", "res_a", "res_b"]))
    booking = change.booking
    assert booking.resource_ids == ["res_b", "res_a"]
    assert [claim.resource_id for claim in change.claims] == booking.resource_ids
    assert tuple(claim.id for claim in change.claims) == claim_ids(booking.claim_id or "", booking.resource_ids)
    assert {claim.provider_id for claim in change.claims} == {booking.provider_id}
    first, second = change.claims
    assert first.model_dump(exclude={"id", "resource_id"}) == second.model_dump(exclude={"id", "resource_id"})


def test_a_booking_stored_before_resources_takes_its_provider_s_time() -> None:
    stored = book().booking.model_dump(exclude={"resource_ids"})
    assert Booking.model_validate(stored).resource_ids == ["prv_1"]


def test_a_near_booking_holds_the_card_and_a_far_one_saves_it() -> None:
    near, far = book(), book(make_new_booking(NOW + timedelta(days=30)))
    assert near.booking.first_charge.mode is PaymentMode.AUTHORIZE_NOW
    assert [operation.purpose for operation in near.operations] == [Purpose.AUTHORIZE]
    assert far.booking.first_charge.mode is PaymentMode.SAVE_CARD
    assert [operation.purpose for operation in far.operations] == [Purpose.SAVE_CARD]
    assert near.events[0].payload == {"operation_id": near.operations[0].id}


def test_the_audit_trail_begins_with_the_creation() -> None:
    (row,) = book().history
    assert (row.action, row.from_status, row.to_status, row.actor) == ("create", None, "pending_payment", CUSTOMER)
    assert row.changed["status"] == {"from": None, "to": "pending_payment"}
    assert "start_code" not in str(row.changed)


def test_buffers_are_claimed_with_the_slot_and_the_zone_is_the_providers() -> None:
    availability = Availability(timezone="Australia/Sydney", buffer_before_minutes=15, buffer_after_minutes=30)
    change = book(provider=make_provider(availability=availability))
    assert change.booking.slot.timezone == "Australia/Sydney"
    assert change.claims[0].start_at == IN_FOUR_DAYS - timedelta(minutes=15)
    assert change.claims[0].end_at == IN_FOUR_DAYS + timedelta(minutes=90)
    assert len(change.claims[0].cells) == (15 + 60 + 30) // 5


def test_a_plan_may_have_its_own_commission_even_none() -> None:
    assert book(provider=make_provider(commission_basis_points=0)).booking.price.commission_basis_points == 0


def test_a_guests_hold_is_taken_over() -> None:
    assert book(make_new_booking(IN_FOUR_DAYS, replaces_claim_ids=("clm_hold",))).released_claim_ids == ["clm_hold"]


def test_an_hourly_price_is_charged_for_the_duration() -> None:
    service = make_service(price_type=PriceType.HOURLY, duration_minutes=90)
    assert book(service=service).booking.price.total.amount == PRICE * 3 // 2


def test_the_policy_is_the_services() -> None:
    service = make_service(cancellation_policy=CancellationPolicyName.STRICT)
    assert book(service=service).booking.policy.steps == [(168, 10_000), (72, 5_000)]


def test_a_start_with_another_offset_is_stored_in_utc() -> None:
    start = datetime.fromisoformat("2026-03-06T22:00:00+13:00")
    assert book(make_new_booking(start)).booking.slot.start_at == datetime(2026, 3, 6, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"service": make_service(status=ServiceStatus.PAUSED)}, "service_not_bookable"),
        ({"service": make_service(provider_id="prv_other")}, "service_not_bookable"),
        ({"service": make_service(price=None)}, "quote_required"),
        ({"service": make_service(price_type=PriceType.QUOTE)}, "quote_required"),
        ({"service": make_service(duration_minutes=0)}, "quote_required"),
        ({"service": make_service(price=Money(amount=49, currency="nzd"))}, "price_too_small"),
        ({"provider": make_provider(is_billable=False)}, "provider_not_bookable"),
        ({"provider": make_provider(is_listed=False)}, "provider_not_bookable"),
    ],
)
def test_what_cannot_be_bought_is_refused(fields: dict[str, Any], code: str) -> None:
    with pytest.raises(Conflict) as refusal:
        book(**fields)
    assert refusal.value.wire_code == code


def test_nobody_books_their_own_service() -> None:
    with pytest.raises(Forbidden) as refusal:
        book(NewBooking(customer_id=PROVIDER.id, start_at=IN_FOUR_DAYS, place=Place(address="here")))
    assert refusal.value.wire_code == "own_service"


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (IN_FOUR_DAYS.replace(tzinfo=None), "off_grid"),
        (IN_FOUR_DAYS + timedelta(minutes=1), "off_grid"),
        (IN_FOUR_DAYS + timedelta(microseconds=1), "off_grid"),
        (NOW, "past"),
        (NOW - timedelta(days=1), "past"),
        (NOW + timedelta(days=367), "too_far"),
    ],
)
def test_a_start_that_makes_no_sense_is_refused(start: datetime, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        book(make_new_booking(start))
    assert [(error.field, error.code) for error in refusal.value.errors] == [("start_at", code)]


def test_notes_have_a_limit() -> None:
    with pytest.raises(InvalidInput) as refusal:
        book(make_new_booking(IN_FOUR_DAYS, notes="x" * 10_000))
    assert refusal.value.errors[0].field == "notes"


def test_the_slot_rules_verdict_is_obeyed() -> None:
    verdict = SlotVerdict(is_bookable=False, code="outside_hours", message="Closed.")
    with pytest.raises(SlotUnavailable) as refusal:
        book(verdict=verdict)
    assert isinstance(refusal.value, GigstaError)
    assert refusal.value.wire_code == "outside_hours"
