"""Bookings as their callers see them."""

from collections.abc import Callable

from common.application.bookings.read import VisibleBooking
from common.application.payments.intents import PaymentAction
from common.domain.bookings.booking import ActorKind, Booking, Dispute, RescheduleProposal
from common.runtime.http.price_schemas import PriceLineView
from common.runtime.http.schemas import MoneySchema

from functions.bookings import schemas

Amount = Callable[[int], MoneySchema]


def present_booking(seen: VisibleBooking, action: PaymentAction | None = None) -> schemas.BookingView:
    """The response for one booking.

    Args:
        seen: the booking, the caller's part in it and what the caller may do.
        action: what the customer has to do at Stripe, where that is known.
    """
    booking = seen.booking

    def money(amount: int) -> MoneySchema:
        return MoneySchema(amount=amount, currency=booking.price.total.currency)

    return schemas.BookingView(
        **_facts(booking),
        role=seen.actor.kind,
        payment=_payment(booking, action, money),
        payout=schemas.PayoutView(state=booking.payout),
        provider_name=booking.service.provider_name,
        service=schemas.ServiceView(
            id=booking.service_id, **booking.service.model_dump(exclude={"auto_accept", "provider_name"})
        ),
        start_at=booking.slot.start_at,
        end_at=booking.slot.end_at,
        timezone=booking.slot.timezone,
        place=schemas.PlaceView.model_validate(booking.place),
        price=money(booking.price.total.amount),
        price_lines=PriceLineView.of_booking(booking),
        cancellation_policy=_policy(booking),
        start_code=_start_code(seen),
        contact=schemas.ContactView.model_validate(seen.contact) if seen.contact else None,
        reschedule=_reschedule(booking.reschedule),
        extra=schemas.ExtraView.model_validate(booking.extra) if booking.extra else None,
        no_show=schemas.NoShowView.model_validate(booking.no_show) if booking.no_show else None,
        dispute=_dispute(booking.dispute, money),
        available_actions=present_actions(seen),
    )


def secrets_of(seen: VisibleBooking) -> dict[str, str | None]:
    """What only the caller may know of the booking, by its path in the view: a stored answer leaves it out."""
    return {"start_code": _start_code(seen), "place.online_link": seen.booking.place.online_link}


def _start_code(seen: VisibleBooking) -> str | None:
    """The code that the customer, who alone sees it, reads out when they meet; there is none online."""
    return (seen.booking.start_code or None) if seen.actor.kind is ActorKind.CUSTOMER else None


def present_actions(seen: VisibleBooking) -> list[schemas.ActionView]:
    """What the caller may do now."""
    return [schemas.ActionView.model_validate(each) for each in seen.actions]


#: Fields that are shown as they are, to everybody who may see the booking.
_PLAIN = (
    "id", "version", "status", "review", "customer_id", "provider_id", "notes", "access_notes", "hold_expires_at",
    "accept_by", "accepted_at", "started_at", "completed_at", "cancelled_at", "settled_at", "cancelled_by",
    "cancel_reason", "reschedule_count", "created_at", "updated_at",
)  # fmt: skip


def _facts(booking: Booking) -> dict[str, object]:
    return {name: getattr(booking, name) for name in _PLAIN}


def _payment(booking: Booking, action: PaymentAction | None, money: Amount) -> schemas.PaymentView:
    details = booking.payment_details
    return schemas.PaymentView(
        state=booking.payment,
        mode=booking.first_charge.mode,
        authorized=money(booking.authorized_amount),
        captured=money(booking.captured_amount),
        refunded=money(booking.refunded_amount),
        action=action.kind if action else None,
        client_secret=action.client_secret if action else None,
        last_error_code=details.last_error_code,
        last_error_message=details.last_error_message,
    )


def _policy(booking: Booking) -> schemas.PolicyView:
    steps = [
        schemas.PolicyStep(hours_before_start=hours, refund_basis_points=share) for hours, share in booking.policy.steps
    ]
    return schemas.PolicyView(name=booking.policy.name, steps=steps)


def _reschedule(proposal: RescheduleProposal | None) -> schemas.RescheduleView | None:
    if proposal is None:
        return None
    return schemas.RescheduleView(
        proposed_by=proposal.proposed_by,
        start_at=proposal.slot.start_at,
        end_at=proposal.slot.end_at,
        expires_at=proposal.expires_at,
    )


def _dispute(dispute: Dispute | None, money: Amount) -> schemas.DisputeView | None:
    if dispute is None:
        return None
    decision = dispute.resolution or {}
    refund = decision.get("refund_amount")
    return schemas.DisputeView(
        opened_by=dispute.opened_by,
        reason=dispute.reason,
        evidence=[schemas.EvidenceView.model_validate(each) for each in dispute.evidence],
        opened_at=dispute.opened_at,
        refund=None if refund is None else money(refund),
        grounds=decision.get("reason"),
        needs_second_approval=dispute.first_approval_by is not None and dispute.resolved_at is None,
        resolved_at=dispute.resolved_at,
    )
