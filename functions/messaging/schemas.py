"""The contract of conversations."""

from typing import Annotated

from common.domain.bookings.booking import ActorKind
from common.domain.messaging.conversations import Standing
from common.domain.moderation.items import MAX_NOTE, ReportReason
from common.domain.shared.texts import PROSE
from common.runtime.http.photo_schemas import PhotoView
from common.runtime.http.schemas import Instant, Page, RequestModel, ResponseModel
from fastapi import Path
from pydantic import Field

from functions.messaging.fields import ClientId, MediaIds, Text

ConversationId = Annotated[str, Path(max_length=64)]
#: Numbers of messages, as the database takes them.
INT64 = 2**63 - 1


class PartyView(ResponseModel):
    """Whom one writes to; `name` is null once the account was deleted. The account's `picture` shows once accepted."""

    role: ActorKind
    name: str | None
    picture: PhotoView | None


class PreviewView(ResponseModel):
    """The latest message: the beginning of its text, and how many media it has."""

    sender_role: ActorKind
    text: str
    media_count: int
    sent_at: Instant


class ConversationView(ResponseModel):
    """A conversation as one of its parties sees it.

    `last_seq` is the number of its latest message; numbers begin with 1 and have no gap. `read_seq` is how far the
    caller has read, `other_read_seq` how far the other one has; `unread_count` counts the other one's messages after
    `read_seq`. `standing` says whether one can write: `not_yet` before the booking is paid for, `read_only` from
    `closes_at` on.
    """

    id: str
    booking_id: Annotated[str | None, Field(description="`null` while there is an offer alone")]
    offer_id: Annotated[str | None, Field(description="The offer it is about, or that the booking came of")]
    job_request_id: str | None
    title: str
    role: ActorKind
    other_party: PartyView
    standing: Standing
    closes_at: Instant | None
    last_seq: int
    read_seq: int
    other_read_seq: int
    unread_count: int
    last_message: PreviewView | None
    last_message_at: Instant | None
    created_at: Instant


class MessageRequest(RequestModel):
    """A message: some text, photographs that were uploaded for a message, or both.

    `client_id` is the sender's own name for it: sent again under the same name, it is stored once, and the first answer
    comes again.
    """

    text: Annotated[Text, Field(examples=["Could you bring a ladder?"])] = ""
    media_ids: MediaIds = Field(default_factory=list)
    client_id: ClientId | None = None


class ImageView(ResponseModel):
    """One size of a photograph; `expires_at` is when its address ends, if it does; `until` says the same."""

    name: str
    url: str
    content_type: str
    width: int
    height: int
    expires_at: Instant | None
    until: Annotated[Instant | None, Field(json_schema_extra={"deprecated": True})]


class MessageMediaView(ResponseModel):
    """A photograph of a message, the largest size first; without any once it was removed."""

    id: str
    files: list[ImageView]


class MessageView(ResponseModel):
    """One message. `is_masked`: contact details in it are hidden, as it was sent before the booking was accepted.

    `is_hidden`: a moderator took it out of sight; it has neither text nor photographs then.
    """

    id: str
    conversation_id: str
    seq: int
    sender_role: ActorKind
    is_own: bool
    client_id: str | None
    text: str
    is_masked: bool
    is_hidden: bool
    media: list[MessageMediaView]
    created_at: Instant


class MessagePage(Page[MessageView]):
    """Messages in their order; `last_seq` is the number of the latest one there is."""

    last_seq: int


class ReadRequest(RequestModel):
    """Up to which message everything was read; up to the latest one without."""

    seq: Annotated[int, Field(ge=0, le=INT64, strict=True)] | None = None


class ReadView(ResponseModel):
    """How far the caller has read, on whichever device."""

    read_seq: int
    unread_count: int
    last_seq: int


class ReportRequest(RequestModel):
    """What is wrong with a message."""

    reason: ReportReason
    note: Annotated[str, Field(max_length=MAX_NOTE), PROSE] = ""


class ReportView(ResponseModel):
    """A report, as who made it sees it."""

    id: str
    conversation_id: str
    seq: int
    reason: ReportReason
    note: str
    created_at: Instant
