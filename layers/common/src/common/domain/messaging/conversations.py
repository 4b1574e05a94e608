"""A conversation: who takes part, how far it has come, what each side has read, and until when one can write.

There is one for each booking, and for each offer, made with its first message. Its id follows from the booking's or the
offer's, so that nobody has to look it up. A booking bears the number of the offer that it came of, so that what was
begun about the offer goes on with the booking, in the same thread.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from common.domain.bookings.booking import ActorKind, BookingStatus, was_requested
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import TERMINAL
from common.domain.matching.offers import OFFER_PREFIX
from common.domain.shared.ids import BOOKING_PREFIX
from common.domain.shared.model import Model

_PREFIX = "cnv"
#: How long a message may stay unread before its reader is notified: long enough for who is looking at the moment.
NOTICE_AFTER = timedelta(minutes=5)
#: Who was notified and has read nothing since is notified of newer messages after this at the soonest.
QUIET_PERIOD = timedelta(hours=3)
#: A turn to look that passed so long ago is lost, as among the dead letters; the next message asks anew.
TURN_LOST_AFTER = timedelta(hours=1)
#: How long the parties of what never came about may go on writing: long enough to find another time.
AFTER_REFUSAL = timedelta(days=7)


def conversation_id(subject_id: str) -> str:
    """The id of the conversation about something, such as a booking: ``cnv_`` and what follows the other prefix."""
    return f"{_PREFIX}_{subject_id.partition('_')[2]}"


def booking_id_of(conversation: str) -> str | None:
    """The id of the booking that a conversation would be about; ``None`` where this is no conversation's id."""
    return _with_prefix(BOOKING_PREFIX, conversation)


def offer_id_of(conversation: str) -> str | None:
    """The id of the offer that a conversation would be about; ``None`` where this is no conversation's id."""
    return _with_prefix(OFFER_PREFIX, conversation)


def _with_prefix(prefix: str, conversation: str) -> str | None:
    kind, _, rest = conversation.partition("_")
    return f"{prefix}_{rest}" if kind == _PREFIX and rest else None


def subject_ids(subject_id: str) -> dict[str, str]:
    """What clients fetch that a conversation is about, as events name it."""
    is_offer = subject_id.startswith(f"{OFFER_PREFIX}_")
    return {"offer_id" if is_offer else "booking_id": subject_id}


class ReadMark(Model):
    """How far a side has read: up to ``seq``, which includes ``others`` messages of the other side."""

    seq: int = 0
    others: int = 0


class Preview(Model):
    """The latest message as lists show it: the beginning of its text."""

    sender: ActorKind
    text: str
    media_count: int = 0
    sent_at: datetime


class Conversation(Model):
    """What two people write to each other about one thing.

    ``subject_id`` is what it is about; the prefix says which kind of thing. Messages are numbered from 1 to
    ``last_seq`` without a gap; ``customer_sent`` of them are the customer's, the others the provider's.
    A side's ``notice_at`` is when somebody looks whether it has read what it got; ``None`` where nobody has to.
    ``is_ended`` is set when the account of one of them is deleted.
    """

    id: str
    subject_id: str
    customer_id: str
    provider_user_id: str
    members: list[str]
    last_seq: int = 0
    customer_sent: int = 0
    customer_read: ReadMark = ReadMark()
    provider_read: ReadMark = ReadMark()
    customer_notice_at: datetime | None = None
    provider_notice_at: datetime | None = None
    is_ended: bool = False
    last_message: Preview | None = None
    last_at: datetime
    created_at: datetime

    def side_of(self, user_id: str) -> ActorKind | None:
        """On which side somebody takes part; ``None`` for everybody else."""
        if user_id == self.customer_id:
            return ActorKind.CUSTOMER
        return ActorKind.PROVIDER if user_id == self.provider_user_id else None

    def member(self, side: ActorKind) -> str:
        """Who takes part on a side."""
        return self.customer_id if side is ActorKind.CUSTOMER else self.provider_user_id

    def read_by(self, side: ActorKind) -> ReadMark:
        """How far a side has read."""
        return self.customer_read if side is ActorKind.CUSTOMER else self.provider_read

    def notice_at(self, side: ActorKind) -> datetime | None:
        """When somebody looks whether a side has read what it got."""
        return self.customer_notice_at if side is ActorKind.CUSTOMER else self.provider_notice_at

    def sent_to(self, side: ActorKind) -> int:
        """How many messages the other side has sent."""
        return self.last_seq - self.customer_sent if side is ActorKind.CUSTOMER else self.customer_sent

    def unread_by(self, side: ActorKind) -> int:
        """How many messages of the other side this one has not read."""
        return self.sent_to(side) - self.read_by(side).others


class Subject(Model):
    """What a conversation is about: a booking, or an offer that has become none; who talks and until when, no money.

    ``booking_id`` is ``None`` while there is an offer alone; ``status`` is then that of a booking not yet paid for, and
    ``is_offer_open`` says whether the offer may still become one. ``offer_id`` and ``job_request_id`` name the offer
    that it is about, or that the booking came of.
    """

    booking_id: str | None
    offer_id: str | None = None
    job_request_id: str | None = None
    customer_id: str
    provider_user_id: str
    title: str
    provider_name: str
    is_offer_open: bool = False
    status: BookingStatus
    accept_by: datetime | None = None
    accepted_at: datetime | None = None
    settled_at: datetime | None = None
    cancelled_at: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> str:
        """The booking's id, or else the offer's."""
        return self.booking_id or self.offer_id or ""

    @property
    def ids(self) -> dict[str, str]:
        """What clients fetch of it, as events name it."""
        named = {name: getattr(self, name) for name in ("booking_id", "offer_id", "job_request_id")}
        return {name: value for name, value in named.items() if value}

    def side_of(self, user_id: str) -> ActorKind | None:
        """On which side somebody takes part; ``None`` for everybody else."""
        if user_id == self.customer_id:
            return ActorKind.CUSTOMER
        return ActorKind.PROVIDER if user_id == self.provider_user_id else None


#: What a subject has of its booking under the same names.
OF_BOOKING = set(Subject.model_fields) - {"booking_id", "title", "provider_name", "is_offer_open"}
#: The same of an offer.
OF_OFFER = frozenset({"customer_id", "provider_user_id", "provider_name", "created_at", "updated_at"})


def new_conversation(subject: Subject, now: datetime) -> Conversation:
    """The conversation about something before its first message; nothing is stored of it."""
    return Conversation(
        id=conversation_id(subject.id),
        subject_id=subject.id,
        customer_id=subject.customer_id,
        provider_user_id=subject.provider_user_id,
        members=[subject.customer_id, subject.provider_user_id],
        last_at=now,
        created_at=now,
    )


class Standing(StrEnum):
    """Whether one can write now."""

    NOT_YET = "not_yet"
    OPEN = "open"
    READ_ONLY = "read_only"


def closes_at(subject: Subject, settings: BookingSettings) -> datetime | None:
    """When the parties can write no more; ``None`` while it goes on.

    After work, and after a cancellation of what was agreed, they can reach each other for as long as they see each
    other's contact details; after what was never accepted for a week from when it could have been. About an offer that
    has ended nobody can write: who was not chosen does not go on asking.
    """
    if subject.booking_id is None:
        return None if subject.is_offer_open else subject.updated_at
    if subject.status not in TERMINAL:
        return None
    ended_at = subject.settled_at or subject.cancelled_at
    if subject.accepted_at is None:
        return (ended_at or subject.accept_by or subject.created_at) + AFTER_REFUSAL
    return (ended_at or subject.updated_at) + settings.contact_after_close


def standing(subject: Subject, now: datetime, settings: BookingSettings) -> Standing:
    """Whether the parties can write to each other.

    Nobody hears of a booking that is not paid for, so that nothing can be written about it either, unless an offer led
    to it: its provider has agreed already.
    """
    if subject.booking_id is None:
        return Standing.OPEN if subject.is_offer_open else Standing.READ_ONLY
    if subject.offer_id is not None and subject.status is BookingStatus.PENDING_PAYMENT:
        return Standing.OPEN
    if not was_requested(subject.status, subject.accepted_at, subject.accept_by):
        return Standing.NOT_YET if subject.status is BookingStatus.PENDING_PAYMENT else Standing.READ_ONLY
    closing = closes_at(subject, settings)
    return Standing.OPEN if closing is None or now < closing else Standing.READ_ONLY
