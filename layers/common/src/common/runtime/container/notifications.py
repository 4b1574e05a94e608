"""The inbox."""

from functools import cached_property

from common.adapters.mongo.notifications.inbox import MongoNotifications, MongoPreferences, MongoPushSubscriptions
from common.application.notifications.deps import InboxDeps
from common.runtime.container.core import CoreContainer


class InboxContainer(CoreContainer):
    """The inbox."""

    @cached_property
    def inbox(self) -> InboxDeps:
        """What the inbox needs."""
        return InboxDeps(
            notifications=MongoNotifications(self.mongo.db),
            preferences=MongoPreferences(self.mongo.db),
            push_subscriptions=MongoPushSubscriptions(self.mongo.db),
            clock=self.clock,
        )
