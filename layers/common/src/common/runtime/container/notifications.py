"""The inbox, mails and push messages."""

from email.utils import parseaddr
from functools import cached_property

from common.adapters.calendar_writer import ICalendarWriter
from common.adapters.mail.renderer import TemplateMailRenderer
from common.adapters.mail.ses import SesMailer
from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.notifications.inbox import MongoNotifications, MongoPreferences, MongoPushSubscriptions
from common.adapters.mongo.notifications.mails import MongoMailLog
from common.adapters.web_push import RecordingPushSender, WebPushSender
from common.application.notifications.deps import DeliveryDeps, InboxDeps
from common.application.ports.notifications.mail import Mailer
from common.application.ports.notifications.push import PushSender
from common.runtime.container.core import CoreContainer
from common.runtime.settings import SecretRef, SettingsGroup


class MailSettings(SettingsGroup):
    """What sending mails needs: the sender."""

    needed = ("mail_from",)

    mail_from: str = ""


class PushSettings(SettingsGroup):
    """What push messages are signed with (VAPID); without a key none are sent.

    Attributes:
        push_public_key: by which a browser subscribes.
        push_private_key: the private key as PEM.
    """

    push_public_key: str = ""
    push_private_key: SecretRef


class NotificationContainer(CoreContainer):
    """The inbox and mails."""

    @cached_property
    def inbox(self) -> InboxDeps:
        """What the inbox needs."""
        return InboxDeps(
            notifications=MongoNotifications(self.mongo.db),
            preferences=MongoPreferences(self.mongo.db),
            push_subscriptions=MongoPushSubscriptions(self.mongo.db),
            clock=self.clock,
        )

    @cached_property
    def mailer(self) -> Mailer:
        """The mail service."""
        return SesMailer(self.settings.of(MailSettings).mail_from)

    @cached_property
    def push_sender(self) -> PushSender:
        """Push messages to browsers; without a key they are only recorded."""
        key = self.settings.of(PushSettings).push_private_key
        if not key.is_given:
            return RecordingPushSender(self.mongo.db, self.clock)
        return WebPushSender(key.get, parseaddr(self.settings.of(MailSettings).mail_from)[1])

    @cached_property
    def delivery(self) -> DeliveryDeps:
        """What telling people needs."""
        return DeliveryDeps(
            bookings=self.container.booking_repository,
            users=self.container.users,
            providers=self.container.providers,
            notifications=self.inbox.notifications,
            preferences=self.inbox.preferences,
            mailer=self.mailer,
            renderer=TemplateMailRenderer(),
            mail_log=MongoMailLog(self.mongo.db),
            staff=self.container.users,
            push_subscriptions=self.inbox.push_subscriptions,
            push_sender=self.push_sender,
            links=self.container.mail_links,
            clock=self.clock,
            frontend_base_url=self.frontend_base_url,
            settings=self.container.booking_settings,
            ratings=MongoRatings(self.mongo),
            calendar_writer=ICalendarWriter(),
            organizer=parseaddr(self.settings.of(MailSettings).mail_from)[1],
            outbox=self.outbox,
        )
