"""What guards and effects see, and the draft that effects build up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingStatus, OpenOperation
from common.domain.bookings.charges import Charge, payment_axis
from common.domain.bookings.ledger_entries import held_after
from common.domain.bookings.settings import BookingSettings
from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import PaymentOperation, Purpose, operation_requested
from common.domain.scheduling.slot_cells import SlotClaim, claim_ids
from common.domain.scheduling.slot_limits import SlotLimit
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.model import Model
from common.domain.shared.money import Money
from common.domain.shared.state_machine import ActionContext, Notification

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="system")


@dataclass(frozen=True)
class Context(ActionContext[ActorKind]):
    """One question or attempt: the booking as it is, who acts, when, under which settings, with which input.

    It is the ``TransitionContext`` of bookings.
    """

    booking: Booking
    actor: Actor
    now: datetime
    settings: BookingSettings
    input: Model | None = None

    @property
    def subject_name(self) -> str:
        """What people call it."""
        return "booking"

    @property
    def status(self) -> BookingStatus:
        """The booking's present status."""
        return self.booking.status

    @property
    def until_start(self) -> timedelta:
        """Time left until the slot starts; negative afterwards."""
        return self.booking.slot.start_at - self.now


@dataclass(frozen=True)
class Draft:
    """A change in the making; every method returns a new draft."""

    booking: Booking
    now: datetime
    events: tuple[Event, ...] = ()
    claims: tuple[SlotClaim, ...] = ()
    released_claim_ids: tuple[str, ...] = ()
    limits: tuple[SlotLimit, ...] = ()
    operations: tuple[PaymentOperation, ...] = ()
    canceled_operation_ids: tuple[str, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()

    def set(self, **fields: Any) -> "Draft":
        """Replace fields of the booking."""
        return replace(self, booking=self.booking.model_copy(update=fields))

    def with_payment(self, **fields: Any) -> "Draft":
        """Replace fields of the booking's payment details."""
        return self.set(payment_details=self.booking.payment_details.model_copy(update=fields))

    def with_charge(self, charge_id: str, **fields: Any) -> "Draft":
        """Replace fields of one charge; the payment axis follows."""
        charges = [each.model_copy(update=fields) if each.id == charge_id else each for each in self.booking.charges]
        return self.with_charges(charges)

    def with_charges(self, charges: list[Charge]) -> "Draft":
        """Replace the charges; the payment axis follows."""
        booking = self.booking.model_copy(update={"charges": charges})
        return self.set(charges=charges, payment=payment_axis(charges, booking))

    def post(self, lines: Sequence[LedgerLine]) -> "Draft":
        """Add whole ledger entries, and keep what is held of each line of the price."""
        held = held_after(self.booking.payment_details.held_by_line, lines)
        return replace(self.with_payment(held_by_line=held), ledger=(*self.ledger, *lines))

    def claim(self, claims: Sequence[SlotClaim]) -> "Draft":
        """Take a slot of all resources."""
        return replace(self, claims=(*self.claims, *claims))

    def release(self, claim_id: str | None) -> "Draft":
        """Free a slot of all resources, where there is one."""
        if claim_id is None:
            return self
        return self.free(claim_ids(claim_id, self.booking.resource_ids))

    def free(self, ids: Sequence[str]) -> "Draft":
        """Give up claims by their ids."""
        return replace(self, released_claim_ids=(*self.released_claim_ids, *ids))

    def request(self, purpose: Purpose, amount: int, charge_id: str) -> "Draft":
        """Record the intention to move or reserve money of a charge, and tell the payments worker."""
        booking = self.booking
        details = booking.payment_details
        operation = PaymentOperation(
            id=new_id("pay", self.now),
            booking_id=booking.id,
            charge_id=charge_id,
            purpose=purpose,
            amount=Money(amount=amount, currency=booking.price.total.currency),
            attempt=booking.charge(charge_id).attempt,
            sequence=booking.operation_sequence + 1,
            given_back_amount=min(amount, details.giving_back_amount) if purpose is Purpose.REFUND else 0,
            created_at=self.now,
            updated_at=self.now,
        )
        event = operation_requested(booking.id, operation.id, self.now)
        opened = OpenOperation(id=operation.id, charge_id=charge_id, purpose=purpose, amount=amount)
        draft = self.set(operation_sequence=operation.sequence).with_payment(
            open_operations=[*details.open_operations, opened]
        )
        return replace(draft, operations=(*draft.operations, operation), events=(*draft.events, event))

    def record(self, operation: PaymentOperation) -> "Draft":
        """Write what became of an operation."""
        return replace(self, operations=(*self.operations, operation))

    def cancel_waiting(self, charge_id: str) -> "Draft":
        """End the operations of a charge that wait for the payer: what they waited for no longer exists."""
        opened = self.booking.payment_details.open_operations
        waiting = [each for each in opened if each.needs_action and each.charge_id == charge_id]
        remaining = [each for each in opened if each not in waiting]
        draft = self.with_payment(open_operations=remaining)
        return replace(draft, canceled_operation_ids=(*self.canceled_operation_ids, *(each.id for each in waiting)))

    def notify(
        self, notification: Notification[ActorKind], recipients: Sequence[ActorKind] | None = None, **data: Any
    ) -> "Draft":
        """Tell the parties of the booking, by the notifications queue.

        Args:
            notification: what happened.
            recipients: who is notified, all of the notification's without it; ``operator`` asks for every operator
                instead of naming users.
            data: further members of the payload.
        """
        booking, chosen = self.booking, notification.recipients if recipients is None else recipients
        users = {ActorKind.CUSTOMER: booking.customer_id, ActorKind.PROVIDER: booking.provider_user_id}
        payload = {
            "booking_id": booking.id,
            "recipients": [users[each] for each in chosen if each in users],
            "notify_operators": ActorKind.OPERATOR in chosen,
            "status": booking.status.value,
            "version": booking.version,
            **_proposal(booking),
            **data,
        }
        event = new_event(Topic.NOTIFICATIONS, notification.type, self.now, booking_id=booking.id)
        event = event.model_copy(update={"payload": payload})
        return replace(self, events=(*self.events, event))


def _proposal(booking: Booking) -> dict[str, Any]:
    """The open proposal of another time, which may be answered before anybody is told of it."""
    proposal = booking.reschedule
    if proposal is None:
        return {}
    return {
        "proposed_start_at": proposal.slot.start_at.isoformat(),
        "proposal_expires_at": proposal.expires_at.isoformat(),
    }


Effect = Callable[[Context, Draft], Draft]


def in_flight(booking: Booking) -> bool:
    """Whether a payment operation runs whose result is not known yet."""
    return any(not each.needs_action for each in booking.payment_details.open_operations)


def is_open(booking: Booking, charge_id: str) -> bool:
    """Whether an operation of a charge has not ended."""
    return any(each.charge_id == charge_id for each in booking.payment_details.open_operations)


def waiting_operation(booking: Booking, charge_id: str) -> OpenOperation | None:
    """The operation of a charge that waits for the payer, if any."""
    opened = booking.payment_details.open_operations
    return next((each for each in opened if each.needs_action and each.charge_id == charge_id), None)
