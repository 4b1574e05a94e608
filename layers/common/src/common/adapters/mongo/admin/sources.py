"""What each area's figures are made of: whole rows of a period, turned into facts by the database.

Ids of rows begin with the instant at which they were made (``domain.shared.ids``), so that a period is a range of
``_id``: no index is kept for figures, and nobody who books pays for them. A source's stages end with rows of
``{_id, at, subject, facts: [{name, by, n, seconds} or null]}``; ``by`` is what a figure is counted by, if anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.adapters.mongo.shared.database import Document
from common.application.admin.metrics.durations import CLASSES
from common.application.ports.admin.metrics import ACTION, MONEY, Area, Figure
from common.domain.bookings.booking import BookingStatus
from common.domain.matching.job_requests import JOB_REQUEST_PREFIX, JobRequestStatus
from common.domain.reports.report import REPORT_PREFIX, ActorKind, ReportStatus
from common.domain.shared.ids import earliest_id

#: The kinds of ids of the rows that are read.
_HISTORY, _LEDGER, _USER, _PROVIDER = "his", "led", "usr", "prv"
#: Statuses of a job request that has found a provider.
_FOUND = [JobRequestStatus.MATCHED.value, JobRequestStatus.BOOKED.value]
#: Staff and providers take a report up by leading it to one of these.
_TAKEN_UP = [ReportStatus.ACKNOWLEDGED.value, ReportStatus.IN_PROGRESS.value, ReportStatus.RESOLVED.value]
_JUDGED = [ReportStatus.VERIFIED.value, ReportStatus.REJECTED.value]


@dataclass(frozen=True)
class Source:
    """One collection's part in an area.

    Args:
        collection: its name.
        prefix: the kind of its rows' ids.
        stages: what makes facts of rows.
        figures: the figures that come of it; ``ACTION`` stands for all that begin so.
        at: the field that has the instant which the id begins with.
    """

    collection: str
    prefix: str
    stages: Sequence[Document]
    figures: frozenset[str]
    at: str = "at"

    def within(self, since: datetime, before: datetime, *, after_id: str | None = None) -> Document:
        """The rows of a period, or those that come after one."""
        begin = {"$gt": after_id} if after_id else {"$gte": earliest_id(self.prefix, since)}
        return {
            "_id": {**begin, "$lt": earliest_id(self.prefix, before)},
            self.at: {"$gte": since, "$lt": before},
        }


def _always(fact: Mapping[str, Any]) -> Document:
    return {"by": None, "seconds": None, "n": 1, **fact}


def _when(condition: Any, fact: Mapping[str, Any]) -> Document:
    return {"$cond": [condition, _always(fact), None]}


def _facts(at: str, subject: str, *facts: Document) -> Document:
    return {"$project": {"at": f"${at}", "subject": f"${subject}", "facts": list(facts)}}


def _all(*conditions: Any) -> Document:
    return {"$and": list(conditions)}


def _is_in(field: str, values: Sequence[str]) -> Document:
    return {"$in": [field, list(values)]}


def _seconds_between(since: Any, until: Any) -> Document:
    return {"$toLong": {"$divide": [{"$subtract": [until, since]}, 1000]}}


def _duration(name: Figure, seconds: str) -> Document:
    """A fact that is counted by the class of a duration (``durations.duration_class``)."""
    shorter = {"$filter": {"input": [60 * each for each in CLASSES], "cond": {"$lt": ["$$this", seconds]}}}
    known = {"name": name.value, "by": {"$toString": {"$size": shorter}}, "seconds": seconds}
    return _when({"$isNumber": seconds}, known)


def _action() -> Document:
    return _always({"name": {"$concat": [ACTION, "$action"]}})


def _money() -> list[Document]:
    return [
        _when(
            _all({"$eq": ["$account", booked.account.value]}, _is_in("$reason", booked.reasons)),
            {
                "name": figure.value,
                "by": "$amount.currency",
                "n": {"$multiply": ["$amount.amount", booked.sign]},
            },
        )
        for figure, booked in MONEY.items()
    ]


_IS_NEW = {"$eq": [{"$ifNull": ["$from_status", None]}, None]}
_FOUND_AT = {"$first": {"$filter": {"input": "$history", "cond": _is_in("$$this.to_status", _FOUND)}}}
_WITH_REPORT: Document = {
    "$lookup": {
        "from": "reports",
        "localField": "report_id",
        "foreignField": "_id",
        "pipeline": [{"$project": {"created_at": 1, "verdict": "$verification.verdict"}}],
        "as": "report",
    }
}
_STAFF_SAY_CIVIC = {"$eq": ["$to_status", ReportStatus.VERIFIED.value]}
_MACHINE_SAYS_CIVIC = _all("$report.verdict.is_civic", {"$not": ["$report.verdict.unsafe"]})
_BOTH_SPOKE = _all(
    {"$eq": ["$actor.kind", ActorKind.MODERATOR.value]},
    _is_in("$to_status", _JUDGED),
    {"$ne": ["$from_status", "$to_status"]},
    {"$eq": [{"$type": "$report.verdict"}, "object"]},
)

SOURCES: Mapping[Area, Sequence[Source]] = {
    Area.BOOKINGS: (
        Source(
            "booking_history",
            _HISTORY,
            [
                _facts(
                    "at",
                    "booking_id",
                    _action(),
                    _when(_IS_NEW, {"name": Figure.CREATED.value}),
                    _when(
                        _all(
                            {"$eq": ["$to_status", BookingStatus.DISPUTED.value]},
                            {"$ne": ["$from_status", BookingStatus.DISPUTED.value]},
                        ),
                        {"name": Figure.DISPUTED.value},
                    ),
                )
            ],
            frozenset({ACTION, Figure.CREATED, Figure.DISPUTED}),
        ),
    ),
    Area.MONEY: (Source("ledger_entries", _LEDGER, [_facts("at", "booking_id", *_money())], frozenset(MONEY)),),
    Area.MATCHING: (
        Source(
            "job_requests",
            JOB_REQUEST_PREFIX,
            [
                {"$set": {"found": _FOUND_AT}},
                {"$set": {"seconds": _seconds_between("$created_at", "$found.at")}},
                _facts(
                    "created_at",
                    "_id",
                    _always({"name": Figure.REQUESTED.value}),
                    _when({"$eq": ["$status", JobRequestStatus.BOOKED.value]}, {"name": Figure.FILLED.value}),
                    _duration(Figure.TIME_TO_MATCH, "$seconds"),
                ),
            ],
            frozenset({Figure.REQUESTED, Figure.FILLED, Figure.TIME_TO_MATCH}),
            at="created_at",
        ),
    ),
    Area.PEOPLE: (
        Source(
            "users",
            _USER,
            [
                _facts(
                    "created_at",
                    "_id",
                    _when("$is_provisional", {"name": Figure.NEW_GUESTS.value}),
                    _when({"$not": ["$is_provisional"]}, {"name": Figure.NEW_PEOPLE.value}),
                )
            ],
            frozenset({Figure.NEW_GUESTS, Figure.NEW_PEOPLE}),
            at="created_at",
        ),
        Source(
            "providers",
            _PROVIDER,
            [_facts("created_at", "_id", _always({"name": Figure.NEW_PROVIDERS.value}))],
            frozenset({Figure.NEW_PROVIDERS}),
            at="created_at",
        ),
    ),
    Area.REPORTS: (
        Source(
            "reports",
            REPORT_PREFIX,
            [_facts("created_at", "_id", _always({"name": Figure.CREATED.value}))],
            frozenset({Figure.CREATED}),
            at="created_at",
        ),
        Source(
            "report_history",
            _HISTORY,
            [
                _WITH_REPORT,
                {"$set": {"report": {"$first": "$report"}}},
                {
                    "$set": {
                        "seconds": {
                            "$cond": [
                                _all(
                                    {"$eq": ["$from_status", ReportStatus.VERIFIED.value]},
                                    _is_in("$to_status", _TAKEN_UP),
                                    _is_in("$actor.kind", [ActorKind.MODERATOR.value, ActorKind.PROVIDER.value]),
                                ),
                                _seconds_between("$report.created_at", "$at"),
                                None,
                            ]
                        }
                    }
                },
                _facts(
                    "at",
                    "report_id",
                    _action(),
                    _duration(Figure.TIME_TO_ANSWER, "$seconds"),
                    _when(
                        _all(_BOTH_SPOKE, {"$eq": [_STAFF_SAY_CIVIC, _MACHINE_SAYS_CIVIC]}),
                        {"name": Figure.VERDICT_AGREED.value},
                    ),
                    _when(
                        _all(_BOTH_SPOKE, {"$ne": [_STAFF_SAY_CIVIC, _MACHINE_SAYS_CIVIC]}),
                        {"name": Figure.VERDICT_DISAGREED.value},
                    ),
                ),
            ],
            frozenset({ACTION, Figure.TIME_TO_ANSWER, Figure.VERDICT_AGREED, Figure.VERDICT_DISAGREED}),
        ),
    ),
}


def source_of(area: Area, figure: str) -> Source | None:
    """Where a figure comes from; ``None`` for one that an area does not have."""
    name = ACTION if figure.startswith(ACTION) else figure
    return next((each for each in SOURCES[area] if name in each.figures), None)
