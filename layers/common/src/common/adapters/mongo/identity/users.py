"""Accounts in the collection ``users``."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, plain, to_document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.people_search import family_name
from common.domain.identity.roles import STAFF_ROLES
from common.domain.identity.sessions import LONGEST_ACCESS_LIFETIME
from common.domain.identity.users import OnboardingStatus, User
from common.domain.shared.errors import Conflict, NotFound

HOLDINGS: Holdings = {
    "users": (account("_id", Fate.BLANKED, why="exported as the account itself"),),
}

#: Ended sign-ins that an account remembers; many more than people end within a token's life.
_MOST_ENDED = 100
#: A token may be signed a moment after its sign-in has ended, by a request that was under way.
_MARGIN = timedelta(minutes=1)


class MongoUsers:
    """Implements ``Users``, ``StaffList`` and ``UserReader``."""

    def __init__(self, mongo: Mongo) -> None:
        self._users = mongo.collection("users")

    async def get(self, user_id: str) -> User | None:
        """One account by id, deleted ones included."""
        row = await self._users.find_one({"_id": user_id}, session=current_session())
        return from_document(User, row) if row else None

    async def find_by_email_key(self, email_key: str) -> User | None:
        """The account of a normalised address."""
        row = await self._users.find_one({"email_key": email_key}, session=current_session())
        return from_document(User, row) if row else None

    async def insert(self, user: User) -> bool:
        """Store a new account; ``False`` if its address has one already."""
        try:
            await self._users.insert_one(user_document(user), session=current_session())
        except DuplicateKeyError:
            return False
        return True

    async def find_or_insert(self, user: User) -> User:
        """The account of the user's address, or this one, stored; one command, whose time tells little of which."""
        wanted = {"email_key": user.email_key}
        try:
            row = await self._users.find_one_and_update(
                wanted, {"$setOnInsert": user_document(user)}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            row = await self._users.find_one(wanted)
        return from_document(User, row) if row else user

    async def update(self, user_id: str, fields: Mapping[str, Any], *, end_sessions: bool = False) -> User:
        """Set fields by their names in ``User``; returns the account after it (see the port for what it raises)."""
        change: Document = {"$set": plain(_with_family_name(fields))}
        if end_sessions:
            change["$inc"] = {"session_epoch": 1}
        return await self._changed(user_id, change)

    async def advance(
        self, user_id: str, fields: Mapping[str, Any], *, step: OnboardingStatus, next_step: OnboardingStatus
    ) -> User:
        """Set fields, and let an account whose onboarding stands at ``step`` go on to the next (see the port)."""
        present = {"$ifNull": ["$onboarding_status", OnboardingStatus.NOT_STARTED.value]}
        change: Document = {name: {"$literal": value} for name, value in plain(_with_family_name(fields)).items()}
        change["onboarding_status"] = {"$cond": [{"$eq": [present, step.value]}, next_step.value, present]}
        return await self._changed(user_id, [{"$set": change}])

    async def _changed(self, user_id: str, change: Document | list[Document]) -> User:
        try:
            row = await self._users.find_one_and_update(
                {"_id": user_id, "deleted_at": None},
                change,
                return_document=ReturnDocument.AFTER,
                session=current_session(),
            )
        except DuplicateKeyError as error:
            raise Conflict("This address has an account already.", code="email_taken") from error
        if row is None:
            raise NotFound("There is no such account.")
        return from_document(User, row)

    async def touch(self, user_id: str) -> None:
        """Write the account inside the present transaction (see the port)."""
        touched = await self._users.update_one(
            {"_id": user_id, "deleted_at": None}, {"$inc": {"touches": 1}}, session=current_session()
        )
        if touched.matched_count == 0:
            raise NotFound("There is no such account.")

    async def end_access(self, user_id: str, session_ids: Sequence[str], now: datetime) -> None:
        """End the access tokens of some sign-ins at once; remembered in the document that every request reads."""
        await self._users.update_one({"_id": user_id}, _end_access(session_ids, now), session=current_session())

    async def list_newest(self, *, is_active: bool | None, limit: int, before: str | None) -> Sequence[User]:
        """Accounts, newest first."""
        wanted: Document = {} if is_active is None else {"is_active": is_active}
        if before:
            wanted["_id"] = {"$lt": before}
        cursor = self._users.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(User, row) async for row in cursor]

    async def list_staff(self, *, limit: int, before: str | None) -> Sequence[User]:
        """Accounts with a staff role, newest first; ``before`` is the id last seen."""
        wanted: Document = {"roles": {"$in": sorted(role.value for role in STAFF_ROLES)}}
        if before:
            wanted["_id"] = {"$lt": before}
        cursor = self._users.find(wanted).sort("_id", -1).limit(limit)
        return [from_document(User, row) async for row in cursor]


def user_document(user: User) -> Document:
    """The document of an account, with the word of the name by which people are looked for too."""
    return {**to_document(user), "family_name": family_name(user.full_name)}


def _with_family_name(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**fields, "family_name": family_name(fields["full_name"])} if "full_name" in fields else fields


def _end_access(session_ids: Sequence[str], now: datetime) -> list[Document]:
    """The update pipeline: forget what no token can name any more, add these; or where they are many, end all."""
    until = now + LONGEST_ACCESS_LIFETIME + _MARGIN
    known = {"$ifNull": ["$ended_sign_ins", []]}
    kept = {"$filter": {"input": known, "as": "ended", "cond": {"$gt": ["$$ended.until", now]}}}
    added = {"$literal": [{"id": session_id, "until": until} for session_id in session_ids]}
    is_many = {"$gt": [{"$size": "$ended_sign_ins"}, _MOST_ENDED]}
    return [
        {
            "$set": {
                "ended_sign_ins": {"$concatArrays": [kept, added]},
                "touches": {"$add": [{"$ifNull": ["$touches", 0]}, 1]},
            }
        },
        {
            "$set": {
                "session_epoch": {"$add": [{"$ifNull": ["$session_epoch", 0]}, {"$cond": [is_many, 1, 0]}]},
                "ended_sign_ins": {"$cond": [is_many, [], "$ended_sign_ins"]},
            }
        },
    ]
