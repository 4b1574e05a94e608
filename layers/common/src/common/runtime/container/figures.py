"""What figures count, in words."""

from functools import cached_property

from common.application.admin.metrics.subjects import SubjectDeps
from common.runtime.container.admin import AdminContainer
from common.runtime.container.reports import ReportContainer
from common.runtime.container.stored_bookings import StoredBookingContainer
from common.runtime.container.stored_offers import StoredOfferContainer


class FigureContainer(StoredBookingContainer, StoredOfferContainer, ReportContainer, AdminContainer):
    """Saying what figures count."""

    @cached_property
    def figure_subjects(self) -> SubjectDeps:
        """What saying what figures count needs."""
        return SubjectDeps(
            bookings=self.booking_repository,
            requests=self.job_requests,
            reports=self.reports.reports,
            providers=self.providers,
            users=self.users,
        )
