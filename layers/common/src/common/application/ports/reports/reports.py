"""Where reports are remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.application.ports.shared.due import Due
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import Report, ReportChange, ReportStatus, TimelineEntry
from common.domain.shared.geo import Point


class ReportOrder(StrEnum):
    """What comes first in a list."""

    NEWEST = "newest"
    MOST_UPVOTED = "most_upvoted"


@dataclass(frozen=True)
class ReportQuery:
    """Which public reports; the order of votes knows no other filter than the category, for it has no index of one.

    Args:
        categories: of these kinds; of all without.
        statuses: in one of these; in any public one without.
        order: what comes first.
        since: made at this instant or later.
        until: made before this instant.
    """

    categories: Sequence[ReportCategory] = ()
    statuses: Sequence[ReportStatus] = ()
    order: ReportOrder = ReportOrder.NEWEST
    since: datetime | None = None
    until: datetime | None = None


class ReportReader(Protocol):
    """Reports, for reading."""

    async def get(self, report_id: str) -> Report | None:
        """One report by id, whatever its status."""
        ...


class ReportAuthors(Protocol):
    """What an erasure asks of reports."""

    async def forget_author(self, user_id: str, now: datetime, *, limit: int) -> int:
        """Take somebody who has left off up to ``limit`` of their reports; how many were found.

        What was public stays, without a name, without what they wrote below the title and into the timeline, and
        without photographs, which are theirs; the rest is withdrawn.
        """
        ...


class Reports(ReportReader, ReportAuthors, Protocol):
    """Reports and their timelines."""

    async def get_many(self, report_ids: Sequence[str]) -> Mapping[str, Report]:
        """Those of the reports that there are, by id."""
        ...

    async def commit(self, change: ReportChange) -> None:
        """Write a change, inside the unit of work; counts of votes, followers and comments are left as they are.

        Raises:
            VersionConflict: the report has another version than the change expects.
        """
        ...

    async def renew_secret(self, report_id: str, secret_hash: str, renewed_hash: str) -> bool:
        """Put another digest of an edit token in the place of one; ``False`` where it is not there any more."""
        ...

    async def list_public(
        self, query: ReportQuery, *, limit: int, after: tuple[int, str] | None = None
    ) -> Sequence[Report]:
        """Public reports; ``after`` are the votes and the id of the last one seen, of which the newest need the id."""
        ...

    async def list_by_author(self, user_id: str, *, limit: int, before: str | None = None) -> Sequence[Report]:
        """Somebody's own reports in every status, newest first; ``before`` is the id last seen."""
        ...

    async def list_by_status(
        self, statuses: Sequence[ReportStatus], *, limit: int, after: str | None = None
    ) -> Sequence[Report]:
        """Reports in any of some statuses, the oldest first; ``after`` is the id last seen."""
        ...

    async def list_near(
        self, point: Point, *, radius_m: int, category: ReportCategory | None, limit: int
    ) -> Sequence[Report]:
        """Public reports around a point, the closest first."""
        ...

    async def list_timeline(self, report_id: str, *, limit: int, after_version: int = 0) -> Sequence[TimelineEntry]:
        """What happened to a report, oldest first, after a version."""
        ...

    async def any_due(self, now: datetime) -> bool:
        """Whether there is a report for a sweep to take: by its timer, or to be counted again."""
        ...

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Report]:
        """Take reports whose timer is due, so that no other sweep works on them until an instant."""
        ...

    async def claim_recounts(self, now: datetime, *, until: datetime, limit: int) -> Due[Report]:
        """Take reports whose votes, followers or comments have changed a while ago."""
        ...

    async def set_counts(self, seen: Report, counts: Mapping[str, int], claimed_until: datetime) -> None:
        """Correct the counts of a report, unless they have changed since it was seen, and count it again no more."""
        ...
