"""Who is notified of what, and what they keep of it in their inbox."""

from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import Field

from common.domain.bookings.booking import ActorKind
from common.domain.shared.model import Model


class Kind(StrEnum):
    """What a notification is about; people choose channels by kind."""

    BOOKINGS = "bookings"
    PAYMENTS = "payments"
    RATINGS = "ratings"
    REMINDERS = "reminders"
    ACCOUNT = "account"


class Channel(StrEnum):
    """How a notification reaches somebody."""

    EMAIL = "email"
    PUSH = "push"


class InboxEntry(Model):
    """One entry of somebody's inbox in the app."""

    id: str
    user_id: str
    kind: Kind
    type: str
    title: str
    body: str
    booking_id: str | None = None
    read_at: datetime | None = None
    created_at: datetime


class QuietHours(Model):
    """Wall-clock times of a zone between which nothing is pushed; may span midnight."""

    start: time
    end: time
    timezone: str

    def cover(self, now: datetime) -> bool:
        """Whether an instant lies within them, on the zone's clock; equal times cover nothing."""
        clock = now.astimezone(ZoneInfo(self.timezone)).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


class Preferences(Model):
    """Which channels somebody has switched off, by kind; mails about the account itself cannot be."""

    user_id: str
    muted: dict[Kind, list[Channel]] = Field(default_factory=dict)
    quiet_hours: QuietHours | None = None

    def is_quiet(self, now: datetime) -> bool:
        """Whether nothing is pushed at an instant."""
        return self.quiet_hours is not None and self.quiet_hours.cover(now)

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Whether a notification of a kind may use a channel."""
        return kind is Kind.ACCOUNT or channel not in self.muted.get(kind, [])


class Notice(Model):
    """What one party of a booking is told: the kind, and the template of mail and inbox entry."""

    part: ActorKind
    kind: Kind
    template: str


def notices_of(event_type: str) -> list[Notice]:
    """What is told to each party about a booking's event, by the event's type; nothing for unknown types."""
    name = event_type.removeprefix("booking.")
    return [
        Notice(part=part, kind=_KINDS.get(name, Kind.BOOKINGS), template=f"booking_{name}_{part}")
        for part in _PARTS.get(name, ())
    ]


_OPERATOR = (ActorKind.OPERATOR,)
_PROVIDER_AND_OPERATOR = (ActorKind.PROVIDER, ActorKind.OPERATOR)
_CUSTOMER_AND_OPERATOR = (ActorKind.CUSTOMER, ActorKind.OPERATOR)
_ALL = (ActorKind.CUSTOMER, ActorKind.PROVIDER, ActorKind.OPERATOR)
_BOTH = (ActorKind.CUSTOMER, ActorKind.PROVIDER)
_CUSTOMER = (ActorKind.CUSTOMER,)
_PROVIDER = (ActorKind.PROVIDER,)

_PARTS: dict[str, tuple[ActorKind, ...]] = {
    "requested": _BOTH,
    "accepted": _BOTH,
    "declined": _BOTH,
    "expired": _BOTH,
    "payment_expired": _CUSTOMER,
    "payment_action_required": _CUSTOMER,
    "payment_failed": _CUSTOMER,
    "cancelled": _BOTH,
    "started": _CUSTOMER,
    "completed": _BOTH,
    "payment_captured": _CUSTOMER,
    "refunded": _CUSTOMER,
    "refund_failed": _CUSTOMER_AND_OPERATOR,
    "settled": _PROVIDER,
    "paid_out": _PROVIDER,
    "payout_waiting": _PROVIDER,
    "debt_recorded": _PROVIDER_AND_OPERATOR,
    "debt_set_off": _PROVIDER,
    "payment_needs_attention": _OPERATOR,
    "no_show_reported": _BOTH,
    "no_show_applied": _BOTH,
    "disputed": _ALL,
    "second_approval_needed": _OPERATOR,
    "evidence_added": _ALL,
    "dispute_resolved": _ALL,
    "reschedule_proposed": _BOTH,
    "rescheduled": _BOTH,
    "moved": _BOTH,
    "provider_away": _BOTH,
    "provider_back": _BOTH,
    "reschedule_declined": _BOTH,
    "reschedule_expired": _BOTH,
    "reminder_due": _BOTH,
    "ratings_published": _BOTH,
    "ratings_readable": _BOTH,
    "ratings_closed": _BOTH,
    "chargeback_opened": _PROVIDER_AND_OPERATOR,
    "chargeback_won": _PROVIDER_AND_OPERATOR,
    "chargeback_lost": _PROVIDER_AND_OPERATOR,
}

_KINDS = {
    "payment_expired": Kind.PAYMENTS,
    "payment_action_required": Kind.PAYMENTS,
    "payment_failed": Kind.PAYMENTS,
    "payment_captured": Kind.PAYMENTS,
    "paid_out": Kind.PAYMENTS,
    "debt_recorded": Kind.PAYMENTS,
    "debt_set_off": Kind.PAYMENTS,
    "refund_failed": Kind.PAYMENTS,
    "payout_waiting": Kind.PAYMENTS,
    "payment_needs_attention": Kind.PAYMENTS,
    "refunded": Kind.PAYMENTS,
    "settled": Kind.PAYMENTS,
    "chargeback_opened": Kind.PAYMENTS,
    "chargeback_won": Kind.PAYMENTS,
    "chargeback_lost": Kind.PAYMENTS,
    "reminder_due": Kind.REMINDERS,
    "ratings_published": Kind.RATINGS,
    "ratings_readable": Kind.RATINGS,
    "ratings_closed": Kind.RATINGS,
}
