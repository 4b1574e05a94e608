"""What the use cases of conversations need."""

from dataclasses import dataclass

from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.media.attachments import Attachments
from common.application.ports.messaging.conversations import Conversations, Members, Messages, Subjects
from common.application.ports.moderation.queue import Moderation
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.bookings.settings import BookingSettings


@dataclass(frozen=True)
class MessagingDeps:
    """Ports of conversations; windows come from ``settings``."""

    unit_of_work: UnitOfWork
    conversations: Conversations
    messages: Messages
    subjects: Subjects
    members: Members
    attachments: Attachments
    moderation: Moderation
    outbox: Outbox
    publisher: Publisher
    clock: Clock
    settings: BookingSettings
