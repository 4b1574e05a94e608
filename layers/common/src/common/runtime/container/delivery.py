"""Telling people: mails, push messages, the inbox."""

from email.utils import parseaddr
from functools import cached_property

from common.adapters.calendar_writer import ICalendarWriter
from common.adapters.mail.renderer import TemplateMailRenderer
from common.adapters.mail.ses import SesMailer
from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.messaging.conversations import MongoConversations, MongoMessages
from common.adapters.mongo.messaging.realtime.streams import MongoStreams
from common.adapters.mongo.messaging.subjects import MongoSubjects
from common.adapters.mongo.notifications.mails import MongoMailLog
from common.adapters.mongo.reports.reports import MongoReports
from common.adapters.mongo.reports.support import MongoReportFollows
from common.adapters.web_push import RecordingPushSender, WebPushSender
from common.application.bookings.deps import SummaryDeps
from common.application.notifications.deps import DeliveryDeps
from common.application.ports.notifications.mail import Mailer
from common.application.ports.notifications.push import PushSender
from common.runtime.container.listings import ListingContainer
from common.runtime.container.moderation import ModerationContainer
from common.runtime.container.notifications import InboxContainer
from common.runtime.container.people import PeopleContainer
from common.runtime.container.settings import MailSettings, PushSettings
from common.runtime.container.stored_bookings import StoredBookingContainer
from common.runtime.container.stored_offers import StoredOfferContainer


class DeliveryContainer(
    InboxContainer,
    StoredBookingContainer,
    StoredOfferContainer,
    ModerationContainer,
    ListingContainer,
    PeopleContainer,
):
    """Telling people."""

    @cached_property
    def summaries(self) -> SummaryDeps:
        """What keeping rating summaries needs."""
        return SummaryDeps(self.booking_repository, self.rating_summaries, self.clock)

    @cached_property
    def mailer(self) -> Mailer:
        """The mail service."""
        settings = self.settings.of(MailSettings)
        return SesMailer(settings.mail_from, settings.mail_configuration_set)

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
            bookings=self.booking_repository,
            users=self.users,
            providers=self.providers,
            notifications=self.inbox.notifications,
            preferences=self.inbox.preferences,
            mailer=self.mailer,
            renderer=TemplateMailRenderer(),
            mail_log=MongoMailLog(self.mongo.db),
            staff=self.users,
            push_subscriptions=self.inbox.push_subscriptions,
            push_sender=self.push_sender,
            unsubscribe_links=self.unsubscribe_links,
            links=self.mail_links,
            clock=self.clock,
            frontend_base_url=self.frontend_base_url,
            settings=self.booking_settings,
            ratings=MongoRatings(self.mongo),
            calendar_writer=ICalendarWriter(),
            organizer=parseaddr(self.settings.of(MailSettings).mail_from)[1],
            outbox=self.outbox,
            conversations=MongoConversations(self.mongo),
            messages=MongoMessages(self.mongo),
            subjects=MongoSubjects(self.mongo),
            publisher=self.publisher,
            streams=MongoStreams(self.mongo),
            requests=self.job_requests,
            job_offers=self.job_offers,
            reports=MongoReports(self.mongo),
            followers=MongoReportFollows(self.mongo),
            moderation=self.moderation,
        )
