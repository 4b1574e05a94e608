"""What the notification use cases need."""

from dataclasses import dataclass

from common.application.auth.mail_links import LinkDeps
from common.application.ports.bookings import BookingRepository
from common.application.ports.clock import Clock
from common.application.ports.mail import Mailer, MailLog, MailRenderer
from common.application.ports.notifications import Notifications, PreferenceStore, PushSubscriptions
from common.application.ports.people import ProviderReader, UserReader


@dataclass(frozen=True)
class InboxDeps:
    """Ports of the inbox and its settings."""

    notifications: Notifications
    preferences: PreferenceStore
    push_subscriptions: PushSubscriptions
    clock: Clock


@dataclass(frozen=True)
class DeliveryDeps:
    """Ports of telling people; links in mails begin with ``frontend_base_url``."""

    bookings: BookingRepository
    users: UserReader
    providers: ProviderReader
    notifications: Notifications
    preferences: PreferenceStore
    mailer: Mailer
    renderer: MailRenderer
    mail_log: MailLog
    links: LinkDeps
    clock: Clock
    frontend_base_url: str
