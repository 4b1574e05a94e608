"""The inbox."""

from functools import cached_property

from common.adapters.mail.unsubscribe_links import SealedUnsubscribeLinks
from common.adapters.mongo.notifications.inbox import MongoNotifications, MongoPreferences, MongoPushSubscriptions
from common.application.notifications.deps import InboxDeps
from common.runtime.container.people import PeopleContainer
from common.runtime.container.settings import UnsubscribeSettings


class InboxContainer(PeopleContainer):
    """The inbox."""

    @cached_property
    def unsubscribe_links(self) -> SealedUnsubscribeLinks:
        """Links by which mails are switched off with one click."""
        keys = self.settings.of(UnsubscribeSettings).unsubscribe_keys
        return SealedUnsubscribeLinks(self.public_base_url, keys.get if keys.is_given else None)

    @cached_property
    def inbox(self) -> InboxDeps:
        """What the inbox needs."""
        return InboxDeps(
            notifications=MongoNotifications(self.mongo.db),
            preferences=MongoPreferences(self.mongo.db),
            push_subscriptions=MongoPushSubscriptions(self.mongo.db),
            unsubscribe_links=self.unsubscribe_links,
            users=self.users,
            clock=self.clock,
        )
