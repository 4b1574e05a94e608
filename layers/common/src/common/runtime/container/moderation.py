"""What waits for moderators."""

from functools import cached_property

from common.adapters.mongo.moderation.items import MongoModeration
from common.application.ports.moderation.queue import Moderation
from common.runtime.container.core import CoreContainer


class ModerationContainer(CoreContainer):
    """What people have reported."""

    @cached_property
    def moderation(self) -> Moderation:
        """The queue of moderators."""
        return MongoModeration(self.mongo)
