"""Baselines of conversations: the same transaction and the same find by the bare driver.

Sending: the account's state and the booking at once, the write that a limit needs; one transaction that raises the
conversation's counter, inserts the message and the event; the event is sent, and marked as sent. Left out: verifying
the token, who may write and when, looking for contact details, sending again, and the shape of the answer. The
transaction alone has nothing around it.
"""

import asyncio
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from pymongo.asynchronous.collection import ReturnDocument

from infra.bench.baselines.connection import STATE, Document, answer, client, count_request, database
from infra.bench.baselines.publishing import publish


def sending(event: Document, _context: object) -> Document:
    """Send: the body names the sender, the booking and the text."""
    return answer(_send(json.loads(event["body"])), 201)


def transaction(event: Document, _context: object) -> Document:
    """Write a message and its event, and nothing else."""
    return answer(_write(json.loads(event["body"])), 201)


def replaying(event: Document, _context: object) -> Document:
    """May the account act; the conversation; a hundred messages."""
    return answer(_replay(json.loads(event["body"])))


async def _send(request: Document) -> Any:
    await asyncio.gather(
        database["users"].find_one({"_id": request["caller_id"]}, STATE),
        database["bookings"].find_one({"_id": request["booking_id"]}),
    )
    await count_request("messages")
    message, told = await _write(request)
    await publish([told])
    return message


async def _write(request: Document) -> tuple[Document, Document]:
    now, conversation_id = datetime.now(UTC), f"bench_{request['booking_id']}"
    preview = {"sender": "customer", "text": request["text"], "media_count": 0, "sent_at": now}
    async with client.start_session() as session, await session.start_transaction():
        raised: Any = await database["conversations"].find_one_and_update(
            {"_id": conversation_id},
            {
                "$inc": {"last_seq": 1, "customer_sent": 1},
                "$set": {"last_message": preview, "last_at": now},
                "$setOnInsert": {"members": ["usr_one", "usr_other"], "created_at": now},
            },
            upsert=True,
            return_document=ReturnDocument.AFTER,
            session=session,
        )
        message = {
            "_id": f"msg_{uuid.uuid4().hex}", "conversation_id": conversation_id, "seq": raised["last_seq"],
            "sender_id": request["caller_id"], "sender": "customer", "client_id": uuid.uuid4().hex,
            "text": request["text"], "media_ids": [], "created_at": now,
        }  # fmt: skip
        told = {
            "_id": f"evt_{uuid.uuid4().hex}", "topic": "realtime", "type": "message.sent", "created_at": now,
            "payload": {"ids": {"message_id": message["_id"]}, "preview": request["text"], "version": message["seq"]},
            "published_at": None, "not_before": None,
        }  # fmt: skip
        await database["messages"].insert_one(message, session=session)
        await database["outbox"].insert_one(told, session=session)
    return message, told


async def _replay(request: Document) -> Any:
    of_conversation = {"conversation_id": request["conversation_id"], "seq": {"$gt": 0}}
    _, found, messages = await asyncio.gather(
        database["users"].find_one({"_id": request["caller_id"]}, STATE),
        database["conversations"].find_one({"_id": request["conversation_id"]}),
        database["messages"].find(of_conversation, sort=[("seq", 1)], limit=101).to_list(),
    )
    return found, messages
