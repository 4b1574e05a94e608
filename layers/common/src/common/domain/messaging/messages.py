"""A message of a conversation, and its limits."""

from datetime import datetime

from pydantic import Field

from common.domain.bookings.booking import ActorKind
from common.domain.messaging.conversations import Preview
from common.domain.shared.model import Model
from common.domain.shared.realtime import cut

#: Characters of a message.
MAX_TEXT = 2_000
#: Photographs of a message.
MAX_MEDIA = 5
#: Messages that one person may send in a minute.
MESSAGES_PER_MINUTE = 60
#: So many of the last messages are looked at for the beginning of a number with which the next one goes on.
RUN_LENGTH = 20
#: A client's own name for a message.
MAX_CLIENT_ID = 64


class Message(Model):
    """One message. ``seq`` is its number in the conversation; ``customer_count`` of those up to it are the customer's.

    ``text`` is what both parties see. Where contact details were hidden, ``original`` is what was written, for
    moderators. ``client_id`` is the sender's own name for it, its id where they gave none.
    ``hidden_at`` is when a moderator took it out of sight.
    """

    id: str
    conversation_id: str
    seq: int = 0
    customer_count: int = 0
    sender_id: str
    sender: ActorKind
    client_id: str
    text: str
    original: str | None = None
    media_ids: list[str] = Field(default_factory=list)
    hidden_at: datetime | None = None
    created_at: datetime

    @property
    def is_masked(self) -> bool:
        """Whether something of it is hidden."""
        return self.original is not None

    @property
    def written(self) -> str:
        """What the sender wrote."""
        return self.text if self.original is None else self.original

    @property
    def preview(self) -> Preview:
        """As lists show it; nothing of one that is hidden."""
        is_hidden = self.hidden_at is not None
        text, count = ("", 0) if is_hidden else (cut(self.text), len(self.media_ids))
        return Preview(sender=self.sender, text=text, media_count=count, sent_at=self.created_at)

    def others_up_to(self, side: ActorKind) -> int:
        """How many messages up to this one the other side has sent."""
        return self.seq - self.customer_count if side is ActorKind.CUSTOMER else self.customer_count
