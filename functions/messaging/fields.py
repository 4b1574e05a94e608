"""What a message is made of, over HTTP and over sockets alike; no FastAPI."""

from typing import Annotated

from common.domain.messaging.messages import MAX_CLIENT_ID, MAX_MEDIA, MAX_TEXT
from common.domain.shared.texts import PROSE
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

#: The largest number that every client can count to.
MAX_SEQ = 2**53 - 1


def _require_different(ids: list[str]) -> list[str]:
    if len(set(ids)) < len(ids):
        raise PydanticCustomError("duplicate", "Name each photo once.")
    return ids


Id = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=MAX_TEXT), PROSE]
MediaIds = Annotated[list[Id], Field(max_length=MAX_MEDIA), AfterValidator(_require_different)]
ClientId = Annotated[str, Field(min_length=1, max_length=MAX_CLIENT_ID, pattern=r"^[\x21-\x7e]+$")]
