"""The inbox, mails and push messages."""

from email.utils import parseaddr
from functools import cached_property
from typing import TYPE_CHECKING

from common.runtime.container.core import CoreParts

if TYPE_CHECKING:
    from common.application.notifications.deps import DeliveryDeps, InboxDeps
    from common.application.ports.notifications.mail import Mailer
    from common.application.ports.notifications.push import PushSender


class NotificationParts(CoreParts):
    """The inbox and mails."""

    @cached_property
    def inbox(self) -> "InboxDeps":
        """What the inbox needs."""
        from common.adapters.mongo.notifications.inbox import (
            MongoNotifications,
            MongoPreferences,
            MongoPushSubscriptions,
        )
        from common.application.notifications.deps import InboxDeps

        return InboxDeps(
            notifications=MongoNotifications(self.mongo.db),
            preferences=MongoPreferences(self.mongo.db),
            push_subscriptions=MongoPushSubscriptions(self.mongo.db),
            clock=self.clock,
        )

    @cached_property
    def mailer(self) -> "Mailer":
        """The mail service."""
        from common.adapters.mail.ses import SesMailer

        return SesMailer(self.settings.mail_from)

    @cached_property
    def push_sender(self) -> "PushSender":
        """Push messages to browsers; without a key they are only recorded."""
        from common.adapters.web_push import RecordingPushSender, WebPushSender

        if not self.settings.has_push_key:
            return RecordingPushSender(self.mongo.db, self.clock)
        return WebPushSender(self.settings.push_key, parseaddr(self.settings.mail_from)[1])

    @cached_property
    def delivery(self) -> "DeliveryDeps":
        """What telling people needs; loads jinja2."""
        from common.adapters.calendar_writer import ICalendarWriter
        from common.adapters.mail.renderer import TemplateMailRenderer
        from common.adapters.mongo.bookings.ratings import MongoRatings
        from common.adapters.mongo.notifications.mails import MongoMailLog
        from common.application.notifications.deps import DeliveryDeps

        return DeliveryDeps(
            bookings=self.whole.booking_repository,
            users=self.whole.users,
            providers=self.whole.providers,
            notifications=self.inbox.notifications,
            preferences=self.inbox.preferences,
            mailer=self.mailer,
            renderer=TemplateMailRenderer(),
            mail_log=MongoMailLog(self.mongo.db),
            staff=self.whole.users,
            push_subscriptions=self.inbox.push_subscriptions,
            push_sender=self.push_sender,
            links=self.whole.mail_links,
            clock=self.clock,
            frontend_base_url=self.settings.frontend_base_url,
            settings=self.whole.booking_settings,
            ratings=MongoRatings(self.mongo),
            calendar_writer=ICalendarWriter(),
            organizer=parseaddr(self.settings.mail_from)[1],
        )
