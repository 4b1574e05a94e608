"""Photographs in the collection ``media``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument

from common.adapters.mongo.shared.database import Document, Mongo, Session
from common.adapters.mongo.shared.documents import from_document, plain, to_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Whose
from common.adapters.mongo.shared.taking import take_due
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.shared.due import Due
from common.domain.media.likeness import Candidate
from common.domain.media.media import MEDIA_PREFIX, UNATTACHED, Captured, Media, MediaState, Purpose
from common.domain.shared.errors import FieldError, InvalidInput, Unavailable
from common.domain.shared.ids import earliest_id

#: Where a file lies and what else looks like it is of no use to its owner, or another's.
_NOT_EXPORTED = frozenset({"key", "renditions", "bands", "dhash", "alike", "point", "lease"})

HOLDINGS: Holdings = {
    "media": (Holding(Whose.ACCOUNT, Fate.BLANKED, "owner_id", "media", hidden=_NOT_EXPORTED),),
}

_SHOWN = [state.value for state in MediaState if state is not MediaState.DELETED]
_WORKED_ON = [MediaState.UPLOADED.value, MediaState.PROCESSING.value]
#: Of an erased or deleted photograph nothing is left but where its objects lie, until they are gone.
_BLANK: Document = {
    "state": MediaState.DELETED.value,
    "file_name": "",
    "captured": None,
    "point": None,
    "bands": [],
    "dhash": None,
    "placeholder": None,
    "alike": [],
    "attached_to": None,
}


class MongoMedia:
    """Implements ``MediaRepository``."""

    def __init__(self, mongo: Mongo) -> None:
        self._media = mongo.collection("media")

    async def insert(self, media: Media) -> None:
        """Store an announced upload, inside the unit of work."""
        await self._media.insert_one(to_document(media), session=current_session())

    async def sum_bytes_since(self, owner_id: str, since: datetime) -> int:
        """How many bytes somebody has announced since an instant, inside the unit of work."""
        recent = {"owner_id": owner_id, "_id": {"$gte": earliest_id(MEDIA_PREFIX, since)}}
        added: list[Document] = [{"$match": recent}, {"$group": {"_id": None, "bytes": {"$sum": "$size"}}}]
        rows = await self._media.aggregate(added, session=current_session(), hint="owner_newest")
        return sum([int(row["bytes"]) async for row in rows])

    async def get(self, media_id: str) -> Media | None:
        """One photograph, in whatever state."""
        row = await self._media.find_one({"_id": media_id}, session=current_session())
        return from_document(Media, row) if row else None

    async def find_many(self, media_ids: Sequence[str]) -> Mapping[str, Media]:
        """Those of the photographs that there are, whosever they are, by id."""
        if not media_ids:
            return {}
        cursor = self._media.find({"_id": {"$in": list(media_ids)}}, session=current_session())
        return {row["_id"]: from_document(Media, row) async for row in cursor}

    async def list_by_owner(
        self, owner_id: str, *, purpose: Purpose | None, limit: int, before: str | None
    ) -> Sequence[Media]:
        """Somebody's photographs that are not deleted, newest first; ``before`` is the id last seen."""
        wanted: Document = {"owner_id": owner_id, "state": {"$in": _SHOWN}}
        if purpose is not None:
            wanted["purpose"] = purpose.value
        if before is not None:
            wanted["_id"] = {"$lt": before}
        cursor = self._media.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(Media, row) async for row in cursor]

    async def change(
        self, media_id: str, fields: dict[str, Any], *, states: Sequence[MediaState], now: datetime
    ) -> Media | None:
        """Set fields of a photograph that is in one of these states; ``None`` if it is not. Takes part in a unit."""
        return await self._change(
            {"_id": media_id, "state": {"$in": [each.value for each in states]}},
            {"$set": {**plain(fields), **_point_of(fields), "updated_at": now}},
        )

    async def begin_processing(self, media_id: str, *, now: datetime, until: datetime) -> Media | None:
        """Take an uploaded photograph for processing and count the attempt (see the port)."""
        taken = {"state": MediaState.PROCESSING.value, "next_due_at": until, "updated_at": now}
        return await self._change(
            {"_id": media_id, "state": {"$in": _WORKED_ON}}, {"$set": taken, "$inc": {"attempts": 1}}
        )

    async def attach(
        self,
        media_ids: Sequence[str],
        *,
        owner_id: str,
        purpose: Purpose,
        target: str,
        now: datetime,
        field: str,
        session: Session | None = None,
    ) -> None:
        """Attach photographs to what they belong to (see the port).

        Inside the caller's unit of work, or in the transaction of another repository that gives its session.
        """
        if not media_ids:
            return
        usable = {
            "_id": {"$in": list(media_ids)},
            "owner_id": owner_id,
            "purpose": purpose.value,
            "state": MediaState.READY.value,
            "attached_to": {"$in": [None, target]},
        }
        attached = {"$set": {"attached_to": target, "updated_at": now}}
        changed = await self._media.update_many(usable, attached, session=session or current_session())
        if changed.matched_count < len(set(media_ids)):
            await self.find_usable(media_ids, owner_id=owner_id, purpose=purpose, target=target, field=field)
            raise Unavailable("A photo has just changed.", retry_after=1)

    async def find_usable(
        self, media_ids: Sequence[str], *, owner_id: str, purpose: Purpose, target: str, field: str
    ) -> Sequence[Media]:
        """Photographs that can be attached, without attaching them (see the port)."""
        found = await self.find_many(media_ids)
        errors = []
        for position, media_id in enumerate(media_ids):
            if fault := _fault(found.get(media_id), owner_id, purpose, target):
                code, message = fault
                errors.append(FieldError(f"{field}.{position}", message, code))
        if errors:
            raise InvalidInput("A photo cannot be used.", errors=errors)
        return [found[media_id] for media_id in media_ids]

    async def detach(self, media_ids: Sequence[str], *, target: str, now: datetime) -> None:
        """Let photographs go from what they belonged to, inside the caller's unit of work (see the port)."""
        if not media_ids:
            return
        freed = {"$set": {"attached_to": None, "next_due_at": now + UNATTACHED, "updated_at": now}}
        of_these = {"_id": {"$in": list(media_ids)}, "attached_to": target}
        await self._media.update_many(of_these, freed, session=current_session())

    async def give(self, media_ids: Sequence[str], *, target: str, owner_id: str, now: datetime) -> None:
        """Give photographs of a target to another owner, inside the caller's unit of work (see the port)."""
        if not media_ids:
            return
        given = {"$set": {"owner_id": owner_id, "updated_at": now}}
        of_these = {"_id": {"$in": list(media_ids)}, "attached_to": target}
        await self._media.update_many(of_these, given, session=current_session())

    async def mark_deleted(self, media_id: str, owner_id: str, now: datetime) -> bool:
        """Give up a photograph that is attached to nothing (see the port)."""
        unattached = {"_id": media_id, "owner_id": owner_id, "state": {"$in": _SHOWN}, "attached_to": None}
        marked = await self._media.update_one(unattached, [{"$set": _given_up(now)}], session=current_session())
        return marked.matched_count == 1

    async def mark_all_deleted(self, owner_id: str, now: datetime, *, limit: int) -> int:
        """Give up to ``limit`` of somebody's photographs up, attached or not; returns how many."""
        living = {"owner_id": owner_id, "state": {"$in": _SHOWN}}
        ids = [row["_id"] async for row in self._media.find(living, {"_id": 1}).limit(limit)]
        if ids:
            await self._media.update_many({"_id": {"$in": ids}}, [{"$set": _given_up(now)}])
        return len(ids)

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Media]:
        """Photographs whose time has come, taken until an instant (see the port)."""
        return await take_due(self._media, Media, now, until=until, limit=limit)

    async def settle(self, media_id: str, until: datetime) -> None:
        """Let the sweep look at a photograph no more (see the port)."""
        await self._media.update_one({"_id": media_id, "next_due_at": until}, {"$set": {"next_due_at": None}})

    async def remove(self, media_id: str) -> None:
        """Forget a deleted photograph, once the bucket holds nothing of it."""
        await self._media.delete_one({"_id": media_id, "state": MediaState.DELETED.value})

    async def list_same_file(self, sha256: str, *, limit: int) -> Sequence[str]:
        """Ids of photographs made of the same file."""
        cursor = self._media.find({"sha256": sha256, "state": MediaState.READY.value}, {"_id": 1}).limit(limit)
        return [row["_id"] async for row in cursor]

    async def list_same_band(self, bands: Sequence[int], *, limit: int) -> Sequence[Candidate]:
        """Photographs that share a band of their hash with these, the newest first."""
        if not bands:
            return []
        same = self._media.find({"bands": {"$in": list(bands)}}, {"dhash": 1}).sort("_id", -1).limit(limit)
        return [Candidate(row["_id"], row["dhash"]) async for row in same if row["dhash"]]

    async def list_close(self, captured: Captured, *, metres: int, since: datetime, limit: int) -> Sequence[Candidate]:
        """Photographs that were taken close to a place and uploaded since an instant, the closest first."""
        point = _point_of({"captured": captured})["point"]
        if point is None:
            return []
        near = {
            "point": {"$nearSphere": {"$geometry": point, "$maxDistance": metres}},
            "_id": {"$gte": earliest_id(MEDIA_PREFIX, since)},
        }
        cursor = self._media.find(near, {"dhash": 1}).limit(limit)
        return [Candidate(row["_id"], row["dhash"]) async for row in cursor if row["dhash"]]

    async def _change(self, wanted: Document, change: Document) -> Media | None:
        row = await self._media.find_one_and_update(
            wanted, change, return_document=ReturnDocument.AFTER, session=current_session()
        )
        return from_document(Media, row) if row else None


def _fault(media: Media | None, owner_id: str, purpose: Purpose, target: str) -> tuple[str, str] | None:
    """Why a photograph cannot be attached: a code and a sentence."""
    if media is None or media.owner_id != owner_id or media.state is MediaState.DELETED:
        return "unknown_media", "You have no such photo."
    if media.purpose is not purpose:
        return "wrong_purpose", f"This photo was uploaded as {media.purpose}, not as {purpose}."
    if media.state is not MediaState.READY:
        return "media_not_ready", f"This photo is {media.state}; it can be used once it is ready."
    if media.attached_to not in {None, target}:
        return "media_in_use", "This photo belongs to something else already. Upload it again."
    return None


def _given_up(now: datetime) -> Document:
    """What a row becomes: its objects go once no address for uploading works any more."""
    blank = {name: {"$literal": value} for name, value in _BLANK.items()}
    return {**blank, "next_due_at": {"$max": [now, "$upload_until"]}, "updated_at": now}


def _point_of(fields: Mapping[str, Any]) -> Document:
    """The point by which photographs close to each other are found, where the fields tell where one was taken."""
    captured = fields.get("captured")
    if not isinstance(captured, Captured):
        return {}
    if captured.lat is None or captured.lng is None:
        return {"point": None}
    return {"point": {"type": "Point", "coordinates": [captured.lng, captured.lat]}}
