"""What an end of the booking costs: as shown, not to be evaded by another time, and booked to the last cent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from common.domain.bookings.booking import Actor, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.commission import commission_of
from common.domain.bookings.discrepancies import DiscrepancyKind, StripeBooks, compare
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import (
    ChargebackOutcome,
    apply_chargeback,
    fire,
    is_life_over,
    require_agreement,
)
from common.domain.bookings.state_machine.agreement import fee_since
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.payments.currencies import charge_step, minimum_charge
from common.domain.payments.ledger import PASSED_ON, Account, left_over
from common.domain.payments.operations import FIRST_CHARGE, Purpose
from common.domain.shared.errors import ActionNotAvailable, FeeNotAccepted, InvalidInput
from common.domain.shared.money import Money
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    OPERATOR,
    PRICE,
    PROVIDER,
    SETTINGS,
    Life,
    accepted,
    failed,
    make_service,
    requested,
)
from tests.unit.domain.bookings.test_booking_actions import completed

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


def fee(life: Life, actor: Actor = CUSTOMER) -> int:
    """What cancelling now would cost the customer."""
    change = Life.do(life, "cancel", actor)
    life.changes.pop()
    assert change.booking.payment_details.due_amount is not None
    return change.booking.payment_details.due_amount


def move(life: Life, by: Actor, other: Actor, later: timedelta) -> None:
    life.do("propose_reschedule", by, start_at=life.booking.slot.start_at + later)
    life.do("accept_reschedule", other)
    life.pay_all()


class TestAnotherTime:
    @pytest.mark.parametrize("later", [HOUR, 10 * DAY, 60 * DAY])
    def test_a_move_that_the_customer_proposed_does_not_make_a_fee_free(self, later: timedelta) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR)
        assert fee(life) == PRICE // 2
        move(life, CUSTOMER, PROVIDER, later)
        assert fee(life) == PRICE // 2

    def test_the_notice_of_then_counts_however_often_it_is_moved(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR)
        for _ in range(3):
            move(life, CUSTOMER, PROVIDER, 10 * DAY)
            life.at(life.now + HOUR)
        assert fee(life) == PRICE // 2

    def test_the_new_time_counts_once_it_is_nearer_than_that(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR)
        move(life, CUSTOMER, PROVIDER, 10 * DAY)
        life.at(life.booking.slot.start_at - HOUR)
        assert fee(life) == PRICE

    def test_a_move_in_good_time_stays_free_in_good_time(self) -> None:
        life = accepted(start_in=10 * DAY)
        move(life, CUSTOMER, PROVIDER, 10 * DAY)
        assert fee(life) == 0

    def test_a_time_that_the_provider_proposed_starts_the_notice_anew(self) -> None:
        life = accepted()
        life.at(life.booking.slot.start_at - 30 * HOUR)
        move(life, CUSTOMER, PROVIDER, DAY)
        move(life, PROVIDER, CUSTOMER, 10 * DAY)
        assert fee(life) == 0

    def test_after_an_operators_move_the_customer_may_cancel_free_of_charge(self) -> None:
        life = accepted(start_in=10 * DAY)
        life.do("move", OPERATOR, start_at=life.now + 20 * HOUR, reason="Agreed by phone")
        assert fee(life) == 0
        move(life, PROVIDER, CUSTOMER, -HOUR)
        assert fee(life) == PRICE

    @given(
        st.sampled_from(sorted(CancellationPolicyName)),
        st.integers(13, 400),
        st.integers(1, 400),
        st.integers(0, 12),
    )
    def test_no_move_of_the_customers_ever_makes_cancelling_cheaper(
        self, policy: CancellationPolicyName, ahead: int, later: int, waited: int
    ) -> None:
        life = accepted(start_in=500 * HOUR, service=make_service(cancellation_policy=policy))
        life.at(life.booking.slot.start_at - ahead * HOUR)
        before = fee(life)
        move(life, CUSTOMER, PROVIDER, later * HOUR)
        assert fee(life) >= before
        life.at(life.now + waited * HOUR)
        assert fee(life) >= before


class TestAgreeing:
    def require(self, life: Life, action: str, actor: Actor, *, seen: bool = False, **given: Any) -> None:
        seen_fee = given.pop("seen_fee", None)
        require_agreement(
            life.booking, action, actor, given, life.now, SETTINGS, is_version_seen=seen, seen_fee=seen_fee
        )

    @pytest.mark.parametrize(("action", "actor"), [("cancel", CUSTOMER), ("cancel", PROVIDER), ("decline", PROVIDER)])
    def test_a_critical_action_with_consequences_names_what_was_seen(self, action: str, actor: Actor) -> None:
        life = requested()
        with pytest.raises(FeeNotAccepted) as refused:
            self.require(life, action, actor)
        assert refused.value.extra["consequences"]["fee"] == {"amount": 0, "currency": "nzd"}
        assert refused.value.extra["version"] == life.booking.version
        self.require(life, action, actor, accepted_fee=0)
        self.require(life, action, actor, seen=True)

    def test_an_absence_names_it_too_and_what_costs_nothing_does_not(self) -> None:
        life = accepted()
        self.require(requested(), "accept", PROVIDER)
        life.at(life.booking.slot.start_at + HOUR)
        with pytest.raises(FeeNotAccepted):
            self.require(life, "mark_no_show", PROVIDER)
        self.require(life, "mark_no_show", PROVIDER, accepted_fee=PRICE)

    def test_a_fee_that_was_shown_as_free_is_not_taken_after_the_acceptance(self) -> None:
        life = requested(start_in=30 * HOUR)
        self.require(life, "cancel", CUSTOMER, accepted_fee=0)
        life.do("accept", PROVIDER)
        with pytest.raises(FeeNotAccepted) as refused:
            self.require(life, "cancel", CUSTOMER, accepted_fee=0)
        assert refused.value.extra["consequences"]["fee"]["amount"] == PRICE // 2
        self.require(life, "cancel", CUSTOMER, accepted_fee={"amount": PRICE // 2, "currency": "nzd"})

    def test_a_version_stands_for_its_price_only_as_long_as_time_has_not_changed_it(self) -> None:
        life = accepted()
        with pytest.raises(FeeNotAccepted):  # it follows the provider's account as well
            self.require(life, "cancel", CUSTOMER, seen=True)
        shown = fee_since(life.booking, CUSTOMER, life.now, SETTINGS)
        assert shown == 0
        self.require(life, "cancel", CUSTOMER, seen=True, seen_fee=shown)
        life.at(life.booking.slot.start_at - 30 * HOUR)
        with pytest.raises(FeeNotAccepted):
            self.require(life, "cancel", CUSTOMER, seen=True, seen_fee=shown)
        shown = fee_since(life.booking, CUSTOMER, life.now, SETTINGS)
        assert shown == PRICE // 2
        self.require(life, "cancel", CUSTOMER, seen=True, seen_fee=shown)
        life.at(life.booking.slot.start_at - 20 * HOUR)
        with pytest.raises(FeeNotAccepted):
            self.require(life, "cancel", CUSTOMER, seen=True, seen_fee=shown)

    @pytest.mark.parametrize("wrong", [-1, 1.5, "0", True, {"amount": 0}, {"amount": 0.5, "currency": "nzd"}, [0]])
    def test_a_fee_that_is_no_amount_names_its_field(self, wrong: object) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.require(requested(), "cancel", CUSTOMER, accepted_fee=wrong)
        assert refused.value.errors[0].field == "accepted_fee"

    def test_a_fee_in_another_currency_is_none(self) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.require(requested(), "cancel", CUSTOMER, accepted_fee={"amount": 0, "currency": "aud"})
        assert refused.value.errors[0].code == "wrong_currency"


class TestNothingOwed:
    def test_a_cancellation_that_owes_nothing_leaves_no_payment(self) -> None:
        life = accepted(start_in=MONTH)
        assert life.booking.payment is PaymentState.CARD_SAVED
        life.do("cancel", CUSTOMER)
        assert (life.booking.payment, life.last.operations) == (PaymentState.NONE, [])

    def test_nor_does_a_card_that_was_refused(self) -> None:
        life = accepted(start_in=MONTH)
        life.at(life.booking.slot.start_at - 47 * HOUR)
        life.keep(fire(life.booking, "authorize", life.now, SETTINGS))
        life.answer(failed())
        life.at(life.booking.slot.start_at - 11 * HOUR)
        life.keep(fire(life.booking, "payment_default", life.now, SETTINGS))
        assert life.booking.payment is PaymentState.NONE


class TestRefundsAndChargebacks:
    def hit(self, life: Life, outcome: ChargebackOutcome) -> None:
        life.keep(apply_chargeback(life.booking, FIRST_CHARGE, "dp_1", outcome, PRICE // 2, life.now, SETTINGS))

    @pytest.mark.parametrize("last", [ChargebackOutcome.OPENED, ChargebackOutcome.LOST])
    def test_nothing_is_refunded_while_a_chargeback_stands(self, last: ChargebackOutcome) -> None:
        life = completed()
        self.hit(life, ChargebackOutcome.OPENED)
        if last is ChargebackOutcome.LOST:
            self.hit(life, last)
        with pytest.raises(ActionNotAvailable, match="chargeback"):
            life.do("refund", OPERATOR, amount=100, reason="Goodwill")

    def test_one_that_was_won_may_be_refunded(self) -> None:
        life = completed()
        self.hit(life, ChargebackOutcome.OPENED)
        self.hit(life, ChargebackOutcome.WON)
        life.do("refund", OPERATOR, amount=100, reason="Goodwill")
        assert life.last.operations[0].purpose is Purpose.REFUND


class TestTheEndOfALife:
    def end(self, life: Life) -> Life:
        """Stripe agrees and every timer fires."""
        for _ in range(40):
            life.pay_all()
            due = life.booking.next_due_at
            if due is None or life.booking.next_due_action is None:
                return life
            life.at(max(life.now, due))
            life.keep(fire(life.booking, life.booking.next_due_action, life.now, life.settings))
        raise AssertionError(life.booking.next_due_action)

    def test_a_fee_that_the_commission_takes_whole_is_booked_as_commission(self) -> None:
        life = accepted(service=make_service(price=Money(amount=100, currency="nzd")))
        life.at(life.booking.slot.start_at - 30 * HOUR).do("cancel", CUSTOMER)
        life.pay_all()
        assert life.account(Account.HELD) == -50
        assert life.booking.next_due_action == "release_fee"
        assert not is_life_over(life.booking)
        self.end(life)
        assert (life.account(Account.HELD), life.account(Account.COMMISSION)) == (0, -50)
        assert (life.booking.payout, is_life_over(life.booking)) == (PayoutState.NONE, True)

    def test_reconciliation_reports_what_is_left_where_nothing_may_be(self) -> None:
        life = accepted(service=make_service(price=Money(amount=100, currency="nzd")))
        life.at(life.booking.slot.start_at - 30 * HOUR).do("cancel", CUSTOMER)
        life.pay_all()
        forgotten = life.booking.model_copy(update={"next_due_at": None, "next_due_action": None})
        fees = life.booking.stripe_fee_amount
        books = StripeBooks(captured=50, fees=fees, balance=50 - fees)
        assert compare(life.booking, life.ledger, books) == []
        (found,) = compare(forgotten, life.ledger, books)
        assert (found.kind, found.found) == (DiscrepancyKind.ACCOUNT_NOT_EMPTY, -50)

    @given(
        st.sampled_from(["nzd", "jpy", "bhd"]),
        st.integers(1, 60),
        st.sampled_from(sorted(CancellationPolicyName)),
        st.integers(0, 10_000),
        st.integers(0, 400),
        st.sampled_from([1, 30, 60, 100, 200]),
        st.booleans(),
    )
    def test_after_any_end_every_account_that_passes_money_on_is_empty(
        self,
        currency: str,
        size: int,
        policy: CancellationPolicyName,
        share: int,
        minimum: int,
        hours: int,
        does_cancel: bool,
    ) -> None:
        step = charge_step(currency)
        least = max(minimum_charge(currency), SETTINGS.minimum_charge)
        price = Money(amount=-(-(least + size * 7) // step) * step, currency=currency)
        settings = BookingSettings(commission_basis_points=share, commission_minimum=minimum)
        service = make_service(price=price, cancellation_policy=policy)
        life = accepted(start_in=9 * DAY, settings=settings, service=service)
        life.at(life.booking.slot.start_at - hours * HOUR)
        life.pay_all()
        if life.booking.payment is PaymentState.CARD_SAVED and hours < 48:
            life.keep(fire(life.booking, "authorize", life.now, settings))
            life.pay_all()
        if does_cancel:
            life.do("cancel", CUSTOMER)
        else:
            life.at(life.booking.slot.start_at).do("start", PROVIDER, code=life.booking.start_code)
            life.do("complete", PROVIDER)
        self.end(life)
        assert is_life_over(life.booking)
        assert left_over(life.ledger) == {}
        assert {Account.HELD} == PASSED_ON
        kept = life.booking.captured_amount - life.booking.refunded_amount
        assert -life.account(Account.COMMISSION) == commission_of(life.booking.price, kept)
