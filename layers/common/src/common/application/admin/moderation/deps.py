"""What the use cases of moderators need."""

from dataclasses import dataclass

from common.application.admin.deps import AdminDeps
from common.application.ports.bookings.ratings import Ratings
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.catalogue.repositories import Services
from common.application.ports.media.repository import MediaRepository
from common.application.ports.messaging.conversations import Messages
from common.application.ports.moderation.queue import Moderation
from common.application.ports.reports.reports import Reports
from common.application.ports.reports.support import Comments
from common.domain.reports.settings import ReportSettings


@dataclass(frozen=True)
class ModerationDeps(AdminDeps):
    """Ports of the queue and of all that is decided on; links in mails begin with ``frontend_base_url``."""

    moderation: Moderation
    reports: Reports
    comments: Comments
    ratings: Ratings
    bookings: BookingRepository
    messages: Messages
    media: MediaRepository
    services: Services
    report_settings: ReportSettings
    frontend_base_url: str
