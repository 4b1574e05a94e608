"""What the notification use cases need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.application.auth.mail_links import LinkDeps
    from common.application.ports.bookings import BookingRepository
    from common.application.ports.calendar_writer import CalendarWriter
    from common.application.ports.clock import Clock
    from common.application.ports.identity import StaffList
    from common.application.ports.mail import Mailer, MailLog, MailRenderer
    from common.application.ports.notifications import Notifications, PreferenceStore, PushSubscriptions
    from common.application.ports.people import ProviderReader, UserReader
    from common.application.ports.push import PushSender
    from common.application.ports.ratings import Ratings
    from common.domain.booking_settings import BookingSettings


@dataclass(frozen=True)
class InboxDeps:
    """Ports of the inbox and its settings."""

    notifications: Notifications
    preferences: PreferenceStore
    push_subscriptions: PushSubscriptions
    clock: Clock


@dataclass(frozen=True)
class DeliveryDeps:
    """Ports of telling people; links in mails begin with ``frontend_base_url``, windows come from ``settings``.

    Calendar entries come from the mail address ``organizer``.
    """

    bookings: BookingRepository
    users: UserReader
    providers: ProviderReader
    notifications: Notifications
    preferences: PreferenceStore
    mailer: Mailer
    renderer: MailRenderer
    mail_log: MailLog
    staff: StaffList
    push_subscriptions: PushSubscriptions
    push_sender: PushSender
    links: LinkDeps
    clock: Clock
    frontend_base_url: str
    settings: BookingSettings
    ratings: Ratings
    calendar_writer: CalendarWriter
    organizer: str
