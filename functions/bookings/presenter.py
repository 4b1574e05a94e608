"""Bookings as their callers see them."""

from collections.abc import Callable
from operator import attrgetter

from common.application.bookings.read import VisibleBooking
from common.application.payments.intents import PaymentAction
from common.domain.bookings.booking import ActorKind, Booking, Dispute, PolicySnapshot, RescheduleProposal
from common.domain.messaging.conversations import conversation_id
from common.runtime.http.price_schemas import lines_of_booking

from functions.bookings import schemas

#: The parts of a view: plain values, and things of the domain whose attributes have the view's names.
Parts = dict[str, object]
Amount = Callable[[int], Parts]


def present_booking(seen: VisibleBooking, action: PaymentAction | None = None) -> schemas.BookingView:
    """The response for one booking, validated as a whole: lists hold a hundred of them.

    Args:
        seen: the booking, the caller's part in it and what the caller may do.
        action: what the customer has to do at Stripe, where that is known.
    """
    booking = seen.booking
    total = booking.price.total

    def money(amount: int) -> Parts:
        return {"amount": amount, "currency": total.currency}

    parts: Parts = {
        **dict(zip(_PLAIN, _plain_of(booking), strict=True)),
        "role": seen.actor.kind,
        "payment": _payment(booking, action, money),
        "payout": {"state": booking.payout},
        "provider_name": booking.service.provider_name,
        "service": _service(booking),
        "start_at": booking.slot.start_at,
        "end_at": booking.slot.end_at,
        "timezone": booking.slot.timezone,
        "price": total,
        "price_lines": lines_of_booking(booking),
        "cancellation_policy": _policy(booking.policy),
        "start_code": _start_code(seen),
        "contact": seen.contact,
        "reschedule": _reschedule(booking.reschedule),
        "dispute": _dispute(booking.dispute, money),
        "available_actions": seen.actions,
        "conversation_id": None if seen.actor.kind is ActorKind.OPERATOR else conversation_id(booking.id),
    }
    return schemas.BookingView.model_validate(parts)


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
    "id", "version", "status", "review", "customer_id", "provider_id", "place", "notes", "access_notes",
    "hold_expires_at", "accept_by", "accepted_at", "started_at", "completed_at", "cancelled_at", "settled_at",
    "cancelled_by", "cancel_reason", "reschedule_count", "extra", "no_show", "job_request_id", "offer_id",
    "created_at", "updated_at",
)  # fmt: skip
_plain_of = attrgetter(*_PLAIN)


def _service(booking: Booking) -> Parts:
    service = booking.service
    return {
        "id": booking.service_id,
        "title": service.title,
        "category": service.category,
        "duration_minutes": service.duration_minutes,
    }


def _payment(booking: Booking, action: PaymentAction | None, money: Amount) -> Parts:
    details = booking.payment_details
    return {
        "state": booking.payment,
        "mode": booking.first_charge.mode,
        "authorized": money(booking.authorized_amount),
        "captured": money(booking.captured_amount),
        "refunded": money(booking.refunded_amount),
        "action": action.kind if action else None,
        "client_secret": action.client_secret if action else None,
        "last_error_code": details.last_error_code,
        "last_error_message": details.last_error_message,
    }


def _policy(policy: PolicySnapshot) -> Parts:
    steps = [{"hours_before_start": hours, "refund_basis_points": share} for hours, share in policy.steps]
    return {"name": policy.name, "steps": steps}


def _reschedule(proposal: RescheduleProposal | None) -> Parts | None:
    if proposal is None:
        return None
    return {
        "proposed_by": proposal.proposed_by,
        "start_at": proposal.slot.start_at,
        "end_at": proposal.slot.end_at,
        "expires_at": proposal.expires_at,
    }


def _dispute(dispute: Dispute | None, money: Amount) -> Parts | None:
    if dispute is None:
        return None
    decision = dispute.resolution or {}
    refund = decision.get("refund_amount")
    return {
        "opened_by": dispute.opened_by,
        "reason": dispute.reason,
        "evidence": dispute.evidence,
        "opened_at": dispute.opened_at,
        "refund": None if refund is None else money(refund),
        "grounds": decision.get("reason"),
        "needs_second_approval": dispute.first_approval_by is not None and dispute.resolved_at is None,
        "resolved_at": dispute.resolved_at,
    }
