"""Extras: agreed on during the work, paid by a charge of their own, and gone where the card is refused."""

from __future__ import annotations

from typing import Any

import pytest
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.bookings.charges import Charge, PaymentState, net_paid
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.bookings.groups import awaited_parties
from common.domain.bookings.price_lines import LineKind
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import (
    ChargebackOutcome,
    apply_chargeback,
    get_available_booking_actions,
    is_life_over,
)
from common.domain.bookings.state_machine.charge_parts import dues
from common.domain.payments.ledger import Account, LedgerLine, left_over
from common.domain.payments.operations import Purpose
from common.domain.shared.errors import ActionNotAvailable, InvalidInput
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    OPERATOR,
    PRICE,
    PROVIDER,
    SYSTEM,
    Life,
    accepted,
    action_required,
    declined,
    failed,
    started,
)
from tests.unit.domain.bookings.test_booking_actions import notified, offered
from tests.unit.domain.bookings.test_booking_payments import purposes

EXTRA = 3_000
ONE_PERSON = BookingSettings(two_people_above=1_000_000)


def proposed(**options: Any) -> Life:
    life = started(settings=ONE_PERSON, **options)
    life.do("propose_extra", PROVIDER, label="The hedge too", amount=EXTRA)
    return life


def agreed() -> Life:
    """Accepted, and not yet reserved."""
    life = proposed()
    life.do("accept_extra", CUSTOMER, accepted_fee=EXTRA)
    return life


def secured() -> Life:
    life = agreed()
    life.answer(payment_intent_id="pi_2", charge_id="ch_2")
    return life


def extra_of(life: Life) -> Charge:
    return life.booking.charges[1]


def settled_with_extra() -> Life:
    life = secured()
    life.do("complete", PROVIDER)
    life.pay_all()
    life.at(life.booking.slot.end_at + life.settings.settle_after).do("settle", SYSTEM)
    return life.pay_all()


def held_of(charge: Charge, lines: list[LedgerLine]) -> int:
    return sum(line.amount.amount for line in lines if line.account is Account.HELD and line.charge_id == charge.id)


class TestAgreeing:
    def test_the_provider_proposes_and_the_customer_sees_what_it_costs(self) -> None:
        life = proposed()
        assert life.booking.extra is not None
        assert (life.booking.extra.label, life.booking.extra.amount.amount) == ("The hedge too", EXTRA)
        assert set(notified(life)) == {"booking.extra_proposed"}
        assert life.last.events[-1].payload["extra_amount"] == EXTRA
        assert ActorKind.CUSTOMER in awaited_parties(life.booking)
        offers = get_available_booking_actions(life.booking, CUSTOMER, life.now, life.settings)
        (offer,) = [each for each in offers if each.action_name == "accept_extra"]
        assert offer.consequences is not None
        assert (offer.consequences.fee.amount, offer.consequences.refund.amount, offer.is_critical) == (EXTRA, 0, True)
        assert {"decline_extra", "accept_extra"} <= set(offered(life, CUSTOMER))
        assert "propose_extra" not in offered(life, PROVIDER), "one at a time"

    @pytest.mark.parametrize(("action", "actor"), [("decline_extra", CUSTOMER), ("withdraw_extra", PROVIDER)])
    def test_it_is_declined_or_withdrawn_and_nothing_is_added(self, action: str, actor: Any) -> None:
        life = proposed()
        life.do(action, actor)
        assert (life.booking.extra, life.booking.price.total.amount, len(life.booking.charges)) == (None, PRICE, 1)
        assert life.last.events[-1].payload["extra_label"] == "The hedge too"
        assert "propose_extra" in offered(life, PROVIDER)

    def test_accepting_adds_a_line_and_a_charge_that_is_reserved_at_once(self) -> None:
        life = agreed()
        booking = life.booking
        line = booking.price.lines[-1]
        assert (line.kind, line.label, booking.price.total.amount) == (LineKind.EXTRA, "The hedge too", PRICE + EXTRA)
        assert purposes(life.last) == [Purpose.AUTHORIZE]
        (operation,) = life.last.operations
        assert (operation.charge_id, operation.amount.amount, extra_of(life).line_ids) == ("chg_2", EXTRA, [line.id])
        assert booking.payment is PaymentState.AUTHORIZED
        life.answer(payment_intent_id="pi_2")
        assert (extra_of(life).state, extra_of(life).payment_intent_id) == (PaymentState.AUTHORIZED, "pi_2")
        assert life.booking.first_charge.payment_intent_id != "pi_2"

    def test_it_needs_a_price_that_a_card_can_be_charged_and_that_is_in_proportion(self) -> None:
        life = started()
        for amount in (1, 49, 2 * PRICE + 1):
            with pytest.raises(InvalidInput):
                life.do("propose_extra", PROVIDER, label="More", amount=amount)
        life.do("propose_extra", PROVIDER, label="More", amount=2 * PRICE)

    def test_there_are_so_many_and_no_more(self) -> None:
        life = started(settings=BookingSettings(extra_limit=2))
        for _ in range(2):
            life.do("propose_extra", PROVIDER, label="More", amount=500)
            life.do("withdraw_extra", PROVIDER)
        with pytest.raises(ActionNotAvailable):
            life.do("propose_extra", PROVIDER, label="More", amount=500)

    def test_before_the_work_it_may_be_proposed_from_when_a_start_is_possible(self) -> None:
        life = accepted()
        assert "propose_extra" not in offered(life, PROVIDER)
        life.at(life.booking.slot.start_at - life.settings.start_early)
        assert "propose_extra" in offered(life, PROVIDER)

    def test_a_proposal_lapses_when_the_work_ends(self) -> None:
        life = proposed()
        life.do("complete", PROVIDER)
        assert life.booking.extra is None
        life.pay_all()
        assert life.booking.captured_amount == PRICE


class TestRefusals:
    @pytest.mark.parametrize("result", [declined(), failed()])
    def test_a_refused_card_lets_the_extra_lapse_and_touches_nothing_else(self, result: Any) -> None:
        life = agreed()
        before = life.booking.first_charge
        life.answer(result)
        assert (extra_of(life).state, extra_of(life).line_ids) == (PaymentState.FAILED, [])
        assert life.booking.price.total.amount == PRICE
        assert set(notified(life)) == {"booking.extra_lapsed"}
        assert not life.booking.payment_details.needs_attention
        life.pay_all()
        assert (life.booking.first_charge, life.booking.payment) == (before, PaymentState.AUTHORIZED)
        assert extra_of(life).state is PaymentState.FAILED
        life.do("complete", PROVIDER)
        life.pay_all()
        assert (life.booking.captured_amount, life.booking.payment) == (PRICE, PaymentState.CAPTURED)

    def test_a_lapsed_one_leaves_room_for_another_with_a_line_of_its_own(self) -> None:
        life = agreed()
        first = life.booking.price.lines[-1].id
        life.answer(failed())
        life.do("propose_extra", PROVIDER, label="Again", amount=EXTRA)
        life.do("accept_extra", CUSTOMER, accepted_fee=EXTRA)
        assert life.booking.charges[2].line_ids == [life.booking.price.lines[-1].id] != [first]

    def test_an_intent_that_waits_for_the_customer_is_paid_later_or_given_up_with_the_work(self) -> None:
        life = agreed()
        life.answer(action_required())
        assert life.booking.payment is PaymentState.ACTION_REQUIRED
        assert set(notified(life)) == {"booking.payment_action_required"}
        assert life.booking.next_due_action == "complete"
        life.do("complete", PROVIDER)
        assert "booking.extra_lapsed" in notified(life)
        assert life.booking.payment_details.due_amount == PRICE
        life.pay_all()
        assert (life.booking.captured_amount, life.booking.payment) == (PRICE, PaymentState.CAPTURED)

    def test_one_that_is_paid_late_after_it_lapsed_is_given_up(self) -> None:
        life = agreed()
        waiting = life.open_operation()
        life.answer(action_required())
        life.do("complete", PROVIDER)
        assert waiting.charge_id == "chg_2"
        life.pay_all()
        assert (extra_of(life).authorized_amount, extra_of(life).state) == (0, PaymentState.FAILED)

    def test_a_refusal_after_the_work_takes_the_extra_off_what_is_due(self) -> None:
        life = agreed()
        life.do("complete", PROVIDER)
        assert life.booking.payment_details.due_amount == PRICE + EXTRA
        life.answer(failed())
        assert life.booking.payment_details.due_amount == PRICE
        life.pay_all()
        assert (life.booking.captured_amount, life.booking.payment) == (PRICE, PaymentState.CAPTURED)


class TestMoney:
    def test_both_charges_are_captured_paid_out_and_leave_nothing(self) -> None:
        life = settled_with_extra()
        booking, whole = life.booking, PRICE + EXTRA
        events = [event for change in life.changes for event in change.events]
        captured = [each.payload for each in events if each.type == "booking.payment_captured"]
        assert [(each["amount"], each["charge_id"]) for each in captured] == [(PRICE, "chg_1"), (EXTRA, "chg_2")]
        assert [each.captured_amount for each in booking.charges] == [PRICE, EXTRA]
        assert booking.commission_amount == commission_of(booking.price, whole)
        assert booking.transferred_amount == provider_share(booking.price, whole)
        assert [len(each.transfers) for each in booking.charges] == [1, 1]
        assert all(each.transferred_amount <= each.captured_amount for each in booking.charges)
        assert [held_of(each, life.ledger) for each in booking.charges] == [0, 0]
        assert (left_over(life.ledger), booking.payment_details.held_by_line) == ({}, {})
        assert is_life_over(booking)

    def test_cancelling_takes_of_each_charge_its_part_of_the_fee(self) -> None:
        life = accepted(settings=ONE_PERSON)
        life.at(life.booking.slot.start_at - life.settings.start_early)
        life.do("propose_extra", PROVIDER, label="More", amount=EXTRA)
        life.do("accept_extra", CUSTOMER, accepted_fee=EXTRA)
        life.answer()
        life.do("cancel", CUSTOMER, accepted_fee=PRICE + EXTRA)
        life.pay_all()
        assert [each.captured_amount for each in life.booking.charges] == [PRICE, EXTRA]

    def test_where_the_provider_cancels_both_are_given_up(self) -> None:
        life = accepted(settings=ONE_PERSON)
        life.at(life.booking.slot.start_at - life.settings.start_early)
        life.do("propose_extra", PROVIDER, label="More", amount=EXTRA)
        life.do("accept_extra", CUSTOMER, accepted_fee=EXTRA)
        life.answer()
        life.do("cancel", PROVIDER)
        life.pay_all()
        assert [each.authorized_amount for each in life.booking.charges] == [0, 0]
        assert (life.booking.captured_amount, life.booking.payment) == (0, PaymentState.NONE)
        assert "booking.extra_lapsed" not in [event.type for change in life.changes for event in change.events]
        assert life.booking.price.total.amount == PRICE + EXTRA, "what was agreed stays to be read"

    @given(st.integers(1, PRICE + EXTRA), st.integers(0, PRICE + EXTRA))
    def test_refunds_after_the_payout_come_back_from_both_and_leave_nothing(self, first: int, second: int) -> None:
        life = settled_with_extra()
        for amount in (first, min(second, PRICE + EXTRA - first)):
            if amount:
                life.do("refund", OPERATOR, amount=amount, reason="Goodwill")
                life.pay_all()
        booking = life.booking
        left = net_paid(booking)
        assert booking.payment_details.due_amount == left
        assert {each.id: net_paid(each) for each in booking.charges} == dues(booking)
        assert booking.transferred_amount - booking.reversed_amount == provider_share(booking.price, left)
        assert [held_of(each, life.ledger) for each in booking.charges] == [0, 0]
        assert booking.payment_details.held_by_line == {}

    @pytest.mark.parametrize("number", [1, 2])
    @pytest.mark.parametrize("is_won", [True, False])
    def test_a_chargeback_of_one_takes_nothing_of_the_other(self, number: int, *, is_won: bool) -> None:
        life = settled_with_extra()
        hit, other = f"chg_{number}", f"chg_{3 - number}"
        taken, before = life.booking.charge(hit).captured_amount, life.booking.charge(other)
        for outcome in (ChargebackOutcome.OPENED, ChargebackOutcome.WON if is_won else ChargebackOutcome.LOST):
            life.keep(apply_chargeback(life.booking, hit, "dp_1", outcome, taken, life.now, life.settings))
            life.pay_all()
        booking = life.booking
        kept = PRICE + EXTRA - (0 if is_won else taken)
        after = booking.charge(other)
        assert (after.captured_amount, after.charged_back_amount) == (before.captured_amount, 0)
        assert booking.transferred_amount - booking.reversed_amount == provider_share(booking.price, kept)
        assert left_over(life.ledger) == {}
        assert booking.payout is PayoutState.TRANSFERRED
        life.do("refund", OPERATOR, amount=100, reason="Goodwill")
        life.pay_all()
        assert net_paid(life.booking) == PRICE + EXTRA - 100
        assert left_over(life.ledger) == {}

    @given(st.integers(0, PRICE + EXTRA))
    def test_a_decision_is_spread_over_both(self, refund: int) -> None:
        life = secured()
        life.do("complete", PROVIDER)
        life.pay_all()
        life.do("open_dispute", CUSTOMER, reason="Half the lawn")
        life.do("resolve", OPERATOR, refund_amount=refund, reason="Half")
        life.pay_all()
        assert life.booking.status is BookingStatus.SETTLED
        assert {each.id: net_paid(each) for each in life.booking.charges} == dues(life.booking)
        assert net_paid(life.booking) == PRICE + EXTRA - refund
        assert left_over(life.ledger) == {}

    @given(st.integers(0, PRICE + EXTRA))
    def test_a_decision_may_find_one_charge_taken_and_the_other_reserved(self, refund: int) -> None:
        life = half_taken()
        life.do("resolve", OPERATOR, refund_amount=refund, reason="Half")
        refunds = purposes(life.last).count(Purpose.REFUND)
        while life.booking.payment_details.open_operations:
            life.answer()
            refunds += purposes(life.last).count(Purpose.REFUND)
        assert net_paid(life.booking) == PRICE + EXTRA - refund
        assert {each.id: net_paid(each) for each in life.booking.charges} == dues(life.booking)
        assert refunds <= 1, "what goes back to a card goes at once"
        assert left_over(life.ledger) == {}

    def test_a_refund_charges_no_card_for_what_was_never_paid(self) -> None:
        life = secured()
        life.do("complete", PROVIDER)
        life.answer(failed())
        life.answer(action_required())
        life.answer()
        assert [each.captured_amount for each in life.booking.charges] == [0, EXTRA]
        life.do("refund", OPERATOR, amount=1_000, reason="Goodwill")
        life.pay_all()
        assert [net_paid(each) for each in life.booking.charges] == [0, EXTRA - 1_000]
        asked = [each.amount.amount for each in life.operations.values() if each.purpose is Purpose.CHARGE_FEE]
        assert asked == [PRICE], "only the price, which the bank had asked about"
        assert life.booking.refunded_amount == 1_000

    def test_work_is_paid_whole_by_default_where_one_charge_was_only_reserved(self) -> None:
        life = half_taken()
        life.at(life.now + life.settings.dispute_deadline).do("expire_dispute", SYSTEM)
        life.pay_all()
        assert [net_paid(each) for each in life.booking.charges] == [PRICE, EXTRA]
        assert life.booking.refunded_amount == 0

    def test_a_part_that_no_card_can_be_charged_is_taken_with_the_other_charge(self) -> None:
        life = proposed_small()
        life.do("open_dispute", CUSTOMER, reason="Hardly anything")
        life.do("resolve", OPERATOR, refund_amount=6_030, reason="Half")
        life.pay_all()
        assert [each.captured_amount for each in life.booking.charges] == [6_030, 0]
        assert (life.booking.refunded_amount, life.booking.payment_details.due_amount) == (0, 6_030)
        assert left_over(life.ledger) == {}


def half_taken() -> Life:
    """Disputed while the first charge was being captured, and the extra had not been."""
    life = secured()
    life.do("complete", PROVIDER)
    life.do("open_dispute", CUSTOMER, reason="Half the lawn")
    life.answer()
    assert [each.captured_amount for each in life.booking.charges] == [PRICE, 0]
    return life


def proposed_small() -> Life:
    life = started(settings=ONE_PERSON)
    life.do("propose_extra", PROVIDER, label="A nail", amount=60)
    life.do("accept_extra", CUSTOMER, accepted_fee=60)
    life.answer()
    return life
