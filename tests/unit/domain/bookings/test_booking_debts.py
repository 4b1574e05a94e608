"""What a provider owes: recorded, asked for again, set off, and each booking's books whole in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.domain.bookings.booking import PayoutState
from common.domain.bookings.charges import PaymentState, net_paid
from common.domain.bookings.commission import provider_share
from common.domain.bookings.state_machine import (
    ChargebackOutcome,
    apply_chargeback,
    apply_refund_failure,
    apply_set_off,
    fire,
    is_life_over,
)
from common.domain.bookings.state_machine.money_plan import with_provider
from common.domain.payments.ledger import Account, left_over
from common.domain.payments.operations import (
    FIRST_CHARGE,
    MAY_BE_DONE,
    OperationStatus,
    PaymentOperation,
    PaymentResult,
    Purpose,
)
from common.domain.shared.errors import InvalidInput
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.bookings.support import CUSTOMER, OPERATOR, PRICE, PROVIDER, SETTINGS, Life, failed
from tests.unit.domain.bookings.test_booking_actions import completed, notified, offered
from tests.unit.domain.bookings.test_booking_payments import SHARE, purposes, settled

DAY = timedelta(days=1)
SHORT = failed("balance_insufficient")
LOST_CARD = PaymentResult(status=OperationStatus.FAILED, failure_code="lost_or_stolen_card")


def take_back(life: Life, amount: int) -> None:
    """The bank takes a part of the payment back."""
    opened = ChargebackOutcome.OPENED
    life.keep(apply_chargeback(life.booking, FIRST_CHARGE, "dp_1", opened, amount, life.now, SETTINGS))


def indebted(amount: int = PRICE) -> Life:
    """A settled booking whose refund was taken back from nobody."""
    life = settled()
    life.do("refund", OPERATOR, amount=amount, reason="Bad work")
    life.answer()
    life.answer(SHORT)
    return life


def refund_of(life: Life) -> PaymentOperation:
    return next(each for each in reversed(life.operations.values()) if each.purpose is Purpose.REFUND)


def fail_refund(life: Life, result: PaymentResult = LOST_CARD) -> None:
    life.keep(apply_refund_failure(life.booking, refund_of(life), result, life.now, SETTINGS))


def set_off(payer: Life, *owing: Life) -> None:
    """Set off against the payer's open transfer; every change is kept by its own booking's life."""
    lives = {life.booking.id: life for life in (payer, *owing)}
    debts = [life.booking for life in owing]
    for change in apply_set_off(payer.booking, payer.open_operation(), debts, payer.now, SETTINGS):
        lives[change.booking.id].keep(change)


def about_to_transfer() -> Life:
    life = settled()
    life.changes = [each for each in life.changes if each.booking.transferred_amount == 0]
    return life


def check_books(life: Life) -> None:
    details = life.booking.payment_details
    assert life.account(Account.PROVIDER) == details.debt_amount
    assert life.account(Account.SET_OFF) == -details.set_off_amount
    assert left_over(life.ledger) == {}


class TestDebts:
    def test_a_refused_reversal_is_owed_told_and_tried_again(self) -> None:
        life = indebted()
        assert (life.booking.payout, life.booking.payment_details.debt_amount) == (PayoutState.DEBT, SHARE)
        assert notified(life) == {"booking.debt_recorded": [PROVIDER.id]}
        assert life.last.events[-1].payload["notify_operators"] is True
        assert life.last.events[-1].payload["amount"] == SHARE
        assert (life.booking.next_due_action, life.booking.next_due_at) == ("collect_debt", life.now + DAY)
        assert not is_life_over(life.booking)

    def test_what_is_taken_back_later_pays_the_debt(self) -> None:
        life = indebted()
        life.at(life.now + DAY)
        assert purposes(life.keep(fire(life.booking, "collect_debt", life.now, SETTINGS))) == [Purpose.REVERSE]
        life.answer()
        assert (life.booking.payout, life.booking.payment_details.debt_amount) == (PayoutState.REVERSED, 0)
        assert is_life_over(life.booking)
        check_books(life)

    def test_it_is_tried_after_twice_as_long_each_time_and_owed_once(self) -> None:
        life = indebted()
        waits = []
        while (retry_at := life.booking.payment_details.debt_retry_at) is not None:
            waits.append((retry_at - life.now).days)
            life.at(retry_at)
            life.keep(fire(life.booking, "collect_debt", life.now, SETTINGS))
            life.answer(SHORT)
            assert "booking.debt_recorded" not in notified(life)
            assert life.booking.payment_details.debt_amount == SHARE
            check_books(life)
        assert waits == [1, 2, 4, 8, 16]
        assert "collect_debt" in offered(life, OPERATOR)
        assert "collect_debt" not in offered(life, PROVIDER)

    def test_a_later_transfer_is_reduced_by_it_on_both_books(self) -> None:
        debtor, payer = indebted(amount=4_000), about_to_transfer()
        owed = debtor.booking.payment_details.debt_amount
        before = payer.open_operation()
        set_off(payer, debtor)
        assert payer.operations[before.id].status is OperationStatus.CANCELED
        assert payer.open_operation().amount.amount == SHARE - owed
        assert payer.open_operation().idempotency_key != before.idempotency_key
        assert notified(payer) == {"booking.debt_set_off": [PROVIDER.id]}
        assert debtor.booking.payment_details.debt_amount == 0
        assert debtor.booking.payout is PayoutState.TRANSFERRED
        assert fire(debtor.booking, "collect_debt", debtor.now + DAY, SETTINGS) is None
        payer.answer()
        for life in (debtor, payer):
            check_books(life)
        assert payer.account(Account.SET_OFF) + debtor.account(Account.SET_OFF) == 0
        assert payer.booking.payout is PayoutState.TRANSFERRED

    def test_a_whole_share_may_pay_a_part_of_several_debts_the_first_first(self) -> None:
        first, second, payer = indebted(amount=4_000), indebted(), about_to_transfer()
        first_owed, second_owed = (life.booking.payment_details.debt_amount for life in (first, second))
        set_off(payer, first, second)
        assert payer.booking.payment_details.open_operations == []
        assert payer.booking.payout is PayoutState.TRANSFERRED
        assert first.booking.payment_details.debt_amount == 0
        assert second.booking.payment_details.debt_amount == second_owed - (SHARE - first_owed)
        assert second.booking.payout is PayoutState.DEBT
        for life in (first, second, payer):
            check_books(life)

    def test_only_debts_of_the_same_provider_and_currency_are_paid(self) -> None:
        payer, other = about_to_transfer(), indebted()
        stranger = other.booking.model_copy(update={"provider_id": "prv_other"})
        operation = payer.open_operation()
        assert apply_set_off(payer.booking, operation, [stranger, payer.booking], payer.now, SETTINGS) == []
        assert apply_set_off(payer.booking, operation, [], payer.now, SETTINGS) == []

    def test_a_debt_that_is_being_collected_is_not_set_off(self) -> None:
        payer, debtor = about_to_transfer(), indebted()
        debtor.do("collect_debt", OPERATOR)
        owing = [debtor.booking]
        assert apply_set_off(payer.booking, payer.open_operation(), owing, payer.now, SETTINGS) == []

    def test_a_refund_of_what_paid_a_debt_is_owed_anew(self) -> None:
        debtor, payer = indebted(), about_to_transfer()
        set_off(payer, debtor)
        payer.do("refund", OPERATOR, amount=PRICE, reason="Bad work too")
        payer.answer()
        assert payer.booking.payment_details.debt_amount == SHARE
        assert "booking.debt_recorded" in notified(payer)
        check_books(payer)

    def test_a_chargeback_that_is_won_after_its_debt_was_set_off_is_paid_out(self) -> None:
        debtor = settled()
        debtor.keep(
            apply_chargeback(
                debtor.booking, FIRST_CHARGE, "dp_1", ChargebackOutcome.OPENED, PRICE, debtor.now, SETTINGS
            )
        )
        debtor.answer(SHORT)
        payer = about_to_transfer()
        set_off(payer, debtor)
        assert debtor.booking.payout is PayoutState.REVERSED
        won = apply_chargeback(debtor.booking, FIRST_CHARGE, "dp_1", ChargebackOutcome.WON, PRICE, debtor.now, SETTINGS)
        assert purposes(debtor.keep(won)) == [Purpose.TRANSFER]
        debtor.answer()
        check_books(debtor)

    @given(st.lists(st.integers(1, PRICE), min_size=1, max_size=4), st.data())
    def test_whatever_is_set_off_the_provider_loses_and_gains_nothing(
        self, refunds: list[int], data: st.DataObject
    ) -> None:
        debtors = [indebted(amount=amount) for amount in refunds]
        owed = sum(life.booking.payment_details.debt_amount for life in debtors)
        payers = []
        for _ in range(data.draw(st.integers(1, 3))):
            payer = about_to_transfer()
            set_off_if_owed(payer, debtors)
            payers.append(payer.pay_all())
        left = sum(life.booking.payment_details.debt_amount for life in debtors)
        paid = sum(life.booking.transferred_amount for life in payers)
        assert paid + owed - left == SHARE * len(payers)
        assert left == max(owed - SHARE * len(payers), 0)
        for life in (*debtors, *payers):
            check_books(life)
        assert sum(life.account(Account.SET_OFF) for life in (*debtors, *payers)) == 0


def set_off_if_owed(payer: Life, debtors: list[Life]) -> None:
    owing = [life for life in debtors if life.booking.payment_details.debt_amount]
    if owing:
        set_off(payer, *owing)


class TestRefundsThatFail:
    def test_one_that_fails_later_is_booked_back_and_the_provider_gets_their_share_again(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Bad work")
        life.pay_all()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.REFUNDED, PayoutState.REVERSED)
        fail_refund(life)
        details = life.booking.payment_details
        assert (life.booking.payment, life.booking.refunded_amount) == (PaymentState.CAPTURED, 0)
        assert details.needs_attention
        assert notified(life) == {"booking.refund_failed": [CUSTOMER.id]}
        assert next(e for e in life.last.events if e.type == "booking.refund_failed").payload["notify_operators"]
        life.pay_all()
        assert (life.booking.payout, life.booking.payment_details.due_amount) == (PayoutState.TRANSFERRED, PRICE)
        check_books(life)

    def test_it_may_be_refunded_again_under_another_key(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Bad work")
        life.pay_all()
        first = refund_of(life)
        fail_refund(life)
        life.pay_all()
        life.do("refund", OPERATOR, amount=PRICE, reason="To another card")
        again = life.open_operation()
        assert again.purpose is Purpose.REFUND
        assert again.idempotency_key != first.idempotency_key
        life.pay_all()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.REFUNDED, PayoutState.REVERSED)
        check_books(life)

    def test_it_is_due_again_only_where_it_was_this_refund_that_an_operator_gave(self) -> None:
        life = completed()
        life.do("open_dispute", CUSTOMER, reason="A quarter was not done")
        life.do("resolve", OPERATOR, refund_amount=3_000, reason="So it is")
        life.pay_all()
        decided = refund_of(life)
        life.do("refund", OPERATOR, amount=2_000, reason="Goodwill")
        life.pay_all()
        goodwill, transferred = refund_of(life), life.booking.transferred_amount
        life.keep(apply_refund_failure(life.booking, decided, LOST_CARD, life.now, SETTINGS))
        life.pay_all()
        details = life.booking.payment_details
        assert (details.due_amount, details.given_back_amount) == (PRICE - 5_000, 2_000)
        assert net_paid(life.booking) == PRICE - 2_000
        assert details.needs_attention
        assert life.booking.transferred_amount == transferred
        assert left_over(life.ledger) == {Account.HELD: -3_000}
        life.do("retry_payment", OPERATOR)
        life.pay_all()
        life.keep(apply_refund_failure(life.booking, goodwill, LOST_CARD, life.now, SETTINGS))
        life.pay_all()
        details = life.booking.payment_details
        assert (details.due_amount, details.given_back_amount) == (PRICE - 3_000, 0)
        check_books(life)

    def test_it_is_booked_back_once(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=4_000, reason="Late")
        life.pay_all()
        fail_refund(life)
        assert apply_refund_failure(life.booking, refund_of(life), LOST_CARD, life.now, SETTINGS) is None

    def test_what_the_customer_is_owed_by_the_end_stays_with_us_and_is_sent_again_by_a_person(self) -> None:
        life = Life(timedelta(hours=30))
        life.answer(capture_before=life.now + timedelta(hours=40))
        life.do("accept", PROVIDER)
        life.at(life.now + timedelta(hours=28))
        life.keep(fire(life.booking, "secure_payment", life.now, SETTINGS))
        life.answer()
        life.do("cancel", PROVIDER)
        life.pay_all()
        fail_refund(life)
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.NONE)
        assert life.booking.next_due_at is None
        with pytest.raises(InvalidInput, match="owed"):
            life.do("refund", OPERATOR, amount=100, reason="Only a part")
        assert purposes(life.do("retry_payment", OPERATOR)) == [Purpose.REFUND]
        life.pay_all()
        assert life.booking.payment is PaymentState.REFUNDED
        check_books(life)

    def test_one_that_the_bank_took_back_as_well_is_no_loss_any_more(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.pay_all()
        take_back(life, PRICE)
        assert life.account(Account.LOSSES) == PRICE
        fail_refund(life)
        life.pay_all()
        assert life.account(Account.LOSSES) == 0
        check_books(life)


@pytest.mark.parametrize("code", sorted(MAY_BE_DONE))
def test_what_may_have_been_taken_back_already_is_no_debt_and_nobody_tries_it_by_itself(code: str) -> None:
    life = settled()
    life.do("refund", OPERATOR, amount=PRICE, reason="Bad work")
    life.answer()
    life.answer(failed(code))
    details = life.booking.payment_details
    assert (details.debt_amount, details.may_have_moved) == (0, True)
    assert (details.needs_attention, details.retry_at, details.debt_retry_at) == (True, None, None)
    assert purposes(life.do("retry_payment", OPERATOR)) == [Purpose.REVERSE]


def test_a_share_of_what_is_owed_back_is_transferred_to_nobody_while_a_chargeback_stands() -> None:
    life = completed()
    life.pay_all()
    life.do("open_dispute", CUSTOMER, reason="Hardly anything was done")
    take_back(life, 4_000)
    life.do("resolve", OPERATOR, refund_amount=8_000, reason="So it is")
    life.pay_all()
    details = life.booking.payment_details
    assert details.due_amount == PRICE - 8_000
    assert 0 < with_provider(life.booking) <= provider_share(life.booking.price, PRICE - 8_000)
    assert left_over(life.ledger) == {Account.HELD: -4_000}
