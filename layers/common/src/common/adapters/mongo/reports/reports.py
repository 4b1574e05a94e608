"""Reports in the collections ``reports`` and ``report_history``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Whose, nobody
from common.adapters.mongo.shared.taking import due_filter, readable, take, take_due
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.reports.reports import ReportOrder, ReportQuery
from common.application.ports.shared.due import Due
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import (
    COUNTS,
    PUBLIC,
    REPORT_PREFIX,
    ActorKind,
    Report,
    ReportChange,
    ReportStatus,
    TimelineEntry,
)
from common.domain.reports.state_machine import notes_without_words
from common.domain.shared.errors import VersionConflict
from common.domain.shared.geo import Point
from common.domain.shared.ids import earliest_id

#: Where a report lies for the database's own geometry, and what the sweeps keep beside it.
_NOT_EXPORTED = frozenset({"location", "counted", "similar_ids", "lease", "recount_at", "recount_lease"})

HOLDINGS: Holdings = {
    "reports": (Holding(Whose.ACCOUNT, Fate.BLANKED, "author_id", "reports", hidden=_NOT_EXPORTED),),
    "report_history": nobody("what happened to reports; of people it has the account that acted, never a name"),
}

_CATEGORIES = [each.value for each in ReportCategory]
_PUBLIC = [each.value for each in ReportStatus if each in PUBLIC]


class MongoReports:
    """Implements ``Reports``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._reports = mongo.collection("reports")
        self._history = mongo.collection("report_history")

    async def get(self, report_id: str) -> Report | None:
        """One report by id, whatever its status."""
        row = await self._reports.find_one({"_id": report_id}, session=current_session())
        return from_document(Report, row) if row else None

    async def get_many(self, report_ids: Sequence[str]) -> Mapping[str, Report]:
        """Those of the reports that there are, by id."""
        if not report_ids:
            return {}
        rows = self._reports.find({"_id": {"$in": list(report_ids)}}, session=current_session())
        return {row["_id"]: from_document(Report, row) async for row in rows}

    async def commit(self, change: ReportChange) -> None:
        """Write a change, inside the unit of work (see the port)."""
        row, session = _document(change.report), current_session()
        if change.expected_version is None:
            await self._reports.insert_one(row, session=session)
        else:
            expected = {"_id": row.pop("_id"), "version": change.expected_version}
            fields = {name: value for name, value in row.items() if name not in COUNTS}
            changed = await self._reports.update_one(expected, {"$set": fields}, session=session)
            if changed.matched_count == 0:
                raise VersionConflict("The report has just changed. Read it again.")
        if change.entry is not None:
            await self._history.insert_one(to_document(change.entry), session=session)

    async def renew_secret(self, report_id: str, secret_hash: str, renewed_hash: str) -> bool:
        """Put another digest of an edit token in the place of one (see the port)."""
        known = {"_id": report_id, "secret_hash": secret_hash}
        renewed = await self._reports.update_one(known, {"$set": {"secret_hash": renewed_hash}})
        return renewed.matched_count == 1

    async def list_public(
        self, query: ReportQuery, *, limit: int, after: tuple[int, str] | None = None
    ) -> Sequence[Report]:
        """Public reports (see the port); all fields of an index are asked for, so that it gives the order, too."""
        wanted: Document = {"is_public": True}
        categories = [each.value for each in query.categories] or _CATEGORIES
        if query.order is ReportOrder.MOST_UPVOTED:
            wanted |= {"category": {"$in": categories}, **_fewer_votes(after)}
            order = [("verified_upvote_count", -1), ("_id", -1)]
            rows = self._reports.find(wanted).sort(order).limit(limit).hint("most_upvoted")
            return [from_document(Report, row) async for row in rows]
        index = "newest"
        wanted |= _made_in(query, after[1] if after else None)
        if query.categories or query.statuses:
            statuses = [each.value for each in query.statuses] or _PUBLIC
            wanted |= {"category": {"$in": categories}, "status": {"$in": statuses}}
            index = "filtered"
        rows = self._reports.find(wanted).sort("_id", -1).limit(limit).hint(index)
        return [from_document(Report, row) async for row in rows]

    async def list_by_author(self, user_id: str, *, limit: int, before: str | None = None) -> Sequence[Report]:
        """Somebody's own reports in every status, newest first."""
        wanted: Document = {"author_id": user_id, **({"_id": {"$lt": before}} if before else {})}
        rows = self._reports.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(Report, row) async for row in rows]

    async def list_by_status(
        self, statuses: Sequence[ReportStatus], *, limit: int, after: str | None = None
    ) -> Sequence[Report]:
        """Reports in any of some statuses, the oldest first."""
        wanted: Document = {"status": {"$in": [each.value for each in statuses]}}
        if after is not None:
            wanted["_id"] = {"$gt": after}
        rows = self._reports.find(wanted).sort("_id", 1).limit(limit).hint("status_oldest")
        return [from_document(Report, row) async for row in rows]

    async def list_near(
        self, point: Point, *, radius_m: int, category: ReportCategory | None, limit: int
    ) -> Sequence[Report]:
        """Public reports around a point, the closest first."""
        near = {"$nearSphere": {"$geometry": _geo_json(point.lat, point.lng), "$maxDistance": radius_m}}
        wanted: Document = {"is_public": True, "location": near}
        if category is not None:
            wanted["category"] = category.value
        rows = self._reports.find(wanted).limit(limit)
        return [from_document(Report, row) async for row in rows]

    async def list_timeline(self, report_id: str, *, limit: int, after_version: int = 0) -> Sequence[TimelineEntry]:
        """What happened to a report, oldest first, after a version."""
        wanted = {"report_id": report_id, "version": {"$gt": after_version}}
        rows = self._history.find(wanted).sort("version", 1).limit(limit)
        return [from_document(TimelineEntry, row) async for row in rows]

    async def any_due(self, now: datetime) -> bool:
        """Whether there is a report for a sweep to take."""
        for field in ("next_due_at", "recount_at"):
            if await self._reports.find_one(due_filter(now, field), {"_id": 1}) is not None:
                return True
        return False

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Report]:
        """Take reports whose timer is due (see the port); a commit ends the lease."""
        return await take_due(self._reports, Report, now, until=until, limit=limit)

    async def claim_recounts(self, now: datetime, *, until: datetime, limit: int) -> Due[Report]:
        """Take reports whose votes, followers or comments have changed a while ago."""
        due, lease = due_filter(now, "recount_at"), {"recount_at": until}
        taken = await take(self._reports, due, lease, mark="recount_lease", limit=limit, order=[("recount_at", 1)])
        return readable(Report, taken)

    async def set_counts(self, seen: Report, counts: Mapping[str, int], claimed_until: datetime) -> None:
        """Correct the counts of a report (see the port)."""
        unchanged = {name: getattr(seen, name) for name in sorted(COUNTS)}
        still = {"_id": seen.id, "recount_at": claimed_until, **unchanged}
        await self._reports.update_one(still, {"$set": dict(counts), "$unset": {"recount_at": "", "recount_lease": ""}})

    async def forget_author(self, user_id: str, now: datetime, *, limit: int) -> int:
        """Take somebody who has left off their reports (see the port)."""
        rows = self._reports.find({"author_id": user_id}, {"_id": 1}).limit(limit)
        ids = [row["_id"] async for row in rows]
        if ids:
            of_author: Document = {"report_id": {"$in": ids}, "actor.kind": ActorKind.AUTHOR.value}
            for action, note in notes_without_words().items():
                await self._history.update_many({**of_author, "action": action}, {"$set": {"note": note}})
            await self._reports.update_many({"_id": {"$in": ids}, "author_id": user_id}, [{"$set": _forgotten(now)}])
        return len(ids)


def _forgotten(now: datetime) -> Document:
    """What a report becomes whose author has left, in whichever status it is."""
    return {
        "author_id": None,
        "author_name": None,
        "secret_hash": None,
        "description": "",
        "photos": {"$literal": []},
        "similar_ids": {"$literal": []},
        "place.address": {"$cond": ["$is_public", "$place.address", ""]},
        "status": {"$cond": ["$is_public", "$status", ReportStatus.WITHDRAWN.value]},
        "next_due_at": {"$cond": ["$is_public", "$next_due_at", None]},
        "next_due_action": {"$cond": ["$is_public", "$next_due_action", None]},
        "version": {"$add": ["$version", 1]},
        "updated_at": now,
    }


def _document(report: Report) -> Document:
    return {**to_document(report), "location": _geo_json(report.place.lat, report.place.lng)}


def _geo_json(lat: float, lng: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lng, lat]}


def _made_in(query: ReportQuery, before: str | None) -> Document:
    """A period, by ids, which are in the order of the instants at which they were made; ``before`` is the last seen."""
    period = {"$gte": earliest_id(REPORT_PREFIX, query.since)} if query.since else {}
    ends = [before] if before else []
    if query.until:
        ends.append(earliest_id(REPORT_PREFIX, query.until))
    if ends:
        period["$lt"] = min(ends)
    return {"_id": period} if period else {}


def _fewer_votes(after: tuple[int, str] | None) -> Document:
    if after is None:
        return {}
    votes, last_id = after
    beyond = [{"verified_upvote_count": {"$lt": votes}}, {"verified_upvote_count": votes, "_id": {"$lt": last_id}}]
    return {"verified_upvote_count": {"$lte": votes}, "$or": beyond}
