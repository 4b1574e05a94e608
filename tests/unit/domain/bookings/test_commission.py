"""Which commission a booking gets, and how shares round in currencies of none, two and three digits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import ActorKind, BookingStatus, PolicySnapshot, PriceSnapshot
from common.domain.bookings.commission import agreed_commission, commission_of, provider_share
from common.domain.bookings.policies import POLICIES, terms_with_notice
from common.domain.bookings.settings import BookingSettings, load_booking_settings
from common.domain.bookings.state_machine import SlotVerdict, create
from common.domain.payments.currencies import charge_step, minimum_charge
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import MAX_AMOUNT, Money, rounded_share
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    OPERATOR,
    PROVIDER,
    Life,
    make_new_booking,
    make_provider,
    make_service,
)

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking

CONFIGURED = """{
    "commission_basis_points": 1500,
    "commission_minimum": 300,
    "commission_by_category": {"gardening": {"basis_points": 1000}, "moving": {"minimum": 900}}
}"""
STEPS = st.sampled_from(["nzd", "jpy", "bhd"])


@pytest.mark.parametrize(
    ("category", "plan", "agreed"),
    [
        ("plumbing", {}, (1_500, 300)),
        ("gardening", {}, (1_000, 300)),
        ("moving", {}, (1_500, 900)),
        ("gardening", {"commission_basis_points": 600}, (600, 300)),
        ("moving", {"commission_basis_points": 600, "commission_minimum": 0}, (600, 0)),
    ],
)
def test_a_plan_goes_before_a_category_which_goes_before_the_platform(
    category: str, plan: dict[str, Any], agreed: tuple[int, int]
) -> None:
    settings = load_booking_settings({"BOOKING_SETTINGS": CONFIGURED})
    assert agreed_commission(settings, make_provider(**plan), category) == agreed
    booking = booked("nzd", 12_000, settings, category=category, **plan)
    assert (booking.price.commission_basis_points, booking.price.commission_minimum) == agreed


def booked(currency: str, amount: int, settings: BookingSettings, *, category: str = "x", **plan: Any) -> Booking:
    service = make_service(price=Money(amount=amount, currency=currency), category=category)
    new = make_new_booking(NOW + timedelta(days=4))
    return create(new, service, make_provider(**plan), SlotVerdict(), NOW, settings).booking


@given(STEPS, st.integers(0, MAX_AMOUNT), st.integers(0, 10_000), st.integers(0, 5_000))
def test_commission_and_share_are_whole_and_can_be_moved(currency: str, amount: int, share: int, minimum: int) -> None:
    step = charge_step(currency)
    kept = amount // step * step
    price = PriceSnapshot(
        total=Money(amount=kept, currency=currency), commission_basis_points=share, commission_minimum=minimum
    )
    commission, rest = commission_of(price, kept), provider_share(price, kept)
    assert commission + rest == kept
    assert commission % step == rest % step == 0
    assert commission >= min(minimum, kept)
    assert abs(rounded_share(kept, share, step) * 10_000 - kept * share) <= 5_000 * step


@given(STEPS, st.integers(1, MAX_AMOUNT), st.sampled_from(list(POLICIES.values())), st.integers(-5, 400))
def test_what_a_policy_keeps_can_be_charged_and_refunded(
    currency: str, amount: int, policy: PolicySnapshot, hours: int
) -> None:
    step = charge_step(currency)
    total = Money(amount=-(-amount // step) * step, currency=currency)
    booking = Life().booking.model_copy(
        update={
            "status": BookingStatus.ACCEPTED,
            "policy": policy,
            "price": PriceSnapshot(total=total, commission_basis_points=1_200),
        }
    )
    terms = terms_with_notice(booking, timedelta(hours=hours), 50)
    assert terms.refund.amount + terms.fee.amount == total.amount
    assert terms.fee.amount % step == terms.refund.amount % step == 0
    assert terms.fee.amount == 0 or terms.fee.amount >= minimum_charge(currency)


def test_a_fee_that_no_card_can_be_charged_in_its_currency_is_waived() -> None:
    booking = booked("huf", 20_000, BookingSettings()).model_copy(update={"status": BookingStatus.ACCEPTED})
    assert terms_with_notice(booking, timedelta(hours=30), 50).fee.amount == 0


def test_in_a_currency_of_three_digits_only_tens_are_refunded() -> None:
    life = Life(service=make_service(price=Money(amount=12_340, currency="bhd")))
    life.answer()
    life.do("accept", PROVIDER)
    life.at(life.booking.slot.start_at).do("start", PROVIDER, code=life.booking.start_code)
    life.do("complete", PROVIDER)
    life.pay_all()
    with pytest.raises(InvalidInput) as caught:
        life.do("refund", OPERATOR, amount=1_005, reason="Late")
    assert [each.code for each in caught.value.errors] == ["not_a_multiple"]
    life.do("open_dispute", CUSTOMER, reason="Half the lawn")
    with pytest.raises(InvalidInput):
        life.do("resolve", OPERATOR, refund_amount=1_001, reason="Half")
    life.do("resolve", OPERATOR, refund_amount=6_170, reason="Half")
    life.pay_all()
    assert (life.booking.refunded_amount, life.booking.commission_amount, life.booking.transferred_amount) == (
        6_170,
        740,
        5_430,
    )
    assert life.booking.cancelled_by is not ActorKind.CUSTOMER
