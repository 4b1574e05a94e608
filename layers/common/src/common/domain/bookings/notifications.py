"""Whom bookings notify of what: one row for each fact, with its recipients, kind and template."""

from common.domain.bookings.booking import ActorKind
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.state_machine import Notification

_CUSTOMER = (ActorKind.CUSTOMER,)
_PROVIDER = (ActorKind.PROVIDER,)
_OPERATOR = (ActorKind.OPERATOR,)
_BOTH = (ActorKind.CUSTOMER, ActorKind.PROVIDER)
_ALL = (ActorKind.CUSTOMER, ActorKind.PROVIDER, ActorKind.OPERATOR)
_PROVIDER_AND_OPERATOR = (ActorKind.PROVIDER, ActorKind.OPERATOR)
_CUSTOMER_AND_OPERATOR = (ActorKind.CUSTOMER, ActorKind.OPERATOR)

#: Every notification by its type.
NOTIFICATIONS: dict[str, Notification[ActorKind]] = {}


def _row(
    name: str, recipients: tuple[ActorKind, ...], kind: Kind = Kind.BOOKINGS, *, changes_calendar: bool = False
) -> Notification[ActorKind]:
    """Add a notification to the table."""
    type_ = f"booking.{name}"
    row = Notification(
        type=type_, recipients=recipients, kind=kind, template=f"booking_{name}", changes_calendar=changes_calendar
    )
    NOTIFICATIONS[type_] = row
    return row


REQUESTED = _row("requested", _BOTH)
ACCEPTED = _row("accepted", _BOTH, changes_calendar=True)
DECLINED = _row("declined", _BOTH)
EXPIRED = _row("expired", _BOTH)
PAYMENT_EXPIRED = _row("payment_expired", _CUSTOMER, Kind.PAYMENTS)
PAYMENT_ACTION_REQUIRED = _row("payment_action_required", _CUSTOMER, Kind.PAYMENTS)
PAYMENT_FAILED = _row("payment_failed", _CUSTOMER, Kind.PAYMENTS)
CANCELLED = _row("cancelled", _BOTH, changes_calendar=True)
ONLINE_LINK_SET = _row("online_link_set", _CUSTOMER, changes_calendar=True)
STARTED = _row("started", _CUSTOMER)
COMPLETED = _row("completed", _BOTH)
EXTRA_PROPOSED = _row("extra_proposed", _CUSTOMER)
EXTRA_ACCEPTED = _row("extra_accepted", _BOTH)
EXTRA_DECLINED = _row("extra_declined", _PROVIDER)
EXTRA_WITHDRAWN = _row("extra_withdrawn", _CUSTOMER)
EXTRA_LAPSED = _row("extra_lapsed", _BOTH, Kind.PAYMENTS)
PAYMENT_CAPTURED = _row("payment_captured", _CUSTOMER, Kind.PAYMENTS)
REFUNDED = _row("refunded", _CUSTOMER, Kind.PAYMENTS)
REFUND_FAILED = _row("refund_failed", _CUSTOMER_AND_OPERATOR, Kind.PAYMENTS)
SETTLED = _row("settled", _PROVIDER, Kind.PAYMENTS)
PAID_OUT = _row("paid_out", _PROVIDER, Kind.PAYMENTS)
PAYOUT_WAITING = _row("payout_waiting", _PROVIDER, Kind.PAYMENTS)
DEBT_RECORDED = _row("debt_recorded", _PROVIDER_AND_OPERATOR, Kind.PAYMENTS)
DEBT_SET_OFF = _row("debt_set_off", _PROVIDER, Kind.PAYMENTS)
PAYMENT_NEEDS_ATTENTION = _row("payment_needs_attention", _OPERATOR, Kind.PAYMENTS)
NO_SHOW_REPORTED = _row("no_show_reported", _BOTH)
NO_SHOW_APPLIED = _row("no_show_applied", _BOTH)
DISPUTED = _row("disputed", _ALL)
SECOND_APPROVAL_NEEDED = _row("second_approval_needed", _OPERATOR)
EVIDENCE_ADDED = _row("evidence_added", _ALL)
DISPUTE_RESOLVED = _row("dispute_resolved", _ALL)
RESCHEDULE_PROPOSED = _row("reschedule_proposed", _BOTH)
RESCHEDULED = _row("rescheduled", _BOTH, changes_calendar=True)
MOVED = _row("moved", _BOTH, changes_calendar=True)
PROVIDER_AWAY = _row("provider_away", _BOTH)
PROVIDER_BACK = _row("provider_back", _BOTH)
RESCHEDULE_DECLINED = _row("reschedule_declined", _BOTH)
RESCHEDULE_EXPIRED = _row("reschedule_expired", _BOTH)
REMINDER_DUE = _row("reminder_due", _BOTH, Kind.REMINDERS)
RATINGS_PUBLISHED = _row("ratings_published", _BOTH, Kind.RATINGS)
RATINGS_READABLE = _row("ratings_readable", _BOTH, Kind.RATINGS)
RATINGS_CLOSED = _row("ratings_closed", _BOTH, Kind.RATINGS)
CHARGEBACK_OPENED = _row("chargeback_opened", _PROVIDER_AND_OPERATOR, Kind.PAYMENTS)
CHARGEBACK_WON = _row("chargeback_won", _PROVIDER_AND_OPERATOR, Kind.PAYMENTS)
CHARGEBACK_LOST = _row("chargeback_lost", _PROVIDER_AND_OPERATOR, Kind.PAYMENTS)
