"""Builders and drivers for the pure booking tests: a service, a provider, and a booking brought to a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, Place
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import NewBooking, SlotVerdict, apply_payment_result, create, perform
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import CancellationPolicyName, Service, ServiceStatus
from common.domain.identity.users import Address, ProviderStatus
from common.domain.payments.operations import OperationStatus, PaymentOperation, PaymentResult, Purpose
from common.domain.shared.money import Money

if TYPE_CHECKING:
    from common.domain.payments.ledger import Account, LedgerLine

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SETTINGS = BookingSettings()
VISIT = Place(address="2 Queen Street")
PRICE = 12_000
CUSTOMER = Actor(kind=ActorKind.CUSTOMER, id="usr_customer")
PROVIDER = Actor(kind=ActorKind.PROVIDER, id="usr_provider")
OPERATOR = Actor(kind=ActorKind.OPERATOR, id="usr_operator")
SECOND_OPERATOR = Actor(kind=ActorKind.OPERATOR, id="usr_operator_2")
SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system")
WEBHOOK = Actor(kind=ActorKind.WEBHOOK, id="stripe")


def make_service(**fields: Any) -> Service:
    values: dict[str, Any] = {
        "id": "svc_1",
        "provider_id": "prv_1",
        "title": "Lawn mowing",
        "category": "gardening",
        "price": Money(amount=PRICE, currency="nzd"),
        "duration_minutes": 60,
        "status": ServiceStatus.ACTIVE,
        "cancellation_policy": CancellationPolicyName.MODERATE,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Service(**(values | fields))


def make_provider(**fields: Any) -> Provider:
    values: dict[str, Any] = {
        "id": "prv_1",
        "user_id": PROVIDER.id,
        "trading_name": "Green",
        "status": ProviderStatus.APPROVED,
        "address": Address(text="1 Queen Street"),
        "timezone": "Pacific/Auckland",
        "is_billable": True,
        "is_listed": True,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Provider(**(values | fields))


def make_new_booking(start_at: datetime, **fields: Any) -> NewBooking:
    return NewBooking(**{"customer_id": CUSTOMER.id, "start_at": start_at, "place": VISIT, **fields})


def succeeded(operation: PaymentOperation, **fields: Any) -> PaymentResult:
    """What Stripe answers where all is well."""
    values: dict[str, Any] = {
        "status": OperationStatus.SUCCEEDED,
        "amount": operation.amount.amount,
        "stripe_id": f"obj_{operation.sequence}",
    }
    if operation.purpose in {Purpose.AUTHORIZE, Purpose.SAVE_CARD, Purpose.CHARGE_FEE}:
        values |= {"payment_method_id": "pm_card_visa"}
    if operation.purpose in {Purpose.CAPTURE, Purpose.CHARGE_FEE}:
        values |= {"fee": 378, "charge_id": f"ch_{operation.sequence}"}
    return PaymentResult(**(values | fields))


def failed(code: str = "card_declined", **fields: Any) -> PaymentResult:
    return PaymentResult(status=OperationStatus.FAILED, failure_code=code, failure_message="Declined.", **fields)


def declined() -> PaymentResult:
    """A refused card, whose intent stays at Stripe."""
    return failed(payment_intent_id="pi_1", stripe_id="pi_1")


def action_required() -> PaymentResult:
    return PaymentResult(status=OperationStatus.REQUIRES_ACTION, payment_intent_id="pi_1")


class Life:
    """One booking driven through the state machine, with all its changes kept as a repository would."""

    def __init__(
        self,
        start_in: timedelta = timedelta(days=4),
        *,
        settings: BookingSettings = SETTINGS,
        service: Service | None = None,
        place: Place = VISIT,
    ) -> None:
        self.settings = settings
        self.now = NOW
        self.operations: dict[str, PaymentOperation] = {}
        self.changes: list[BookingChange] = []
        change = create(
            make_new_booking(NOW + start_in, place=place),
            service or make_service(),
            make_provider(),
            SlotVerdict(),
            NOW,
            settings,
        )
        self.keep(change)

    @property
    def booking(self) -> Booking:
        return self.changes[-1].booking

    @property
    def last(self) -> BookingChange:
        return self.changes[-1]

    @property
    def ledger(self) -> list[LedgerLine]:
        return [line for change in self.changes for line in change.ledger]

    def account(self, account: Account) -> int:
        return sum(line.amount.amount for line in self.ledger if line.account is account)

    def keep(self, change: BookingChange | None) -> BookingChange:
        assert change is not None
        self.changes.append(change)
        self.operations |= {operation.id: operation for operation in change.operations}
        return change

    def at(self, now: datetime) -> Life:
        self.now = now
        return self

    def do(self, action: str, actor: Actor, **given: Any) -> BookingChange:
        return self.keep(perform(self.booking, action, actor, given, self.now, self.settings))

    def open_operation(self) -> PaymentOperation:
        (opened,) = [each for each in self.booking.payment_details.open_operations if not each.needs_action] or (
            self.booking.payment_details.open_operations[-1:]
        )
        return self.operations[opened.id]

    def answer(self, result: PaymentResult | None = None, **fields: Any) -> BookingChange:
        """Let Stripe answer the open operation."""
        operation = self.open_operation()
        given = result or succeeded(operation, **fields)
        return self.keep(apply_payment_result(self.booking, operation, given, self.now, self.settings))

    def pay_all(self) -> Life:
        """Let Stripe agree until nothing is open."""
        while self.booking.payment_details.open_operations:
            self.answer()
        return self


def requested(**options: Any) -> Life:
    life = Life(**options)
    life.answer()
    return life


def accepted(**options: Any) -> Life:
    life = requested(**options)
    life.do("accept", PROVIDER)
    return life


def started(**options: Any) -> Life:
    life = accepted(**options)
    life.at(life.booking.slot.start_at).do("start", PROVIDER, code=life.booking.start_code)
    return life
