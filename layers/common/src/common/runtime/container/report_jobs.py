"""Having reports mended by providers."""

from functools import cached_property

from common.application.reports.jobs import JobDeps
from common.runtime.container.geocoding import GeocodingContainer
from common.runtime.container.listings import ListingContainer
from common.runtime.container.matching import MatchingContainer
from common.runtime.container.moderation import ModerationContainer
from common.runtime.container.people import PeopleContainer
from common.runtime.container.reports import ReportContainer


class ReportJobContainer(
    MatchingContainer, ReportContainer, ModerationContainer, ListingContainer, PeopleContainer, GeocodingContainer
):  # the parts of both, in the order in which other parts have them
    """Having reports mended by providers."""

    @cached_property
    def report_jobs(self) -> JobDeps:
        """What asking providers to mend reports needs."""
        return JobDeps(self.reports, self.matching, self.geocoder)
