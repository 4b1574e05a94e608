"""Reports."""

from functools import cached_property

from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.reports.cells import MongoReportCells
from common.adapters.mongo.reports.reports import MongoReports
from common.adapters.mongo.reports.support import MongoReportComments, MongoReportFollows, MongoReportVotes
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.text_screen import RuleTextScreen
from common.application.reports.deps import ReportDeps
from common.application.reports.hotspots import CellDeps
from common.domain.reports.settings import ReportSettings
from common.runtime.container.media import MediaStoreContainer
from common.runtime.container.moderation import ModerationContainer
from common.runtime.container.people import PeopleContainer
from common.runtime.container.phones import PhoneContainer


class ReportContainer(MediaStoreContainer, ModerationContainer, PeopleContainer, PhoneContainer):
    """Reports of what is broken."""

    @cached_property
    def reports(self) -> ReportDeps:
        """What the use cases of reports need."""
        return ReportDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            reports=MongoReports(self.mongo),
            votes=MongoReportVotes(self.mongo),
            follows=MongoReportFollows(self.mongo),
            comments=MongoReportComments(self.mongo),
            users=self.users,
            attachments=self.media_repository,
            moderation=self.moderation,
            screen=RuleTextScreen(),
            log=MongoSecurityLog(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
            settings=ReportSettings(),
        )

    @cached_property
    def report_cells(self) -> CellDeps:
        """What counting reports by place needs."""
        reports = self.reports
        return CellDeps(self.clock, reports.unit_of_work, reports.reports, MongoReportCells(self.mongo))
