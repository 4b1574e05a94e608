"""Stripe's payments in memory: the same rules as the local Stripe's, and faults on order."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from common.application.ports.payments.gateway import GatewayCall, Intent, Movement, PaymentIntentStatus
from common.domain.payments.decline_advice import decline_advice
from common.domain.shared.errors import GatewayRefused, GatewayUncertain, NotFound, PaymentDeclined, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from common.domain.shared.money import Money

T = TypeVar("T")

#: Stripe's fee of a domestic card in New Zealand, 2.65 % and 30 cents (https://stripe.com/nz/pricing).
_FEE_BASIS_POINTS = 265
_FEE_FIXED = 30

_OPEN = {
    PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
    PaymentIntentStatus.REQUIRES_CONFIRMATION,
    PaymentIntentStatus.REQUIRES_ACTION,
}
_CLOSED = {PaymentIntentStatus.SUCCEEDED, PaymentIntentStatus.CANCELED, PaymentIntentStatus.PROCESSING}
_DECLINES = {
    "pm_card_chargeDeclined": "generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_chargeCustomerFail": "generic_decline",
}
_NEEDS_AUTHENTICATION = "pm_card_authenticationRequired"


class Fault(StrEnum):
    """What goes wrong with one acting call."""

    AWAY = "away"
    LOST_REQUEST = "lost_request"
    LOST_ANSWER = "lost_answer"
    STORED_ERROR = "stored_error"


@dataclass
class FakePaymentGateway:
    """Implements ``PaymentGateway``; ``faults`` are taken one by one by the calls that act."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    intents: dict[str, Intent] = field(default_factory=dict)
    refunds: dict[str, list[Movement]] = field(default_factory=dict)
    transfers: dict[str, list[Movement]] = field(default_factory=dict)
    reversals: dict[str, list[Movement]] = field(default_factory=dict)
    answers: dict[str, object] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)
    calls: list[str] = field(default_factory=list)
    deleted_customers: set[str] = field(default_factory=set)
    renamed_customers: dict[str, str] = field(default_factory=dict)
    short_balance: bool = False
    refunds_wait: bool = False
    _numbers: int = 0
    _tag: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    async def ensure_customer(
        self,
        user_id: str,
        email: str,  # noqa: ARG002 - the port's
        name: str,  # noqa: ARG002 - the port's
        *,
        gone: str | None = None,
    ) -> str:
        return f"cus_{user_id}" if gone is None else f"{gone}_anew"

    async def find_customer(self, user_id: str, email: str) -> str | None:  # noqa: ARG002 - the port's
        return f"cus_{user_id}"

    async def rename_customer(self, customer_id: str, email: str) -> None:
        self.renamed_customers[customer_id] = email

    async def delete_customer(self, customer_id: str) -> None:
        self.calls.append("delete_customer")
        if self.faults and self.faults.popleft() is Fault.AWAY:
            raise Unavailable("away")
        self.deleted_customers.add(customer_id)

    async def create_payment_intent(
        self,
        amount: Money,
        *,
        customer_id: str,
        payment_method_id: str | None,
        off_session: bool,
        call: GatewayCall,
        is_fee: bool = False,
    ) -> Intent:
        def act() -> Intent:
            made = self._new_intent("pi", amount, customer_id, call, is_fee=is_fee)
            if payment_method_id is None:
                return made
            return self._pay(made.id, payment_method_id, off_session=off_session)

        return self._once("intent", call.key, act)

    async def create_setup_intent(
        self, *, customer_id: str, payment_method_id: str | None, call: GatewayCall | None
    ) -> Intent:
        def act() -> Intent:
            made = self._new_intent("seti", None, customer_id, call)
            return self._pay(made.id, payment_method_id, off_session=False) if payment_method_id else made

        return self._once("setup", call.key if call else self._id("key"), act)

    async def get_intent(self, intent_id: str) -> Intent:
        self.calls.append("get")
        return self._present(intent_id)

    async def find_intent(self, *, customer_id: str, operation_id: str, is_setup: bool) -> Intent | None:
        found = [each for each in self.intents.values() if each.metadata.get("operation_id") == operation_id]
        return next((each for each in found if each.customer_id == customer_id and each.is_setup is is_setup), None)

    async def list_intents(self, customer_id: str) -> list[Intent]:
        return [each for each in self.intents.values() if each.customer_id == customer_id and not each.is_setup]

    async def capture(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Intent:
        def act() -> Intent:
            intent = self._present(intent_id)
            if intent.status is not PaymentIntentStatus.REQUIRES_CAPTURE:
                raise GatewayRefused(reason="payment_intent_unexpected_state")
            if amount.amount > intent.amount_capturable:
                raise GatewayRefused(reason="amount_too_large")
            return self._captured(intent, amount.amount)

        return self._once("capture", call.key, act)

    async def cancel_intent(self, intent_id: str, *, call: GatewayCall) -> Intent:
        def act() -> Intent:
            intent = self._present(intent_id)
            if intent.status in {
                PaymentIntentStatus.SUCCEEDED,
                PaymentIntentStatus.CANCELED,
                PaymentIntentStatus.PROCESSING,
            }:
                raise GatewayRefused(reason="payment_intent_unexpected_state")
            return self._put(intent, status=PaymentIntentStatus.CANCELED, amount_capturable=0, next_action=None)

        return self._once("cancel", call.key, act)

    async def refund(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        def act() -> Movement:
            made = self.refunds.setdefault(intent_id, [])
            gone = sum(each.amount for each in made if each.status != "failed")
            left = self.intents[intent_id].amount_received - gone
            if left <= 0:
                raise GatewayRefused(reason="charge_already_refunded")
            if amount.amount > left:
                raise GatewayRefused(reason="amount_too_large")
            movement = self._move(made, "re", amount, call)
            return self._set_refund(movement, "pending") if self.refunds_wait else movement

        return self._once("refund", call.key, act)

    async def find_refund(self, intent_id: str, operation_id: str) -> Movement | None:
        return _of(self.refunds.get(intent_id, []), operation_id)

    async def list_refunds(self, intent_id: str) -> list[Movement]:
        return list(self.refunds.get(intent_id, []))

    async def transfer(
        self,
        amount: Money,
        *,
        account_id: str,  # noqa: ARG002 - the port's
        charge_id: str | None,  # noqa: ARG002 - the port's
        call: GatewayCall,
    ) -> Movement:
        def act() -> Movement:
            return self._move(self.transfers.setdefault(call.booking_id, []), "tr", amount, call)

        return self._once("transfer", call.key, act)

    async def find_transfer(self, booking_id: str, operation_id: str) -> Movement | None:
        return _of(self.transfers.get(booking_id, []), operation_id)

    async def list_transfers(self, booking_id: str) -> list[Movement]:
        return list(self.transfers.get(booking_id, []))

    async def reverse_transfer(self, transfer_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        def act() -> Movement:
            if self.short_balance:
                raise GatewayRefused(reason="balance_insufficient")
            return self._move(self.reversals.setdefault(transfer_id, []), "trr", amount, call)

        return self._once("reverse", call.key, act)

    async def find_reversal(self, transfer_id: str, operation_id: str) -> Movement | None:
        return _of(self.reversals.get(transfer_id, []), operation_id)

    async def list_reversals(self, transfer_id: str) -> list[Movement]:
        return list(self.reversals.get(transfer_id, []))

    def end_refunds(self, intent_id: str, status: str) -> None:
        """The bank carries the refunds of a payment out, or sends back those that were made or were on their way."""
        for each in list(self.refunds.get(intent_id, [])):
            if each.status != "failed":
                self._set_refund(each, status)

    def _set_refund(self, refund: Movement, status: str) -> Movement:
        reason = "lost_or_stolen_card" if status == "failed" else None
        changed = refund.model_copy(update={"status": status, "failure_reason": reason})
        self.refunds = {
            intent_id: [changed if each.id == refund.id else each for each in made]
            for intent_id, made in self.refunds.items()
        }
        return changed

    def confirm(self, intent_id: str, card: str = "pm_card_visa") -> None:
        """What the customer's client does with a card; declined cards leave the intent open, as at Stripe."""
        try:
            self._pay(intent_id, card, off_session=False)
        except PaymentDeclined:
            return

    def authenticate(self, intent_id: str) -> None:
        """The customer passes the bank's challenge."""
        intent = self.intents[intent_id]
        assert intent.status is PaymentIntentStatus.REQUIRES_ACTION
        self._authorize(intent)

    def let_lapse(self) -> None:
        """Cancel every authorization whose time is over, as Stripe does automatically."""
        for intent_id in list(self.intents):
            self._present(intent_id)

    def _present(self, intent_id: str) -> Intent:
        """An intent as it is by now; a lapsed authorization's charge still tells until when it stood."""
        if intent_id not in self.intents:
            raise NotFound("no such intent", code="payment_object_missing")
        intent = self.intents[intent_id]
        until = intent.capture_before if intent.status is PaymentIntentStatus.REQUIRES_CAPTURE else None
        if until is not None and until <= self.now:
            return self._put(intent, status=PaymentIntentStatus.CANCELED, amount_capturable=0)
        return intent

    def _once(self, name: str, key: str, act: Callable[[], T]) -> T:
        """Act at most once for a key, and lose requests or answers as ordered."""
        self.calls.append(name)
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.AWAY:
            raise Unavailable("away", code="payment_unavailable")
        if fault is Fault.LOST_REQUEST:
            raise GatewayUncertain
        if key in self.answers:
            stored = self.answers[key]
            if isinstance(stored, Exception):
                raise stored
            return stored  # type: ignore[return-value]
        if fault is Fault.STORED_ERROR:
            self.answers[key] = GatewayUncertain(is_final=True)
            raise GatewayUncertain
        try:
            answer = act()
        except (PaymentDeclined, GatewayRefused) as refused:
            self.answers[key] = refused
            if fault is Fault.LOST_ANSWER:
                raise GatewayUncertain from refused
            raise
        self.answers[key] = answer
        if fault is Fault.LOST_ANSWER:
            raise GatewayUncertain
        return answer

    def _new_intent(
        self, prefix: str, amount: Money | None, customer_id: str, call: GatewayCall | None, *, is_fee: bool = False
    ) -> Intent:
        metadata = {"booking_id": call.booking_id, "operation_id": call.operation_id} if call else {}
        intent_id = self._id(prefix)
        return self._put(
            Intent(
                id=intent_id,
                status=PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
                is_setup=prefix == "seti",
                client_secret=f"{intent_id}_secret_x",
                amount=amount.amount if amount else 0,
                currency=amount.currency if amount else "",
                customer_id=customer_id,
                metadata={**metadata, **({"fee": "1"} if is_fee else {})},
            )
        )

    def _pay(self, intent_id: str, card: str, *, off_session: bool) -> Intent:
        intent = self.intents[intent_id]
        if intent.status not in _OPEN:
            raise GatewayRefused(reason="payment_intent_unexpected_state")
        if card in _DECLINES and not (intent.is_setup and card == "pm_card_chargeCustomerFail"):
            return self._decline(intent, _DECLINES[card])
        if card == _NEEDS_AUTHENTICATION:
            if off_session:
                return self._decline(intent, "authentication_required")
            return self._put(
                intent,
                status=PaymentIntentStatus.REQUIRES_ACTION,
                payment_method_id=card,
                next_action={"type": "use_stripe_sdk"},
            )
        return self._authorize(self._put(intent, payment_method_id=card))

    def _decline(self, intent: Intent, code: str) -> Intent:
        self._put(
            intent,
            status=PaymentIntentStatus.REQUIRES_PAYMENT_METHOD,
            payment_method_id=None,
            error_code="card_declined",
            decline_code=code,
        )
        raise PaymentDeclined(decline_advice(code), decline_code=code, intent_id=intent.id)

    def _authorize(self, intent: Intent) -> Intent:
        clean = {"error_code": None, "decline_code": None, "next_action": None}
        if intent.is_setup:
            return self._put(intent, status=PaymentIntentStatus.SUCCEEDED, **clean)
        held = self._put(
            intent,
            status=PaymentIntentStatus.REQUIRES_CAPTURE,
            amount_capturable=intent.amount,
            charge_id=self._id("ch"),
            capture_before=self.now + timedelta(days=7),
            **clean,
        )
        return self._captured(held, intent.amount) if intent.metadata.get("fee") else held

    def _captured(self, intent: Intent, amount: int) -> Intent:
        fee = (amount * _FEE_BASIS_POINTS + 5000) // 10_000 + _FEE_FIXED
        return self._put(
            intent, status=PaymentIntentStatus.SUCCEEDED, amount_received=amount, amount_capturable=0, fee=fee
        )

    def _put(self, intent: Intent, **changed: object) -> Intent:
        stored = intent.model_copy(update=changed)
        self.intents[intent.id] = stored
        return stored

    def _move(self, made: list[Movement], prefix: str, amount: Money, call: GatewayCall) -> Movement:
        metadata = {"booking_id": call.booking_id, "operation_id": call.operation_id}
        movement = Movement(id=self._id(prefix), amount=amount.amount, metadata=metadata)
        made.append(movement)
        return movement

    def _id(self, prefix: str) -> str:
        self._numbers += 1
        return f"{prefix}_fake{self._tag}{self._numbers:06d}"


def _of(made: list[Movement], operation_id: str) -> Movement | None:
    return next((each for each in made if each.metadata.get("operation_id") == operation_id), None)
