"""What clients send over their sockets, one class for each action; ``action`` tells them apart."""

import json
from typing import Annotated, Any, Literal

from common.domain.messaging.realtime.connections import MAX_FRAME_BYTES, MOST_CONVERSATIONS
from common.domain.shared.errors import FieldError, InvalidInput, PayloadTooLarge
from common.domain.shared.forms import in_words
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from functions.messaging.fields import MAX_SEQ, ClientId, Id, MediaIds, Text

#: Of what is wrong with a frame so much is told: all of it might be more than the answer's frame takes.
_MOST_PROBLEMS = 20
_LONGEST_PATH = 200
#: Numbers of events and messages.
Seq = Annotated[int, Field(ge=0, le=MAX_SEQ)]


class Frame(BaseModel):
    """Base of every frame: unknown fields are refused, strings are stripped, values are not guessed at."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class Subscribe(Frame):
    """Asks for what was missed since a number; without ``epoch`` for where the stream stands.

    ``conversations`` are those that a client shows, each with the number of its last message there.
    """

    action: Literal["subscribe"]
    epoch: Annotated[str, Field(max_length=64)] | None = None
    after_seq: Seq = 0
    conversations: Annotated[dict[Id, Seq], Field(default_factory=dict, max_length=MOST_CONVERSATIONS)]


class SendMessage(Frame):
    """Writes to the other party of a booking, as the route does."""

    action: Literal["message"]
    conversation_id: Id
    client_id: ClientId
    text: Text = ""
    media_ids: MediaIds = Field(default_factory=list)


class Typing(Frame):
    """Says that its sender writes; nobody stores it."""

    action: Literal["typing"]
    conversation_id: Id


class Ping(Frame):
    """Keeps the socket open."""

    action: Literal["ping"]


ClientFrame = Subscribe | SendMessage | Typing | Ping
_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(Annotated[ClientFrame, Field(discriminator="action")])


def read_frame(body: str) -> ClientFrame:
    """The frame that a client sent.

    Raises:
        PayloadTooLarge: it is longer than 32 KB (``frame_too_large``).
        InvalidInput: it is no JSON object (``invalid_frame``), has no known action (``unknown_action``), or a field of
            it breaks a rule (``invalid_input``).
    """
    if len(body.encode(errors="surrogatepass")) > MAX_FRAME_BYTES:
        raise PayloadTooLarge(f"A frame has at most {MAX_FRAME_BYTES} bytes.", code="frame_too_large")
    try:
        return _FRAMES.validate_python(parsed(body))
    except ValidationError as error:
        raise _refused(error) from error


def parsed(body: str) -> dict[str, Any]:
    """The JSON object of a frame.

    Raises:
        InvalidInput: it is none (``invalid_frame``).
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidInput("Send a JSON object with the member action.", code="invalid_frame")
    return found


def _refused(error: ValidationError) -> InvalidInput:
    problems = error.errors(include_url=False, include_input=False)
    if any(each["type"].startswith("union_tag") for each in problems):
        wrong = [FieldError("action", "This is none of the actions there are.", "unknown_action")]
        return InvalidInput(wrong[0].message, code="unknown_action", errors=wrong)
    wrong = [FieldError(_path(each["loc"]), in_words(each), each["type"]) for each in problems[:_MOST_PROBLEMS]]
    return InvalidInput(f"{wrong[0].field}: {wrong[0].message}", errors=wrong)


def _path(place: tuple[int | str, ...]) -> str:
    """Where a wrong value stands, without the action, which pydantic puts before it."""
    return ".".join(str(part) for part in place[1:])[:_LONGEST_PATH]
