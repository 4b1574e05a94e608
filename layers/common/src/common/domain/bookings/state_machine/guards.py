"""Conditions under which an action is offered and performed: each a sentence for people and its test."""

from common.domain.bookings.booking import ActorKind, BookingStatus, ReviewState
from common.domain.bookings.charges import PaymentState, kept_amount
from common.domain.bookings.state_machine.charge_parts import refundable_in_all
from common.domain.bookings.state_machine.charge_states import is_reversible, to_authorize
from common.domain.bookings.state_machine.context import Context, in_flight
from common.domain.shared.state_machine import Guard


def _before_start_unless_operator(context: Context) -> bool:
    if context.actor.kind is ActorKind.OPERATOR or context.booking.status is BookingStatus.PENDING_PAYMENT:
        return True
    return context.now < context.booking.slot.start_at


def _within_start_window(context: Context) -> bool:
    start = context.booking.slot.start_at
    return start - context.settings.start_early <= context.now <= start + context.settings.start_late


def _is_online(context: Context) -> bool:
    return not context.booking.place.kind.is_in_person


def _other_party_proposed(context: Context) -> bool:
    proposal = context.booking.reschedule
    return proposal is not None and proposal.proposed_by is not context.actor.kind and context.now < proposal.expires_at


def _may_withdraw_or_decline(context: Context) -> bool:
    return context.booking.reschedule is not None


def _may_propose(context: Context) -> bool:
    booking = context.booking
    return (
        booking.reschedule is None
        and booking.reschedule_count < context.settings.reschedule_limit
        and context.until_start > context.settings.reschedule_cutoff
    )


def _may_propose_extra(context: Context) -> bool:
    booking = context.booking
    is_time = booking.status is BookingStatus.IN_PROGRESS or _within_start_window(context)
    is_paid = booking.first_charge.state in {PaymentState.AUTHORIZED, PaymentState.CAPTURED}
    return is_time and is_paid and booking.extra is None and booking.extra_count < context.settings.extra_limit


def _no_show_time(context: Context) -> bool:
    slot = context.booking.slot
    first, last = slot.start_at + context.settings.no_show_after, slot.end_at + context.settings.unstarted_after_end
    return first <= context.now < last


def _is_absent_party_in_time(context: Context) -> bool:
    report = context.booking.no_show
    return report is not None and report.absent is context.actor.kind and context.now < report.contest_until


def _dispute_time(context: Context) -> bool:
    booking = context.booking
    if booking.status is BookingStatus.NO_SHOW and booking.no_show and context.now < booking.no_show.contest_until:
        return False
    return context.now <= booking.slot.end_at + context.settings.dispute_after_end


def _has_evidence_left(context: Context) -> bool:
    dispute = context.booking.dispute
    given = [each for each in dispute.evidence if each.by is context.actor.kind] if dispute else []
    return dispute is not None and len(given) < context.settings.evidence_limit


def _second_person(context: Context) -> bool:
    dispute = context.booking.dispute
    return dispute is not None and dispute.first_approval_by != context.actor.id


def _customer_may_authorize(context: Context) -> bool:
    booking, settings = context.booking, context.settings
    return (
        to_authorize(booking) is not None
        and not in_flight(booking)
        and settings.payment_default_before_start < context.until_start <= settings.authorize_before_start
    )


def _is_refundable(context: Context) -> bool:
    booking = context.booking
    return kept_amount(booking) > 0 and booking.payment_details.due_amount is not None


PAYMENT_READY = Guard[Context](
    "Stripe says that the card is authorized or saved",
    lambda context: context.booking.payment in {PaymentState.AUTHORIZED, PaymentState.CARD_SAVED},
)
BEFORE_ACCEPT_DEADLINE = Guard[Context](
    "before the deadline for accepting",
    lambda context: context.booking.accept_by is not None and context.now < context.booking.accept_by,
)
BEFORE_START = Guard[Context]("before the start; an operator at any time", _before_start_unless_operator)
MAY_AUTHORIZE = Guard[Context](
    "from {authorize_before_start} to {payment_default_before_start} before the start, the card not being authorized",
    _customer_may_authorize,
)
MAY_PROPOSE = Guard[Context](
    "no proposal is open, at most {reschedule_limit} may be made, and until {reschedule_cutoff} before the start",
    _may_propose,
)
OTHER_PARTY_PROPOSED = Guard[Context]("the other party has proposed a time and it is still held", _other_party_proposed)
PROPOSAL_OPEN = Guard[Context]("a proposal is open", _may_withdraw_or_decline)
MAY_PROPOSE_EXTRA = Guard[Context](
    "from {start_early} before the start until the work is completed, the payment being secured; one at a time, "
    "at most {extra_limit}",
    _may_propose_extra,
)
EXTRA_PROPOSED = Guard[Context]("an extra is proposed", lambda context: context.booking.extra is not None)
START_WINDOW = Guard[Context]("from {start_early} before to {start_late} after the start", _within_start_window)
ONLINE = Guard[Context]("the work happens online", _is_online)
NO_SHOW_TIME = Guard[Context]("{no_show_after} after the start, until a person is asked to decide", _no_show_time)
MAY_CONTEST = Guard[Context]("reported absent, within {no_show_contest} of the report", _is_absent_party_in_time)
DISPUTE_TIME = Guard[Context](
    "at most {dispute_after_end} after the end, a no-show's contest being over", _dispute_time
)
EVIDENCE_LEFT = Guard[Context](
    "this party has given less evidence than the {evidence_limit} pieces that are taken", _has_evidence_left
)
SECOND_PERSON = Guard[Context]("not by the operator who gave the first approval", _second_person)
MONEY_AT_REST = Guard[Context]("no payment operation is running", lambda context: not in_flight(context.booking))
REFUNDABLE = Guard[Context]("captured money is left", _is_refundable)
NOT_CHARGED_BACK = Guard[Context](
    "no chargeback stands against the payment: Stripe refunds nothing before one is won",
    lambda context: refundable_in_all(context.booking) > 0,
)
CAPTURED = Guard[Context]("a payment was captured", lambda context: context.booking.captured_amount > 0)
NEEDS_ATTENTION = Guard[Context](
    "an operation has failed", lambda context: context.booking.payment_details.needs_attention
)
DEBT_LEFT = Guard[Context](
    "the provider owes what could not be taken back",
    lambda context: bool(context.booking.payment_details.debt_amount and is_reversible(context.booking)),
)
REVIEW_OPEN = Guard[Context]("ratings are open", lambda context: context.booking.review is ReviewState.OPEN)
