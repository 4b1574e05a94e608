"""Conversations in MongoDB: one counter for the numbers of all messages, raised in the transaction that stores one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Walk, Whose
from common.adapters.mongo.shared.unit_of_work import current_session
from common.application.ports.messaging.conversations import AlreadySent, Appended, Member
from common.domain.bookings.booking import ActorKind, other_party
from common.domain.media.photos import Photo
from common.domain.messaging.conversations import NOTICE_AFTER, QUIET_PERIOD, TURN_LOST_AFTER, Conversation, ReadMark
from common.domain.messaging.messages import Message

_OF_BOTH = "what two people have written belongs to both; who has left is shown without a name"
_MILLISECOND = timedelta(milliseconds=1)

HOLDINGS: Holdings = {
    "conversations": (
        Holding(
            Whose.ACCOUNT,
            Fate.KEPT,
            "members",
            "conversations",
            hidden=frozenset({"members", "customer_id", "provider_user_id", "last_message"}),
            why=_OF_BOTH,
            walk=Walk("last_at"),
        ),
    ),
    "messages": (Holding(Whose.ACCOUNT, Fate.KEPT, "sender_id", "messages_sent", why=_OF_BOTH),),
}


class MongoConversations:
    """Implements ``Conversations`` over the collections ``conversations`` and ``messages``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._conversations = mongo.collection("conversations")
        self._messages = mongo.collection("messages")

    async def get(self, conversation_id: str) -> Conversation | None:
        """One conversation by id; ``None`` before its first message."""
        found = await self._conversations.find_one({"_id": conversation_id})
        return None if found is None else from_document(Conversation, found)

    async def get_many(self, conversation_ids: Collection[str]) -> Mapping[str, Conversation]:
        """Those of them that have begun, by id."""
        rows = self._conversations.find({"_id": {"$in": list(conversation_ids)}})
        return {row["_id"]: from_document(Conversation, row) async for row in rows}

    async def list_by_member(
        self, user_id: str, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Conversation]:
        """Somebody's conversations, the latest message first (see the port)."""
        query: Document = {"members": user_id}
        if after is not None:
            at, last_id = after
            later = [{"last_at": {"$lt": at}}, {"last_at": at, "_id": {"$lt": last_id}}]
            query |= {"last_at": {"$lte": at}, "$or": later}
        rows = self._conversations.find(query).sort([("last_at", -1), ("_id", -1)]).limit(limit)
        return [from_document(Conversation, row) async for row in rows]

    async def append(self, opened: Conversation, message: Message) -> Appended:
        """Give a message the next number and store it, inside the unit of work (see the port)."""
        reader, session = other_party(message.sender), current_session()
        before = await self._conversations.find_one_and_update(
            {"_id": opened.id},
            [{"$set": _advanced(opened, message, reader)}],
            upsert=True,
            return_document=ReturnDocument.BEFORE,
            session=session,
        )
        known = Conversation.model_validate({**opened.model_dump(), **(before or {})})
        is_customers = message.sender is ActorKind.CUSTOMER
        numbered = message.model_copy(
            update={"seq": known.last_seq + 1, "customer_count": known.customer_sent + is_customers}
        )
        try:
            await self._messages.insert_one(to_native_document(numbered), session=session)
        except DuplicateKeyError as error:
            raise AlreadySent from error
        told_at, turn = (before or {}).get(f"{reader}_told_at"), known.notice_at(reader)
        due = message.created_at + NOTICE_AFTER
        notice_at = max(due, told_at + QUIET_PERIOD) if told_at else due
        is_armed = turn is not None and turn > message.created_at - TURN_LOST_AFTER
        return Appended(numbered, None if is_armed else notice_at, known.is_ended)

    async def mark_read(self, conversation_id: str, side: ActorKind, upto: Message) -> Conversation | None:
        """Move a side's mark up to a message, never back; who reads ends the quiet period (see the port)."""
        mark = ReadMark(seq=upto.seq, others=upto.others_up_to(side)).model_dump()
        moved = await self._conversations.find_one_and_update(
            {"_id": conversation_id, f"{side}_read.seq": {"$lt": upto.seq}},
            {"$set": {f"{side}_read": mark}, "$unset": {f"{side}_told_at": ""}},
            return_document=ReturnDocument.AFTER,
            session=current_session(),
        )
        return None if moved is None else from_document(Conversation, moved)

    async def end_notice(
        self, conversation_id: str, side: ActorKind, notice_at: datetime, *, last_seq: int, again_at: datetime | None
    ) -> bool:
        """Note that somebody has looked (see the port)."""
        turn = {"_id": conversation_id, f"{side}_notice_at": notice_at, "last_seq": last_seq}
        change = {"$set": {f"{side}_notice_at": again_at}}
        done = await self._conversations.update_one(turn, change, session=current_session())
        return done.matched_count == 1

    async def note_told(self, conversation_id: str, side: ActorKind, notice_at: datetime, now: datetime) -> None:
        """Note that a side was notified, so that its quiet period begins."""
        turn = {"_id": conversation_id, f"{side}_notice_at": notice_at}
        await self._conversations.update_one(
            turn, {"$set": {f"{side}_notice_at": None, f"{side}_told_at": now}}, session=current_session()
        )


def _advanced(opened: Conversation, message: Message, reader: ActorKind) -> Document:
    """What a message makes of its conversation, which is stored with the first; all that people wrote is literal."""
    kept = opened.model_dump(include={"customer_id", "provider_user_id", "members", "created_at"})
    marks = {
        f"{side}_read": {"$ifNull": [f"${side}_read", ReadMark().model_dump()]} for side in (message.sender, reader)
    }
    due, quiet = message.created_at + NOTICE_AFTER, QUIET_PERIOD // _MILLISECOND
    return {
        "subject_id": opened.subject_id,
        **{name: {"$ifNull": [f"${name}", value]} for name, value in kept.items()},
        **marks,
        "last_seq": _raised("last_seq", 1),
        "customer_sent": _raised("customer_sent", int(message.sender is ActorKind.CUSTOMER)),
        "last_message": {"$literal": message.preview.model_dump()},
        "last_at": {"$max": ["$last_at", message.created_at]},
        f"{reader}_notice_at": {
            "$cond": [
                {"$gt": [f"${reader}_notice_at", message.created_at - TURN_LOST_AFTER]},
                f"${reader}_notice_at",
                {"$max": [due, {"$add": [f"${reader}_told_at", quiet]}]},
            ]
        },
    }


def _raised(field: str, by: int) -> Document:
    return {"$add": [{"$ifNull": [f"${field}", 0]}, by]}


class MongoMessages:
    """Implements ``Messages`` over the collection ``messages``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._messages = mongo.collection("messages")
        self._conversations = mongo.collection("conversations")

    async def get(self, conversation_id: str, seq: int) -> Message | None:
        """One message by its number."""
        return _message(await self._messages.find_one({"conversation_id": conversation_id, "seq": seq}))

    async def find_by_client_id(self, conversation_id: str, sender_id: str, client_id: str) -> Message | None:
        """A message by its sender's name for it."""
        named = {"conversation_id": conversation_id, "sender_id": sender_id, "client_id": client_id}
        return _message(await self._messages.find_one(named))

    async def list_after(self, conversation_id: str, seq: int, *, limit: int) -> Sequence[Message]:
        """The messages after a number, in their order."""
        later = {"conversation_id": conversation_id, "seq": {"$gt": seq}}
        rows = await self._messages.find(later).sort("seq", 1).limit(limit).to_list()
        return [from_document(Message, row) for row in rows]

    async def list_before(self, conversation_id: str, seq: int, *, limit: int) -> Sequence[Message]:
        """The last messages before a number, in their order; takes part in a unit of work."""
        earlier = {"conversation_id": conversation_id, "seq": {"$lt": seq}}
        rows = await self._messages.find(earlier, session=current_session()).sort("seq", -1).limit(limit).to_list()
        return [from_document(Message, row) for row in reversed(rows)]

    async def first_after(self, conversation_id: str, seq: int, sender: ActorKind) -> Message | None:
        """The first message of a side after a number."""
        later = {"conversation_id": conversation_id, "seq": {"$gt": seq}, "sender": sender.value}
        return _message(await self._messages.find_one(later, sort=[("seq", 1)]))

    async def set_hidden(self, conversation_id: str, seq: int, hidden_at: datetime | None) -> Message | None:
        """Take a message out of sight, or show it again, inside the unit of work (see the port)."""
        session = current_session()
        row = await self._messages.find_one_and_update(
            {"conversation_id": conversation_id, "seq": seq}, {"$set": {"hidden_at": hidden_at}}, session=session
        )
        before = _message(row)
        if before is not None:
            preview = before.model_copy(update={"hidden_at": hidden_at}).preview.model_dump()
            latest = {"_id": conversation_id, "last_seq": seq}
            await self._conversations.update_one(latest, {"$set": {"last_message": preview}}, session=session)
        return before


def _message(row: Mapping[str, Any] | None) -> Message | None:
    return None if row is None else from_document(Message, row)


class MongoMembers:
    """Implements ``Members`` over the collection ``users``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._users = mongo.collection("users")

    async def get_many(self, user_ids: Sequence[str]) -> Mapping[str, Member]:
        """People by account; who has left is not among them."""
        shown = {"full_name": 1, "picture": 1, "deleted_at": 1}
        rows = self._users.find({"_id": {"$in": list(user_ids)}}, shown)
        return {row["_id"]: _member(row) async for row in rows if row.get("deleted_at") is None}


def _member(row: Document) -> Member:
    picture = row.get("picture")
    return Member(row.get("full_name") or "", Photo.model_validate(picture) if picture else None)
