"""Conversations."""

from functools import cached_property

from common.adapters.mongo.messaging.conversations import MongoConversations, MongoMembers, MongoMessages
from common.adapters.mongo.messaging.subjects import MongoSubjects
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.messaging.deps import MessagingDeps
from common.runtime.container.media import MediaStoreContainer
from common.runtime.container.moderation import ModerationContainer
from common.runtime.container.phones import PhoneContainer
from common.runtime.container.stored_bookings import StoredBookingContainer


class MessagingContainer(StoredBookingContainer, MediaStoreContainer, ModerationContainer, PhoneContainer):
    """Conversations of bookings and offers."""

    @cached_property
    def messaging(self) -> MessagingDeps:
        """What the use cases of conversations need."""
        return MessagingDeps(
            unit_of_work=MongoUnitOfWork(self.mongo),
            conversations=MongoConversations(self.mongo),
            messages=MongoMessages(self.mongo),
            subjects=MongoSubjects(self.mongo),
            members=MongoMembers(self.mongo),
            attachments=self.media_repository,
            moderation=self.moderation,
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
        )
