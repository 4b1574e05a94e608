"""What moderators decide on: all that people write and show."""

from functools import cached_property

from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.messaging.conversations import MongoMessages
from common.application.admin.moderation.deps import ModerationDeps
from common.runtime.container.admin import AdminContainer
from common.runtime.container.reports import ReportContainer
from common.runtime.container.stored_bookings import StoredBookingContainer


class ModeratingContainer(StoredBookingContainer, ReportContainer, AdminContainer):
    """Deciding on what people have reported."""

    @cached_property
    def moderating(self) -> ModerationDeps:
        """What the use cases of moderators need."""
        return ModerationDeps(
            **vars(self.admin),
            moderation=self.moderation,
            reports=self.reports.reports,
            comments=self.reports.comments,
            ratings=MongoRatings(self.mongo),
            bookings=self.booking_repository,
            messages=MongoMessages(self.mongo),
            media=self.media_repository,
            services=self.services,
            report_settings=self.reports.settings,
            frontend_base_url=self.frontend_base_url,
        )
