"""What Stripe's answers do: axes, amounts, ledger, and the operation that follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.domain.bookings.booking import ActorKind, Booking, BookingChange, BookingStatus, PayoutState
from common.domain.bookings.charges import PaymentState
from common.domain.bookings.state_machine import (
    ChargebackOutcome,
    apply_chargeback,
    apply_payment_result,
    fire,
    get_available_booking_actions,
)
from common.domain.payments.ledger import Account, balance
from common.domain.payments.operations import FIRST_CHARGE, OperationStatus, PaymentResult, Purpose
from common.domain.shared.errors import InvalidInput
from common.domain.shared.money import Money

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    NOW,
    OPERATOR,
    PRICE,
    PROVIDER,
    SETTINGS,
    WEBHOOK,
    Life,
    accepted,
    action_required,
    declined,
    failed,
    requested,
    started,
    succeeded,
)
from tests.unit.domain.bookings.test_booking_actions import completed, notified, offered

HOUR = timedelta(hours=1)
MONTH = timedelta(days=30)
SHARE = PRICE - 1_440


def purposes(change: BookingChange) -> list[Purpose]:
    """Operations newly requested by a change."""
    return [operation.purpose for operation in change.operations if operation.status is OperationStatus.PENDING]


def axes(life: Life) -> tuple[BookingStatus, PaymentState, PayoutState]:
    """Status, payment and payout."""
    return life.booking.status, life.booking.payment, life.booking.payout


def settled(**options: timedelta) -> Life:
    life = completed(**options)
    life.at(life.booking.slot.end_at + SETTINGS.settle_after)
    life.keep(fire(life.booking, "settle", life.now, SETTINGS))
    return life.pay_all()


def far(**options: timedelta) -> Life:
    """Accepted a month ahead with a saved card, two days before the start, its authorization requested."""
    life = accepted(start_in=MONTH, **options)
    life.at(life.booking.slot.start_at - SETTINGS.authorize_before_start)
    life.keep(fire(life.booking, "authorize", life.now, SETTINGS))
    return life


class TestPayingFirst:
    def test_an_authorization_confirms_the_booking_in_one_change(self) -> None:
        life = Life()
        capture_before = NOW + timedelta(days=5)
        change = life.answer(capture_before=capture_before, payment_intent_id="pi_1", charge_id="ch_1")
        assert change.history[0].action == "confirm_payment"
        assert (life.booking.status, life.booking.payment) == (BookingStatus.REQUESTED, PaymentState.AUTHORIZED)
        details = life.booking.payment_details
        assert (
            life.booking.first_charge.capture_before,
            life.booking.first_charge.payment_intent_id,
            life.booking.first_charge.stripe_charge_id,
        ) == (
            capture_before,
            "pi_1",
            "ch_1",
        )
        assert (life.booking.authorized_amount, details.open_operations) == (PRICE, [])
        (operation,) = change.operations
        assert (operation.status, operation.stripe_id) == (OperationStatus.SUCCEEDED, "obj_1")

    def test_without_stripes_word_the_end_of_the_authorization_is_estimated(self) -> None:
        assert requested().booking.first_charge.capture_before == NOW + SETTINGS.authorization_window

    def test_a_saved_card_confirms_too(self) -> None:
        life = requested(start_in=MONTH)
        assert (life.booking.status, life.booking.payment) == (BookingStatus.REQUESTED, PaymentState.CARD_SAVED)

    def test_the_payer_may_have_to_act_and_repeated_news_is_none(self) -> None:
        life = Life()
        life.answer(action_required())
        assert life.booking.payment is PaymentState.ACTION_REQUIRED
        assert life.booking.status is BookingStatus.PENDING_PAYMENT
        operation = life.open_operation()
        assert apply_payment_result(life.booking, operation, action_required(), NOW, SETTINGS) is None
        life.answer()
        assert axes(life)[0] is BookingStatus.REQUESTED

    def test_after_a_declined_card_another_may_be_tried_on_the_same_intent(self) -> None:
        life = Life()
        life.answer(failed("insufficient_funds"))
        assert life.booking.payment is PaymentState.FAILED
        assert life.booking.payment_details.last_error_code == "insufficient_funds"
        assert life.last.operations[0].status is OperationStatus.REQUIRES_ACTION
        life.answer()
        assert axes(life)[1] is PaymentState.AUTHORIZED
        assert life.booking.payment_details.last_error_code is None

    @pytest.mark.parametrize("status", [OperationStatus.PENDING, OperationStatus.UNCERTAIN])
    def test_what_is_not_known_changes_nothing(self, status: OperationStatus) -> None:
        life = Life()
        result = PaymentResult(status=status)
        assert apply_payment_result(life.booking, life.open_operation(), result, NOW, SETTINGS) is None

    def test_a_result_applies_once(self) -> None:
        life = Life()
        operation = life.open_operation()
        life.answer()
        assert apply_payment_result(life.booking, operation, succeeded(operation), NOW, SETTINGS, WEBHOOK) is None

    def test_a_payment_at_the_last_moment_wins_if_it_commits_before_the_expiry(self) -> None:
        life = Life()
        life.at(NOW + SETTINGS.payment_hold + HOUR).answer()
        assert life.booking.status is BookingStatus.REQUESTED
        assert fire(life.booking, "expire_payment", life.now, SETTINGS) is None

    def test_a_payment_after_the_expiry_is_voided(self) -> None:
        life = Life()
        life.at(NOW + SETTINGS.payment_hold)
        life.keep(fire(life.booking, "expire_payment", life.now, SETTINGS))
        assert purposes(life.last) == []
        assert purposes(life.answer()) == [Purpose.VOID]
        life.answer()
        assert (life.booking.status, life.booking.payment) == (BookingStatus.PAYMENT_EXPIRED, PaymentState.NONE)

    def test_an_intent_that_waits_is_cancelled_with_its_operation_at_the_expiry(self) -> None:
        life = Life()
        life.answer(action_required())
        waiting = life.open_operation()
        life.at(NOW + SETTINGS.payment_hold)
        assert purposes(life.keep(fire(life.booking, "expire_payment", life.now, SETTINGS))) == [Purpose.VOID]
        assert life.answer().canceled_operation_ids == [waiting.id]
        assert life.booking.payment_details.open_operations == []

    def test_a_card_declined_after_the_expiry_still_has_its_intent_cancelled(self) -> None:
        life = Life()
        life.at(NOW + SETTINGS.payment_hold)
        life.keep(fire(life.booking, "expire_payment", life.now, SETTINGS))
        assert purposes(life.answer(declined())) == [Purpose.VOID]

    def test_an_intent_that_was_not_made_because_nobody_wants_it_leaves_nothing(self) -> None:
        life = Life()
        life.do("cancel", CUSTOMER)
        life.answer(PaymentResult(status=OperationStatus.CANCELED, failure_code="not_wanted_any_more"))
        assert (life.booking.payment, life.booking.payment_details.open_operations) == (PaymentState.NONE, [])

    def test_an_intent_that_stripe_cancelled_is_not_kept_open(self) -> None:
        life = Life()
        life.answer(PaymentResult(status=OperationStatus.CANCELED))
        assert (life.booking.payment, life.booking.payment_details.open_operations) == (PaymentState.FAILED, [])


class TestSavedCards:
    def test_the_card_is_authorized_two_days_before(self) -> None:
        life = far()
        assert purposes(life.last) == [Purpose.AUTHORIZE]
        life.answer()
        assert life.booking.payment is PaymentState.AUTHORIZED

    def test_the_customer_is_asked_to_act(self) -> None:
        life = far()
        life.answer(action_required())
        assert notified(life) == {"booking.payment_action_required": [CUSTOMER.id]}

    def test_after_a_decline_the_customer_may_pay_the_same_intent_with_another_card(self) -> None:
        life = far()
        life.answer(declined())
        assert notified(life) == {"booking.payment_failed": [CUSTOMER.id]}
        assert life.booking.payment is PaymentState.FAILED
        life.answer()
        assert axes(life)[1] is PaymentState.AUTHORIZED

    def test_another_saved_card_replaces_a_declined_intent(self) -> None:
        life = far()
        life.answer(declined())
        assert purposes(life.do("authorize", CUSTOMER, payment_method_id="pm_other")) == [Purpose.VOID]
        life.answer()
        assert life.booking.next_due_action == "authorize"
        life.keep(fire(life.booking, "authorize", life.now, SETTINGS))
        details = life.booking.payment_details
        assert (details.payment_method_id, life.last.operations[0].attempt) == ("pm_other", 2)

    def test_where_no_intent_was_made_another_is_tried_at_once(self) -> None:
        life = far()
        life.answer(failed())
        assert life.booking.payment_details.open_operations == []
        assert purposes(life.do("authorize", CUSTOMER)) == [Purpose.AUTHORIZE]
        assert life.last.operations[0].attempt == 2

    def test_a_declined_intent_is_voided_when_the_booking_is_given_up(self) -> None:
        life = far()
        life.answer(declined())
        life.at(life.booking.slot.start_at - SETTINGS.payment_default_before_start)
        change = life.keep(fire(life.booking, "payment_default", life.now, SETTINGS))
        assert purposes(change) == [Purpose.VOID]
        life.answer()
        assert (life.booking.payment, life.booking.payment_details.open_operations) == (PaymentState.NONE, [])

    def test_an_unpaid_booking_is_given_up_twelve_hours_before(self) -> None:
        life = far()
        life.answer(failed())
        life.at(life.booking.slot.start_at - SETTINGS.payment_default_before_start)
        life.keep(fire(life.booking, "payment_default", life.now, SETTINGS))
        assert life.booking.status is BookingStatus.CANCELLED
        assert life.booking.cancelled_by is ActorKind.SYSTEM
        assert life.booking.claim_id is None
        assert life.booking.payment_details.open_operations == []

    def test_it_is_not_given_up_while_the_authorization_runs(self) -> None:
        life = far()
        life.at(life.booking.slot.start_at - HOUR)
        assert fire(life.booking, "payment_default", life.now, SETTINGS) is None

    def test_a_late_fee_is_charged_to_the_saved_card(self) -> None:
        life = far()
        life.answer(failed())
        life.at(life.booking.slot.start_at - 30 * HOUR).do("cancel", CUSTOMER)
        (charge,) = life.last.operations
        assert (charge.purpose, charge.amount.amount) == (Purpose.CHARGE_FEE, PRICE // 2)
        life.answer()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.HELD)

    def test_a_fee_that_cannot_be_charged_calls_an_operator_and_is_not_charged_again(self) -> None:
        life = far()
        life.answer(failed())
        life.at(life.booking.slot.start_at - 30 * HOUR).do("cancel", CUSTOMER)
        life.answer(failed())
        details = life.booking.payment_details
        assert (details.needs_attention, life.booking.first_charge.is_charge_failed, details.retry_at) == (
            True,
            True,
            None,
        )
        assert life.last.events[-1].payload["notify_operators"] is True
        assert "retry_payment" in offered(life, OPERATOR)
        assert purposes(life.do("retry_payment", OPERATOR)) == [Purpose.CHARGE_FEE]
        assert life.last.operations[0].attempt == 2

    def test_a_fee_without_any_card_calls_an_operator(self) -> None:
        life = requested(start_in=MONTH)
        bare = life.booking.payment_details.model_copy(update={"payment_method_id": None})
        life.changes[-1] = life.last.model_copy(
            update={"booking": life.booking.model_copy(update={"payment_details": bare})}
        )
        life.do("accept", PROVIDER)
        life.at(life.booking.slot.start_at - 60 * HOUR).do("cancel", CUSTOMER)
        assert life.booking.payment_details.needs_attention
        assert life.last.operations == []

    def test_cancelling_while_the_payer_has_to_act_voids_first_and_charges_the_fee_then(self) -> None:
        life = far()
        life.answer(action_required())
        life.at(life.booking.slot.start_at - 30 * HOUR)
        assert purposes(life.do("cancel", CUSTOMER)) == [Purpose.VOID]
        assert purposes(life.answer()) == [Purpose.CHARGE_FEE]


class TestAuthorizationsThatEnd:
    def test_one_that_ends_well_before_the_work_is_renewed(self) -> None:
        life = Life()
        life.answer(capture_before=NOW + timedelta(days=2))
        life.do("accept", PROVIDER)
        assert life.booking.next_due_action == "renew_authorization"
        life.at(NOW + timedelta(days=1, hours=12))
        assert purposes(life.keep(fire(life.booking, "renew_authorization", life.now, SETTINGS))) == [Purpose.VOID]
        life.answer()
        assert life.booking.payment is PaymentState.CARD_SAVED

    def test_one_that_ends_during_the_work_is_captured_early_and_refunded_if_it_must(self) -> None:
        life = Life(timedelta(hours=30))
        life.answer(capture_before=NOW + timedelta(hours=40))
        life.do("accept", PROVIDER)
        life.at(NOW + timedelta(hours=28))
        assert fire(life.booking, "renew_authorization", life.now, SETTINGS) is None
        assert purposes(life.keep(fire(life.booking, "secure_payment", life.now, SETTINGS))) == [Purpose.CAPTURE]
        life.answer()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.HELD)
        assert purposes(life.do("cancel", PROVIDER)) == [Purpose.REFUND]
        life.answer()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.REFUNDED, PayoutState.NONE)

    def test_a_lapsed_authorization_is_charged_to_the_saved_card(self) -> None:
        life = started()
        life.do("complete", PROVIDER)
        change = life.answer(failed("charge_expired_for_capture"))
        assert purposes(change) == [Purpose.CHARGE_FEE]
        assert change.operations[-1].amount.amount == PRICE
        life.answer()
        assert life.booking.payment is PaymentState.CAPTURED

    def test_a_refused_capture_of_an_authorization_that_stands_is_tried_again_and_no_card_charged(self) -> None:
        life = started()
        life.do("complete", PROVIDER)
        change = life.answer(failed("not_captured_requires_capture", capture_before=NOW + timedelta(days=7)))
        assert purposes(change) == []
        assert life.booking.payment is PaymentState.AUTHORIZED
        life.at(life.now + SETTINGS.payment_retry_after)
        assert purposes(life.keep(fire(life.booking, "retry_payment", life.now, SETTINGS))) == [Purpose.CAPTURE]

    def test_an_early_capture_that_fails_leaves_the_saved_card(self) -> None:
        life = Life(timedelta(hours=30))
        life.answer(capture_before=NOW + timedelta(hours=40))
        life.do("accept", PROVIDER)
        life.at(NOW + timedelta(hours=28))
        life.keep(fire(life.booking, "secure_payment", life.now, SETTINGS))
        life.answer(failed())
        assert life.booking.payment is PaymentState.CARD_SAVED

    def test_giving_up_an_authorization_without_a_card_leaves_nothing(self) -> None:
        life = Life()
        life.answer(payment_method_id=None, capture_before=NOW + timedelta(days=2))
        life.do("accept", PROVIDER)
        life.at(NOW + timedelta(days=2))
        life.keep(fire(life.booking, "renew_authorization", life.now, SETTINGS))
        life.answer()
        assert life.booking.payment is PaymentState.NONE


class TestPayout:
    def test_from_card_to_bank(self) -> None:
        life = settled()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.CAPTURED, PayoutState.TRANSFERRED)
        assert (life.booking.transferred_amount, life.booking.commission_amount) == (SHARE, 1_440)
        assert {account: life.account(account) for account in Account if life.account(account)} == {
            Account.STRIPE: PRICE - 378 - SHARE,
            Account.STRIPE_FEES: 378,
            Account.COMMISSION: -1_440,
        }
        assert balance(life.ledger) == 0
        assert notified(life) == {"booking.paid_out": [PROVIDER.id]}

    def test_it_waits_for_the_capture(self) -> None:
        life = started()
        life.at(life.booking.slot.end_at).do("complete", PROVIDER)
        life.at(life.booking.slot.end_at + SETTINGS.settle_after)
        assert fire(life.booking, "settle", life.now, SETTINGS) is None
        life.answer()
        assert life.booking.next_due_action == "settle"

    def test_a_failed_transfer_is_tried_again_daily_and_then_left_to_an_operator(self) -> None:
        life = completed()
        life.at(life.booking.slot.end_at + SETTINGS.settle_after)
        life.keep(fire(life.booking, "settle", life.now, SETTINGS))
        for _ in range(SETTINGS.payment_retry_limit):
            life.answer(failed("account_restricted"))
            life.at(life.now + SETTINGS.payment_retry_after)
            life.keep(fire(life.booking, "retry_payment", life.now, SETTINGS))
            assert purposes(life.last) == [Purpose.TRANSFER]
        life.answer(failed("account_restricted"))
        assert life.booking.payment_details.retry_at is None
        assert axes(life)[2] is PayoutState.HELD
        life.do("retry_payment", OPERATOR)
        life.answer()
        assert axes(life)[2] is PayoutState.TRANSFERRED
        assert life.booking.payment_details.failures == 0

    def test_a_refund_after_the_payout_takes_the_providers_share_back(self) -> None:
        life = settled()
        assert purposes(life.do("refund", OPERATOR, amount=PRICE // 2, reason="Goodwill")) == [Purpose.REFUND]
        change = life.answer()
        assert purposes(change) == [Purpose.REVERSE]
        assert change.operations[-1].amount.amount == SHARE // 2
        life.answer()
        assert life.account(Account.COMMISSION) == -720
        assert life.account(Account.HELD) == 0
        assert (life.booking.payment, life.booking.payout) == (
            PaymentState.PARTIALLY_REFUNDED,
            PayoutState.TRANSFERRED,
        )

    def test_a_whole_refund_reverses_the_whole_transfer(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.pay_all()
        assert (life.booking.payment, life.booking.payout) == (PaymentState.REFUNDED, PayoutState.REVERSED)
        assert "refund" not in offered(life, OPERATOR)

    def test_a_refused_reversal_is_the_providers_debt(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.answer()
        life.answer(failed("balance_insufficient"))
        assert life.booking.payout is PayoutState.DEBT
        assert life.account(Account.PROVIDER) == SHARE
        assert life.account(Account.HELD) == 0
        assert notified(life) == {"booking.debt_recorded": [PROVIDER.id]}

    def test_no_more_is_refunded_than_is_left(self) -> None:
        life = settled()
        for amount in (0, -5, PRICE + 1, 1.5):
            with pytest.raises(InvalidInput):
                life.do("refund", OPERATOR, amount=amount, reason="Goodwill")


class TestChargebacks:
    def hit(
        self, life: Life, outcome: ChargebackOutcome, amount: int = PRICE, fee: int = 0, currency: str = "nzd"
    ) -> BookingChange | None:
        fees = [Money(amount=fee, currency=currency)]
        return apply_chargeback(life.booking, FIRST_CHARGE, "dp_1", outcome, amount, life.now, SETTINGS, fees=fees)

    def test_held_money_goes_and_comes_back_when_it_is_won(self) -> None:
        life = completed()
        life.keep(self.hit(life, ChargebackOutcome.OPENED, fee=2_500))
        assert life.booking.payout is PayoutState.NONE
        assert life.account(Account.LOSSES) == 2_500
        assert life.account(Account.HELD) == 0
        assert notified(life) == {"booking.chargeback_opened": [PROVIDER.id]}
        life.keep(self.hit(life, ChargebackOutcome.WON))
        assert axes(life)[2] is PayoutState.HELD
        assert life.account(Account.HELD) == -PRICE

    def test_transferred_money_is_reversed_and_transferred_again_when_it_is_won(self) -> None:
        life = settled()
        assert purposes(life.keep(self.hit(life, ChargebackOutcome.OPENED))) == [Purpose.REVERSE]
        life.answer()
        assert life.booking.payout is PayoutState.REVERSED
        assert purposes(life.keep(self.hit(life, ChargebackOutcome.WON))) == [Purpose.TRANSFER]
        life.answer()
        assert axes(life)[2] is PayoutState.TRANSFERRED
        assert life.account(Account.HELD) == 0

    def test_a_won_chargeback_sets_off_the_debt_it_made(self) -> None:
        life = settled()
        life.keep(self.hit(life, ChargebackOutcome.OPENED))
        life.answer(failed("balance_insufficient"))
        assert life.booking.payout is PayoutState.DEBT
        life.keep(self.hit(life, ChargebackOutcome.WON))
        assert (life.booking.payout, life.last.operations) == (PayoutState.TRANSFERRED, [])
        assert life.account(Account.PROVIDER) == 0

    def test_several_transfers_are_taken_back_the_newest_first_and_a_refused_one_last(self) -> None:
        life = settled()
        life.keep(self.hit(life, ChargebackOutcome.OPENED, amount=3_000))
        life.pay_all()
        life.keep(self.hit(life, ChargebackOutcome.WON, amount=3_000))
        life.pay_all()
        first, second = life.booking.transfers
        assert (first.amount, first.left, second.left) == (SHARE, SHARE - 2_640, 2_640)
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.answer()
        assert life.open_operation().amount.amount == second.left
        life.answer(failed("balance_insufficient"))
        assert life.open_operation().amount.amount == first.left
        life.answer()
        details = life.booking.payment_details
        assert [(each.left, each.is_refused) for each in life.booking.transfers] == [(0, False), (2_640, True)]
        assert (details.debt_amount, details.open_operations) == (2_640, [])
        assert life.account(Account.HELD) == 0

    def test_a_fee_that_comes_back_is_no_loss_any_more(self) -> None:
        life = completed()
        life.keep(self.hit(life, ChargebackOutcome.OPENED, fee=2_500))
        life.keep(self.hit(life, ChargebackOutcome.WON))
        assert life.account(Account.LOSSES) == 0

    def test_a_fee_that_is_known_later_or_rises_with_countering_is_booked_by_its_difference(self) -> None:
        life = completed()
        life.keep(self.hit(life, ChargebackOutcome.OPENED))
        assert life.account(Account.LOSSES) == 0
        for total in (1_500, 3_000):
            life.keep(self.hit(life, ChargebackOutcome.OPENED, fee=total))
            assert life.account(Account.LOSSES) == total
            assert notified(life) == {}
            assert self.hit(life, ChargebackOutcome.OPENED, fee=total) is None
        life.keep(self.hit(life, ChargebackOutcome.WON, fee=1_500))
        assert life.account(Account.LOSSES) == 1_500

    def test_a_fee_is_booked_in_the_currency_that_stripe_settles_in(self) -> None:
        life = completed()
        change = life.keep(self.hit(life, ChargebackOutcome.OPENED, fee=1_500, currency="usd"))
        losses = [line.amount for line in change.ledger if line.account is Account.LOSSES]
        assert losses == [Money(amount=1_500, currency="usd")]
        change = life.keep(self.hit(life, ChargebackOutcome.WON))
        losses = [line.amount for line in change.ledger if line.account is Account.LOSSES]
        assert losses == [Money(amount=-1_500, currency="usd")]

    def test_a_chargeback_that_was_opened_before_fees_were_kept_is_not_charged_twice(self) -> None:
        life = completed()
        life.keep(self.hit(life, ChargebackOutcome.OPENED, fee=1_500))
        earlier = life.booking.model_copy(update={"chargeback_fees": []})
        fees = [Money(amount=1_500, currency="nzd")]
        opened = ChargebackOutcome.OPENED
        assert apply_chargeback(earlier, FIRST_CHARGE, "dp_1", opened, PRICE, life.now, SETTINGS, fees=fees) is None

    def test_a_lost_chargeback_is_won_by_an_appeal(self) -> None:
        life = settled()
        life.keep(self.hit(life, ChargebackOutcome.OPENED))
        life.pay_all()
        life.keep(self.hit(life, ChargebackOutcome.LOST))
        assert life.booking.payout is PayoutState.REVERSED
        life.keep(self.hit(life, ChargebackOutcome.WON))
        life.pay_all()
        assert axes(life)[2] is PayoutState.TRANSFERRED
        assert life.booking.charged_back_amount == 0
        assert self.hit(life, ChargebackOutcome.LOST) is None

    def test_the_money_of_a_won_chargeback_may_be_taken_again(self) -> None:
        life = completed()
        assert self.hit(life, ChargebackOutcome.REOPENED) is None
        for outcome in (ChargebackOutcome.OPENED, ChargebackOutcome.LOST, ChargebackOutcome.WON):
            life.keep(self.hit(life, outcome))
        life.keep(self.hit(life, ChargebackOutcome.REOPENED))
        assert life.booking.charged_back_amount == PRICE
        assert notified(life) == {"booking.chargeback_opened": [PROVIDER.id]}
        assert self.hit(life, ChargebackOutcome.REOPENED) is None
        life.keep(self.hit(life, ChargebackOutcome.LOST))
        life.keep(self.hit(life, ChargebackOutcome.WON))
        assert life.booking.charged_back_amount == 0

    def test_each_outcome_applies_once_and_only_to_a_known_chargeback(self) -> None:
        life = completed()
        assert self.hit(life, ChargebackOutcome.LOST) is None
        life.keep(self.hit(life, ChargebackOutcome.OPENED))
        assert self.hit(life, ChargebackOutcome.OPENED) is None
        life.keep(self.hit(life, ChargebackOutcome.LOST))
        assert self.hit(life, ChargebackOutcome.LOST) is None
        assert life.last.ledger == []

    def test_without_a_capture_there_is_nothing_to_take(self) -> None:
        assert self.hit(requested(), ChargebackOutcome.OPENED) is None

    def test_money_that_was_refunded_and_taken_back_as_well_is_our_loss(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.keep(self.hit(life, ChargebackOutcome.OPENED))
        life.pay_all()
        assert life.account(Account.LOSSES) == PRICE
        assert life.account(Account.HELD) == 0
        life.keep(self.hit(life, ChargebackOutcome.WON))
        assert life.account(Account.LOSSES) == 0

    def test_a_chargeback_after_a_whole_refund_is_our_loss(self) -> None:
        life = settled()
        life.do("refund", OPERATOR, amount=PRICE, reason="Goodwill")
        life.pay_all()
        life.keep(self.hit(life, ChargebackOutcome.OPENED, amount=PRICE))
        assert life.account(Account.LOSSES) == PRICE
        assert life.booking.charged_back_amount == 0


def test_a_failed_void_is_tried_again_until_nothing_is_held() -> None:
    life = requested()
    life.do("decline", PROVIDER)
    life.answer(failed("lock_timeout"))
    assert life.booking.next_due_action == "retry_payment"
    life.at(life.now + SETTINGS.payment_retry_after)
    life.keep(fire(life.booking, "retry_payment", life.now, SETTINGS))
    life.answer()
    assert life.booking.payment is PaymentState.NONE


def test_declining_shows_that_everything_comes_back() -> None:
    life = requested()
    offers = {
        offer.action_name: offer for offer in get_available_booking_actions(life.booking, PROVIDER, NOW, SETTINGS)
    }
    assert offers["decline"].consequences is not None
    assert offers["decline"].consequences.refund.amount == PRICE
    assert offers["accept"].consequences is None


def test_the_booking_knows_which_settlement_a_change_belongs_to() -> None:
    life = settled()
    lines = life.ledger
    assert {line.provider_id for line in lines} == {"prv_1"}
    assert all(line.operation_id for line in lines if line.reason != "commission")
    assert isinstance(life.booking, Booking)
