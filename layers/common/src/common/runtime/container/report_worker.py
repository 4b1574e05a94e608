"""Judging reports, counting them by place, and following the bookings by which they are mended."""

from functools import cached_property

from common.adapters.mongo.matching.job_requests import MongoJobRequests
from common.application.reports.jobs import FollowDeps
from common.application.reports.verification import VerificationDeps
from common.runtime.container.report_verifier import ReportVerifierContainer
from common.runtime.container.reports import ReportContainer
from common.runtime.container.stored_bookings import StoredBookingContainer


class ReportWorkerContainer(StoredBookingContainer, ReportContainer, ReportVerifierContainer):
    """Judging reports, counting them by place, and following the bookings by which they are mended."""

    @cached_property
    def report_verification(self) -> VerificationDeps:
        """What having reports judged needs."""
        return VerificationDeps(**vars(self.reports), verifier=self.report_verifier)

    @cached_property
    def report_bookings(self) -> FollowDeps:
        """What following bookings needs."""
        return FollowDeps(self.reports, MongoJobRequests(self.mongo), self.booking_repository)
