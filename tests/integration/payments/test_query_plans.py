"""What schedules look for each minute costs what they find, not what waits beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.shared.money import Money
from pymongo import MongoClient

from tests.support import START
from tests.support.query_plans import RecordedMongo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

LATER = START + timedelta(days=1)
OPERATION = PaymentOperation(
    id="pay_1",
    booking_id="bkg_1",
    purpose=Purpose.AUTHORIZE,
    amount=Money(amount=1, currency="nzd"),
    created_at=START,
    updated_at=START,
)


@pytest.fixture
async def mongo(mongodb_uri: str, migrated_database: str) -> AsyncIterator[RecordedMongo]:
    made = RecordedMongo(mongodb_uri, migrated_database)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("collection", "waiting", "due", "find"),
    [
        (
            "payment_operations",
            {"status": "pending", "next_try_at": LATER, "updated_at": START},
            {"status": "uncertain", "updated_at": START},
            lambda db, after: MongoPaymentOperations(db).list_due(START, limit=20, after=after),
        ),
        (
            "payment_operations",
            {"status": "pending", "locked_until": LATER, "updated_at": START},
            {"status": "pending", "next_try_at": START, "updated_at": START},
            lambda db, after: MongoPaymentOperations(db).list_due(START, limit=20, after=after),
        ),
        (
            "webhook_events",
            {"status": "received", "received_at": LATER},
            {"status": "received", "received_at": START - timedelta(minutes=1)},
            lambda db, after: MongoWebhookEvents(db).list_unprocessed(before=START, limit=20),  # noqa: ARG005 - one page
        ),
        (
            "payment_verifications",
            {"next_at": LATER, "tries": 1, "revision": 1},
            {"next_at": START, "tries": 0, "revision": 1},
            lambda db, after: MongoDueReconciliations(db).claim(START, limit=20),  # noqa: ARG005 - it takes what it reads
        ),
    ],
)
async def test_what_schedules_look_for_reads_what_it_finds_and_not_what_waits(
    mongo: RecordedMongo,
    mongodb_uri: str,
    migrated_database: str,
    collection: str,
    waiting: dict[str, Any],
    due: dict[str, Any],
    find: Callable[[Any, str], Awaitable[Any]],
) -> None:
    database, sent = mongo.db, mongo.recorder.sent
    whole = OPERATION.model_dump(exclude={"id"}) if collection == "payment_operations" else {}
    event = {"type": "x", "object_id": "x", "created": 1} if collection == "webhook_events" else {}
    base = {**whole, **event, "charge_id": "chg_1"}
    await database[collection].insert_many([{"_id": f"a_{n:03d}", **base, **waiting} for n in range(300)])
    await database[collection].insert_many([{"_id": f"b_{n:03d}", **base, **due} for n in range(60)])
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        for after in ("", "b_019"):
            sent.clear()
            assert len(await find(database, after)) == 20
            for command in [each.command for each in sent if each.name == "find"]:
                plan = client[migrated_database].command("explain", command, verbosity="executionStats")
                stats = plan["executionStats"]
                assert stats["totalDocsExamined"] <= stats["nReturned"] + 1, (collection, stats)
    await database[collection].delete_many({})
