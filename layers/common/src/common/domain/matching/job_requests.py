"""The job request: what a customer needs, who was asked so far, and when something happens next."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.bookings.booking import Place
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.actors import Actor
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: The kind of a job request's id.
JOB_REQUEST_PREFIX = "job"
#: Characters of a title and of a description.
TITLE_LIMIT = 120
DESCRIPTION_LIMIT = 2_000
#: Entries of a request's history that are kept; a request with every wave and every extension makes fewer.
HISTORY_LIMIT = 60


class JobRequestStatus(StrEnum):
    """Where the request stands.

    ``open``: nobody is asked yet. ``offering``: providers are asked. ``matched``: one has agreed, and the booking waits
    for its payment. ``exhausted``: nobody is left to ask; the customer may widen it. ``expired``: its window is over.
    """

    OPEN = "open"
    OFFERING = "offering"
    MATCHED = "matched"
    BOOKED = "booked"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


#: In these a request looks for a provider or waits for the payment of one; a customer has a few of them at once.
LIVE = frozenset({JobRequestStatus.OPEN, JobRequestStatus.OFFERING, JobRequestStatus.MATCHED})
#: No action leaves these.
ENDED = frozenset({JobRequestStatus.CANCELLED, JobRequestStatus.EXPIRED})
#: While it is in one of these, what it was made of (a report) makes no second request.
BINDING = LIVE | {JobRequestStatus.BOOKED, JobRequestStatus.EXHAUSTED}


class Mode(StrEnum):
    """How a provider is found: the first valid accept wins, or the customer compares quotes and chooses."""

    FIRST = "first"
    COMPARE = "compare"


class Window(Model):
    """When the work may happen: UTC instants, and the IANA zone in which people read them.

    The work begins at ``start_at`` or later and is done by ``end_at``.
    """

    start_at: datetime
    end_at: datetime
    timezone: str


class HistoryEntry(Model):
    """One line of what happened to a request. ``count`` is how many providers it concerned, where it did."""

    action: str
    actor: Actor
    from_status: JobRequestStatus | None
    to_status: JobRequestStatus
    note: str
    offer_id: str | None = None
    count: int | None = None
    at: datetime


class JobRequest(Model):
    """A job request, whole. Only the state machine makes a new one from an old one.

    ``version`` rises by one with each committed change and is the optimistic lock.

    Args:
        category: the slug that is looked for; with ``service_id`` the one of that service.
        service_id: the service whose provider is asked first, alone: how one asks what a service by quote would cost.
        place_kind: where the work happens; ``place`` is exact, and a provider who is asked sees its area alone.
        window: when.
        duration_minutes: how long the work takes, where the customer says so; the service's duration otherwise.
        budget: the most that the work may cost; no offer above it is made or taken.
        mode: how a provider is found.
        media_ids: photographs of the job.
        payment_method_id: a saved card, authorized as soon as somebody is matched.
        radius_km: how far from the place providers are looked for.
        wave: the number of the last wave, 0 before the first; an extension begins anew.
        wave_due_at: when the next wave is due, ``None`` after the last one.
        offers_end_at: when the last open offer ends; after the last wave the request is exhausted then.
        asked_provider_ids: everybody who was ever asked: nobody is asked twice.
        declined_provider_ids: who has declined, or was turned down; nobody of them is asked again, also where an
            offer never was made.
        exclusions: why candidates of the last search were left out, counted by reason.
        candidate_count: how many candidates that search has seen.
        extension_count: how often it was widened.
        matched_offer_id: the offer that was taken.
        booking_id: the booking that came of it.
        matched_until: until when the booking has to be paid; then it is looked at.
        report_id: the report that it was made of.
        expires_at: when nothing can begin in its window any more.
        next_due_at: the earliest of its due system actions, with ``next_due_action`` its one armed timer.
    """

    id: str
    version: int = 1
    customer_id: str
    status: JobRequestStatus
    category: str
    service_id: str | None = None
    title: str
    description: str = ""
    place_kind: PlaceKind = PlaceKind.CUSTOMER
    place: Place
    access_notes: str = ""
    window: Window
    duration_minutes: int | None = None
    budget: Money | None = None
    mode: Mode = Mode.FIRST
    media_ids: list[str] = Field(default_factory=list)
    payment_method_id: str | None = None
    radius_km: int
    wave: int = 0
    wave_due_at: datetime | None = None
    offers_end_at: datetime | None = None
    asked_provider_ids: list[str] = Field(default_factory=list)
    declined_provider_ids: list[str] = Field(default_factory=list)
    exclusions: dict[str, int] = Field(default_factory=dict)
    candidate_count: int = 0
    extension_count: int = 0
    matched_offer_id: str | None = None
    booking_id: str | None = None
    matched_until: datetime | None = None
    report_id: str | None = None
    history: list[HistoryEntry] = Field(default_factory=list)
    idempotency_key: str | None = None
    next_due_at: datetime | None = None
    next_due_action: str | None = None
    expires_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def is_live(self) -> bool:
        """Whether it looks for a provider or waits for the payment of one."""
        return self.status in LIVE
