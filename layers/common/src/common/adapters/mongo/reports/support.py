"""Votes, followers and comments of reports: ``report_votes``, ``report_follows``, ``report_comments``."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Collection, Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.reports.comments import Comment
from common.domain.reports.votes import RECOUNT_AFTER

HOLDINGS: Holdings = {
    "report_votes": (account("user_id", Fate.DELETED, "report_votes"),),
    "report_follows": (account("user_id", Fate.DELETED, "report_follows"),),
    "report_comments": (account("author_id", Fate.BLANKED, "report_comments"),),
}

_GONE: Document = {"text": "", "author_id": None, "author_name": None, "is_removed": True}


class _OnePerPerson:
    """Rows of which a person has one for each report, and the count of them in the report."""

    def __init__(self, mongo: Mongo, rows: Collection) -> None:
        self._rows = rows
        self._reports = mongo.collection("reports")

    async def _put(self, report_id: str, user_id: str, fields: Document, counts: Mapping[str, int]) -> bool:
        row = {"report_id": report_id, "user_id": user_id, **fields}
        put = await self._rows.update_one({"_id": _key(report_id, user_id)}, {"$setOnInsert": row}, upsert=True)
        if put.upserted_id is None:
            return False
        await _count(self._reports, report_id, counts, fields["created_at"])
        return True

    async def _has(self, report_id: str, user_id: str) -> bool:
        return await self._rows.find_one({"_id": _key(report_id, user_id)}, {"_id": 1}) is not None


class MongoReportVotes(_OnePerPerson):
    """Implements ``Votes``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo, mongo.collection("report_votes"))

    async def add(self, report_id: str, user_id: str, *, is_verified: bool, now: datetime) -> bool:
        """Vote for a report; ``False`` for somebody who has."""
        fields = {"is_verified": is_verified, "created_at": now}
        return await self._put(report_id, user_id, fields, _votes(1, is_verified=is_verified))

    async def remove(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Take a vote back; ``False`` for somebody who has none."""
        row = await self._rows.find_one_and_delete({"_id": _key(report_id, user_id)})
        if row is None:
            return False
        await _count(self._reports, report_id, _votes(-1, is_verified=row["is_verified"]), now)
        return True

    async def has_voted(self, report_id: str, user_id: str) -> bool:
        """Whether somebody has voted."""
        return await self._has(report_id, user_id)

    async def count_fresh(self, report_id: str, since: datetime, *, most: int) -> int:
        """How many votes of fresh accounts came in since an instant (see the port)."""
        fresh = {"report_id": report_id, "is_verified": False, "created_at": {"$gte": since}}
        return await self._rows.count_documents(fresh, limit=most)

    async def count(self, report_id: str, *, most: int) -> Mapping[str, int]:
        """How many votes a report has (see the port)."""
        verified = await self._rows.count_documents({"report_id": report_id, "is_verified": True}, limit=most)
        others = await self._rows.count_documents({"report_id": report_id, "is_verified": False}, limit=most)
        return {"upvote_count": verified + others, "verified_upvote_count": verified}


class MongoReportFollows(_OnePerPerson):
    """Implements ``Follows``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        super().__init__(mongo, mongo.collection("report_follows"))

    async def add(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Follow a report; ``False`` for somebody who does."""
        return await self._put(report_id, user_id, {"created_at": now}, {"follower_count": 1})

    async def remove(self, report_id: str, user_id: str, *, now: datetime) -> bool:
        """Follow it no more; ``False`` for somebody who does not."""
        gone = await self._rows.delete_one({"_id": _key(report_id, user_id)})
        if gone.deleted_count == 0:
            return False
        await _count(self._reports, report_id, {"follower_count": -1}, now)
        return True

    async def is_following(self, report_id: str, user_id: str) -> bool:
        """Whether somebody follows it."""
        return await self._has(report_id, user_id)

    async def list_followers(self, report_id: str, *, limit: int, after: str | None = None) -> Sequence[str]:
        """Accounts that follow it, in their order."""
        wanted: Document = {"report_id": report_id, **({"user_id": {"$gt": after}} if after else {})}
        rows = self._rows.find(wanted, {"user_id": 1}).sort("user_id", 1).limit(limit)
        return [row["user_id"] async for row in rows]

    async def count(self, report_id: str, *, most: int) -> int:
        """How many follow it."""
        return await self._rows.count_documents({"report_id": report_id}, limit=most)


class MongoReportComments:
    """Implements ``Comments``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._comments = mongo.collection("report_comments")
        self._reports = mongo.collection("reports")

    async def insert(self, comment: Comment) -> None:
        """Store a comment, inside the unit of work."""
        await self._comments.insert_one(to_native_document(comment), session=current_session())

    async def count_one(self, report_id: str, now: datetime) -> None:
        """Count a comment that was stored."""
        await _count(self._reports, report_id, {"comment_count": 1}, now)

    async def get(self, report_id: str, comment_id: str) -> Comment | None:
        """One comment of a report."""
        row = await self._comments.find_one({"_id": comment_id, "report_id": report_id})
        return from_document(Comment, row) if row else None

    async def list_by_report(self, report_id: str, *, limit: int, after: str | None = None) -> Sequence[Comment]:
        """Comments of a report, oldest first."""
        wanted: Document = {"report_id": report_id, **({"_id": {"$gt": after}} if after else {})}
        rows = self._comments.find(wanted).sort("_id", 1).limit(limit)
        return [from_document(Comment, row) async for row in rows]

    async def remove(self, report_id: str, comment_id: str) -> bool:
        """Remove what a comment says (see the port)."""
        there = {"_id": comment_id, "report_id": report_id, "is_removed": False}
        removed = await self._comments.update_one(there, {"$set": _GONE}, session=current_session())
        return removed.matched_count == 1

    async def find(self, comment_id: str) -> Comment | None:
        """One comment, whatever it is about; in the unit of work as it is there."""
        row = await self._comments.find_one({"_id": comment_id}, session=current_session())
        return from_document(Comment, row) if row else None

    async def set_hidden(self, comment_id: str, *, is_hidden: bool) -> None:
        """Take a comment out of sight or show it again, inside the unit of work (see the port)."""
        there = {"_id": comment_id, "is_removed": False}
        await self._comments.update_one(there, {"$set": {"is_hidden": is_hidden}}, session=current_session())

    async def count(self, report_id: str, *, most: int) -> int:
        """How many comments it has (see the port)."""
        return await self._comments.count_documents({"report_id": report_id}, limit=most)

    async def forget_author(self, user_id: str, *, limit: int) -> int:
        """Blank up to ``limit`` comments of somebody who has left; how many were found."""
        rows = self._comments.find({"author_id": user_id}, {"_id": 1}).limit(limit)
        ids = [row["_id"] async for row in rows]
        if ids:
            await self._comments.update_many({"_id": {"$in": ids}}, {"$set": _GONE})
        return len(ids)


def _key(report_id: str, user_id: str) -> str:
    return f"{report_id}:{user_id}"


def _votes(by: int, *, is_verified: bool) -> Mapping[str, int]:
    return {"upvote_count": by, "verified_upvote_count": by * is_verified}


async def _count(reports: Collection, report_id: str, counts: Mapping[str, int], now: datetime) -> None:
    """Move counts of a report, and have all of them counted again after a while."""
    change = {"$inc": dict(counts), "$set": {"recount_at": now + RECOUNT_AFTER}}
    await reports.update_one({"_id": report_id}, change)
