"""What a large account is given of its data: everything, once, in answers of a bounded size, by indexes."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.domain.bookings.booking import BookingStatus

from tests.factories.bookings import NOW
from tests.support.people import Identity, bearer
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

URL = "/v1/users/me/export"
MANY = 1_200
LAMBDA_ANSWERS = 6_000_000


async def _fill(container: Container, user_id: str) -> dict[str, int]:
    """Lists of more than a thousand rows, with many that share what they are ordered by."""
    statuses = list(BookingStatus)
    large = {"body": "x" * 3_000}
    bookings = [
        {"status": statuses[number % len(statuses)], "slot": {"start_at": NOW + timedelta(days=number // 7)}, **large}
        for number in range(MANY)
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "bookings": [{"customer_id": user_id, **each} for each in bookings],
        "notifications": [{"user_id": user_id, "read_at": None, **large} for _ in range(MANY)],
        "mails": [{"user_id": user_id} for _ in range(MANY)],
        "ratings": [{"author_id": user_id, "author_kind": "customer"} for _ in range(MANY)],
    }
    for name, each in rows.items():
        marked = [{**row, "_id": uuid4().hex, "booking_id": uuid4().hex} for row in each]
        await container.mongo.collection(name).insert_many(marked)
    subjects = {"bookings": "bookings_as_customer", "ratings": "ratings_written"}
    return {subjects.get(name, name): MANY for name in rows}


async def test_the_pages_of_an_export_hold_every_row_once(identity: Identity, container: Container) -> None:
    pair = await identity.register("has.much@example.com")
    many, headers = await _fill(container, pair["user"]["id"]), bearer(pair)
    reads = ("bookings", "notifications", "mails", "ratings", "sessions", "security_events", "booking_intents")
    async with profiled(container.mongo, *reads) as done:
        seen: dict[str, Counter[str]] = {}
        cursor, pages = None, 0
        while pages == 0 or cursor is not None:
            answer = await identity.client.get(URL, params={"cursor": cursor} if cursor else {}, headers=headers)
            assert answer.status_code == 200, answer.text
            assert len(answer.content) < LAMBDA_ANSWERS / 1.5, "it is escaped once more on its way"
            found, pages = answer.json(), pages + 1
            cursor = found.pop("next_cursor")
            assert found.pop("account")["id"] == pair["user"]["id"]
            for subject, rows in found.items():
                seen.setdefault(subject, Counter()).update(row["id"] for row in rows)
    assert pages > 2
    assert {name: len(ids) for name, ids in seen.items() if name in many} == many
    assert {count for ids in seen.values() for count in ids.values()} == {1}

    sorted_reads = [row for row in done if row["op"] == "query" and "sort" in row["command"]]
    assert sorted_reads
    for row in sorted_reads:
        assert not row.get("hasSortStage"), row["ns"]
        assert row["keysExamined"] <= row["nreturned"] + 2 * len(BookingStatus), row["ns"]


async def test_what_is_no_cursor_of_an_export_is_refused(identity: Identity) -> None:
    headers = bearer(await identity.register("no.cursor@example.com"))
    for cursor in ("x", "WyJtb29uIiwieCIsIiJd", "WyJtYWlscyIsIngiLCJ5Il0", "x" * 1025):
        answer = await identity.client.get(URL, params={"cursor": cursor}, headers=headers)
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, ["cursor"])
