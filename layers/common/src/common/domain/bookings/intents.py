"""A guest's request to book, kept with a short hold on the slot until the guest's account exists."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.service_options import ChosenOption
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.scheduling.slot_cells import claim_ids
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: Secrets of one intent beside its first; the newest stay.
MOST_RENEWED_SECRETS = 5


class IntentStatus(StrEnum):
    """Where the request stands. ``expired``: its hold is over; it may still become a booking if the time is free."""

    PENDING = "pending"
    COMPLETED = "completed"
    EXPIRED = "expired"


class BookingIntent(Model):
    """What a guest asked for.

    ``price`` and ``cancellation_policy`` are the terms that the guest was shown; there is no booking under others.
    ``secret_hash`` is the digest of the secret that lets the guest read it back or replace it; who asks again with the
    same idempotency key gets another, of ``renewed_secret_hashes``. ``device_hash`` is the digest of the browser's
    token, ``held_by`` that of the network address. ``claim_id`` and ``resource_ids`` are as a booking's.
    """

    id: str
    user_id: str
    secret_hash: str
    renewed_secret_hashes: tuple[str, ...] = ()
    service_id: str
    provider_id: str
    service_title: str
    start_at: datetime
    end_at: datetime
    price: Money | None = None
    cancellation_policy: CancellationPolicyName | None = None
    place_kind: PlaceKind = PlaceKind.CUSTOMER
    address: str = ""
    notes: str = ""
    access_notes: str = ""
    options: tuple[ChosenOption, ...] = ()
    full_name: str
    phone_number: str | None = None
    claim_id: str
    resource_ids: list[str] = Field(default_factory=list)
    device_hash: str | None = None
    held_by: str | None = None
    status: IntentStatus = IntentStatus.PENDING
    booking_id: str | None = None
    expires_at: datetime
    created_at: datetime

    @property
    def claim_ids(self) -> tuple[str, ...]:
        """Ids of the claims that hold its time."""
        return claim_ids(self.claim_id, self.resource_ids)

    def status_at(self, now: datetime) -> IntentStatus:
        """The status as time makes it."""
        is_over = self.status is IntentStatus.PENDING and now >= self.expires_at
        return IntentStatus.EXPIRED if is_over else self.status
