"""Requests and responses of blocks and manual bookings."""

from typing import Annotated, Any

from common.application.scheduling.own_time import NewManualBooking
from common.domain.scheduling.own_time import Block, ManualBooking
from common.domain.shared.contact_fields import PhoneText
from common.domain.shared.names import MAX_LENGTH
from common.domain.shared.texts import NAME, PROSE, TITLE
from common.runtime.http.schemas import Instant, PatchModel, RequestModel, ResponseModel, Version
from pydantic import Field, StringConstraints

from functions.providers.availability_schemas import PrivateReason
from functions.providers.schemas import Duration

Start = Annotated[Instant, Field(description="A whole multiple of five minutes")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), TITLE]
CustomerName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_LENGTH),
    Field(examples=["Aroha Ngata"]),
    NAME,
]
Notes = Annotated[str, StringConstraints(max_length=2_000), PROSE]


class BlockRequest(RequestModel):
    """An interval in which the caller cannot be booked, at most 31 days; what is longer is a holiday."""

    start_at: Start
    end_at: Start
    reason: PrivateReason = ""


class BlockView(ResponseModel):
    """A block; ``reason`` is shown to its provider alone."""

    id: str
    start_at: Instant
    end_at: Instant
    reason: str
    created_at: Instant

    @classmethod
    def of(cls, block: Block) -> "BlockView":
        """The view of a block."""
        return cls.model_validate(block)


class ManualBookingRequest(RequestModel):
    """A booking that was taken elsewhere: of a service of the caller's, or under a title of its own."""

    service_id: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    title: Annotated[Title | None, Field(description="The service's by default; needed without a service")] = None
    start_at: Start
    duration_minutes: Annotated[
        Duration | None, Field(description="The service's by default; needed without a service")
    ] = None
    customer_name: CustomerName
    customer_phone_number: PhoneText | None = None
    notes: Notes = ""

    def to_domain(self) -> NewManualBooking:
        """The use case's input."""
        return NewManualBooking(**self.model_dump())


class ManualBookingPatch(PatchModel):
    """What to change; ``version`` is the one that was read, to be refused if it is stale."""

    nullable = frozenset({"customer_phone_number", "version"})

    title: Title | None = None
    start_at: Start | None = None
    duration_minutes: Duration | None = None
    customer_name: CustomerName | None = None
    customer_phone_number: PhoneText | None = None
    notes: Notes | None = None
    version: Version | None = None

    def fields(self) -> dict[str, Any]:
        """The fields that were sent."""
        return self.model_dump(exclude={"version"}, exclude_unset=True)


class ManualBookingView(ResponseModel):
    """A booking that was taken elsewhere; nothing of it is paid here. It is removed a year after the work."""

    id: str
    version: int
    service_id: str | None
    title: str
    start_at: Instant
    end_at: Instant
    duration_minutes: int
    customer_name: str
    customer_phone_number: str | None
    notes: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, booking: ManualBooking) -> "ManualBookingView":
        """The view of a manual booking."""
        return cls.model_validate(booking)
