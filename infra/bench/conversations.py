"""Sending a message and reading a hundred, beside their baselines."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.domain.messaging.conversations import conversation_id
from pymongo import MongoClient

from infra.bench import costs, measure
from infra.bench.bookings import copies
from infra.bench.environments import http_event
from infra.bench.results import Row, Section, compare
from infra.bench.targets import Target
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from infra.bench.environments import Subject
    from infra.bench.setting import Setting

#: Two people may send 120 messages in a minute; what is watched besides these counts too.
_SENT, _WARMUP = 80, 10
_READS, _SHOWN = 200, 100
_CREATED = 201
_WORDS = "Could you bring a ladder? The hedge at the back is taller than I thought, about three metres."
_SEND_TEXT = (
    "`POST /v1/conversations/{id}/messages`, from both sides in turn, before the acceptance, so that contact details "
    "are looked for. The baseline reads account and booking at once, counts the request, raises the counter and "
    "inserts message and event in one transaction, and sends the event. It verifies no token, and knows neither who "
    "may write nor when. The transaction alone has nothing around it, and sends no event."
)
_READ_TEXT = (
    "`GET /v1/conversations/{id}/messages?limit=100` of a conversation of 150 messages. The baseline reads the "
    "account's state, the conversation and the messages at once and answers the documents by `json.dumps`."
)


async def conversing(setting: Setting) -> list[Section]:
    """Both tables."""
    talking, read = copies(setting, 2, accept_in=timedelta(days=1))
    return [await _sending(setting, talking), await _reading(setting, read)]


async def _sending(setting: Setting, booking_id: str) -> Section:
    world = setting.world
    path = f"/v1/conversations/{conversation_id(booking_id)}/messages"
    senders = itertools.cycle((world.token, world.provider_token))

    def ours() -> dict[str, Any]:
        return http_event("POST", path, token=next(senders), body={"text": _WORDS})

    def bare() -> dict[str, Any]:
        body = {"caller_id": world.user.id, "booking_id": booking_id, "text": _WORDS}
        return http_event("POST", path, body=body)

    base = setting.baseline("conversations.sending", status=_CREATED, fresh=bare).named("baseline")
    alone = setting.baseline("conversations.transaction", status=_CREATED, fresh=bare).named("the transaction alone")
    mine = setting.http["messaging"].sending(ours, _CREATED).named("GigSta")
    return Section("Sending a message", _SEND_TEXT, await _rows(setting, base, alone, mine))


async def _rows(setting: Setting, base: Subject, alone: Subject, mine: Subject) -> list[Row]:
    everyone = [base, mine, alone]
    timings = await measure.warm(setting.bench, everyone, runs=setting.runs(_SENT), warmup=_WARMUP)
    spent = {each.name: (await costs.trace(setting, each)).cost for each in everyone}
    own, baseline = timings[mine.name], timings[base.name]
    return [
        Row(alone.name, timings[alone.name], cost=spent[alone.name]),
        Row(base.name, baseline, cost=spent[base.name]),
        compare(mine.name, own, baseline, Target.MESSAGE, cost=spent[mine.name]),
    ]


async def _reading(setting: Setting, booking_id: str) -> Section:
    world, talk = setting.world, conversation_id(booking_id)
    _fill(setting, booking_id)
    body = {"caller_id": world.user.id, "conversation_id": talk}
    event = http_event("GET", f"/v1/conversations/{talk}/messages?limit={_SHOWN}", token=world.token)
    base = setting.baseline("conversations.replaying", http_event("POST", "/", body=body), status=200).named("baseline")
    mine = setting.http["messaging"].asking(event).named("GigSta")
    runs = setting.runs(_READS)
    rows = await costs.compared(setting, base, mine, Target.MESSAGES, of="", runs=runs, warmup=_WARMUP)
    return Section("Reading a hundred messages", _READ_TEXT, rows)


def _fill(setting: Setting, booking_id: str) -> None:
    """Store a conversation of 150 messages, as they are stored when they are sent."""
    world, now, talk, count = setting.world, datetime.now(UTC), conversation_id(booking_id), 150
    sides = {"customer": world.user.id, "provider": world.provider.user_id}
    names = [list(sides)[number % 2] for number in range(count)]
    common: dict[str, Any] = {
        "conversation_id": talk,
        "text": _WORDS,
        "original": None,
        "media_ids": [],
        "created_at": now,
    }
    rows = [
        {
            **common, "_id": f"msg_bench{number:06d}", "client_id": f"msg_bench{number:06d}", "seq": number,
            "customer_count": (number + 1) // 2, "sender": side, "sender_id": sides[side],
        }
        for number, side in enumerate(names, 1)
    ]  # fmt: skip
    found = {
        "_id": talk, "subject_id": booking_id, "customer_id": sides["customer"], "provider_user_id": sides["provider"],
        "members": list(sides.values()), "last_seq": count, "customer_sent": count // 2, "last_at": now,
        "created_at": now,
    }  # fmt: skip
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["messages"].insert_many(rows)
        client[DATABASE]["conversations"].insert_one(found)
