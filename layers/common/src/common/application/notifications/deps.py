"""What the notification use cases need."""

from dataclasses import dataclass

from common.application.identity.mail_links import LinkDeps
from common.application.ports.bookings.calendar_writer import CalendarWriter
from common.application.ports.bookings.ratings import Ratings
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.identity.accounts import StaffList
from common.application.ports.identity.people import ProviderReader, UserReader
from common.application.ports.matching.job_requests import JobRequests
from common.application.ports.matching.offers import JobOffers
from common.application.ports.messaging.conversations import Conversations, Messages, Subjects
from common.application.ports.messaging.realtime.streams import LiveStreams
from common.application.ports.moderation.queue import Moderation
from common.application.ports.notifications.inbox import Notifications, PreferenceStore, PushSubscriptions
from common.application.ports.notifications.mail import Mailer, MailLog, MailRenderer
from common.application.ports.notifications.push import PushSender
from common.application.ports.notifications.unsubscribe import UnsubscribeLinks
from common.application.ports.reports.reports import ReportReader
from common.application.ports.reports.support import Follows
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.bookings.settings import BookingSettings


@dataclass(frozen=True)
class InboxDeps:
    """Ports of the inbox and its settings."""

    notifications: Notifications
    preferences: PreferenceStore
    push_subscriptions: PushSubscriptions
    unsubscribe_links: UnsubscribeLinks
    users: UserReader
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
    unsubscribe_links: UnsubscribeLinks
    links: LinkDeps
    clock: Clock
    frontend_base_url: str
    settings: BookingSettings
    ratings: Ratings
    calendar_writer: CalendarWriter
    organizer: str
    outbox: Outbox
    conversations: Conversations
    messages: Messages
    subjects: Subjects
    publisher: Publisher
    streams: LiveStreams
    requests: JobRequests
    job_offers: JobOffers
    reports: ReportReader
    followers: Follows
    moderation: Moderation
