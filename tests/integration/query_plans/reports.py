"""Calls of the repositories of reports."""

from __future__ import annotations

from datetime import timedelta

from common.adapters.mongo.reports.cells import MongoReportCells
from common.adapters.mongo.reports.reports import MongoReports
from common.adapters.mongo.reports.support import MongoReportComments, MongoReportFollows, MongoReportVotes
from common.adapters.mongo.reports.verdicts import MongoVerdicts
from common.application.ports.reports.reports import ReportOrder, ReportQuery
from common.domain.reports import state_machine
from common.domain.reports.categories import ReportCategory
from common.domain.reports.comments import Comment
from common.domain.reports.hotspots import Counted
from common.domain.reports.report import Actor, ActorKind, ReportStatus
from common.domain.reports.settings import ReportSettings
from common.domain.shared.geo import Point
from common.runtime.container.bootstrap import Container

from tests.factories.reports import LAT, LNG, make_report
from tests.integration.query_plans.calls import CUSTOMER, LATER, NOW, Calls

REPORT = "rpt_0004"
_TREES = ReportQuery([ReportCategory.TREE], [ReportStatus.VERIFIED], since=NOW - timedelta(days=90), until=LATER)


async def _commit_twice(c: Container) -> None:
    """A new report, and what happens to it."""
    reports, settings = MongoReports(c.mongo), ReportSettings()
    made = state_machine.create(
        make_report(id="rpt_new", status=ReportStatus.PENDING_VERIFICATION), Actor(kind=ActorKind.AUTHOR), settings
    )
    await reports.commit(made)
    moderator = Actor(kind=ActorKind.MODERATOR, id="usr_9")
    await reports.commit(state_machine.perform(made.report, "verify", moderator, None, NOW, settings))


async def _vote_and_take_it_back(c: Container) -> None:
    votes = MongoReportVotes(c.mongo)
    await votes.add(REPORT, CUSTOMER, is_verified=True, now=NOW)
    await votes.remove(REPORT, CUSTOMER, now=NOW)


async def _follow_and_stop(c: Container) -> None:
    follows = MongoReportFollows(c.mongo)
    await follows.add(REPORT, CUSTOMER, now=NOW)
    await follows.remove(REPORT, CUSTOMER, now=NOW)


_COMMENT = Comment(id="cmt_new", report_id=REPORT, author_id=CUSTOMER, text="Mine too.", created_at=NOW)

_COUNTED = Counted.of(geohash="rckq2x7yz", category="tree", votes=1, created_at=NOW)

CALLS: Calls = {
    "MongoReportCells.get_counted": lambda c: MongoReportCells(c.mongo).get_counted(REPORT),
    "MongoReportCells.count": lambda c: MongoReportCells(c.mongo).count(REPORT, None, _COUNTED),
    "MongoReportCells.list_weeks": lambda c: MongoReportCells(c.mongo).list_weeks(
        ["rckq", "rckr"], since=NOW - timedelta(days=90), category=None
    ),
    "MongoReportCells.list_weeks: category": lambda c: MongoReportCells(c.mongo).list_weeks(
        ["rckq", "rckr"], since=NOW - timedelta(days=90), category="tree"
    ),
    "MongoVerdicts.get": lambda c: MongoVerdicts(c.mongo).get("key"),
    "MongoVerdicts.keep": lambda c: MongoVerdicts(c.mongo).keep("key", {}, NOW),
    "MongoReports.commit": _commit_twice,
    "MongoReports.get": lambda c: MongoReports(c.mongo).get(REPORT),
    "MongoReports.get_many": lambda c: MongoReports(c.mongo).get_many([REPORT]),
    "MongoReports.renew_secret": lambda c: MongoReports(c.mongo).renew_secret(REPORT, "a", "b"),
    "MongoReports.list_public": lambda c: MongoReports(c.mongo).list_public(ReportQuery(), limit=20),
    "MongoReports.list_public: next page": lambda c: MongoReports(c.mongo).list_public(
        ReportQuery(), limit=20, after=(0, "rpt_9")
    ),
    "MongoReports.list_public: filtered": lambda c: MongoReports(c.mongo).list_public(_TREES, limit=20),
    "MongoReports.list_public: status": lambda c: MongoReports(c.mongo).list_public(
        ReportQuery(statuses=[ReportStatus.RESOLVED]), limit=20, after=(0, "rpt_9")
    ),
    "MongoReports.list_public: most upvoted": lambda c: MongoReports(c.mongo).list_public(
        ReportQuery(order=ReportOrder.MOST_UPVOTED), limit=20, after=(3, "rpt_9")
    ),
    "MongoReports.list_by_author": lambda c: MongoReports(c.mongo).list_by_author("usr_0", limit=20, before="rpt_9"),
    "MongoReports.list_by_status": lambda c: MongoReports(c.mongo).list_by_status(
        list(ReportStatus), limit=20, after="rpt_0"
    ),
    "MongoReports.list_near": lambda c: MongoReports(c.mongo).list_near(
        Point(LAT, LNG), radius_m=500, category=None, limit=20
    ),
    "MongoReports.list_near: category": lambda c: MongoReports(c.mongo).list_near(
        Point(LAT, LNG), radius_m=500, category=ReportCategory.TREE, limit=20
    ),
    "MongoReports.list_timeline": lambda c: MongoReports(c.mongo).list_timeline(REPORT, limit=20, after_version=1),
    "MongoReports.any_due": lambda c: MongoReports(c.mongo).any_due(NOW - timedelta(days=30)),
    "MongoReports.claim_due": lambda c: MongoReports(c.mongo).claim_due(LATER, until=LATER, limit=20),
    "MongoReports.claim_recounts": lambda c: MongoReports(c.mongo).claim_recounts(LATER, until=LATER, limit=20),
    "MongoReports.set_counts": lambda c: MongoReports(c.mongo).set_counts(
        make_report(id=REPORT), {"upvote_count": 1}, LATER
    ),
    "MongoReportVotes.add": _vote_and_take_it_back,
    "MongoReportVotes.remove": _vote_and_take_it_back,
    "MongoReportVotes.has_voted": lambda c: MongoReportVotes(c.mongo).has_voted(REPORT, CUSTOMER),
    "MongoReportVotes.count_fresh": lambda c: MongoReportVotes(c.mongo).count_fresh(REPORT, NOW, most=20),
    "MongoReportVotes.count": lambda c: MongoReportVotes(c.mongo).count(REPORT, most=1_000),
    "MongoReportFollows.add": _follow_and_stop,
    "MongoReportFollows.remove": _follow_and_stop,
    "MongoReportFollows.is_following": lambda c: MongoReportFollows(c.mongo).is_following(REPORT, CUSTOMER),
    "MongoReportFollows.list_followers": lambda c: MongoReportFollows(c.mongo).list_followers(
        REPORT, limit=5, after="usr_0"
    ),
    "MongoReportFollows.count": lambda c: MongoReportFollows(c.mongo).count(REPORT, most=1_000),
    "MongoReportComments.insert": lambda c: MongoReportComments(c.mongo).insert(_COMMENT),
    "MongoReportComments.count_one": lambda c: MongoReportComments(c.mongo).count_one(REPORT, NOW),
    "MongoReportComments.find": lambda c: MongoReportComments(c.mongo).find("cmt_1"),
    "MongoReportComments.set_hidden": lambda c: MongoReportComments(c.mongo).set_hidden("cmt_1", is_hidden=True),
    "MongoReportComments.get": lambda c: MongoReportComments(c.mongo).get(REPORT, "cmt_new"),
    "MongoReportComments.list_by_report": lambda c: MongoReportComments(c.mongo).list_by_report(
        REPORT, limit=20, after="cmt_0"
    ),
    "MongoReportComments.count": lambda c: MongoReportComments(c.mongo).count(REPORT, most=1_000),
    "MongoReportComments.remove": lambda c: MongoReportComments(c.mongo).remove(REPORT, "cmt_new"),
    "MongoReportComments.forget_author": lambda c: MongoReportComments(c.mongo).forget_author("usr_0", limit=20),
    "MongoReports.forget_author": lambda c: MongoReports(c.mongo).forget_author("usr_0", NOW, limit=20),
}
