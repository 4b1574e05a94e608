"""What schedules look for each minute costs what they find, not what waits beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.shared.money import Money
from pymongo import MongoClient

from tests.support import START
from tests.support.query_plans import Recorder
from tests.support.watched import WatchedMongo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from pymongo.asynchronous.database import AsyncDatabase

LATER = START + timedelta(days=1)
EARLIER = START - timedelta(minutes=1)
OPERATION = PaymentOperation(
    id="pay_1",
    booking_id="bkg_1",
    purpose=Purpose.AUTHORIZE,
    amount=Money(amount=1, currency="nzd"),
    charge_id="chg_1",
    created_at=START,
    updated_at=START,
).model_dump(exclude={"id", "status"})
EVENT = {"type": "x", "object_id": "x", "created": 1, "status": "received"}
Find: TypeAlias = "Callable[[AsyncDatabase[dict[str, Any]]], Awaitable[Sequence[object]]]"
#: Two pages; the last row of the first is the twentieth that is due.
OPERATIONS: tuple[Find, ...] = (
    lambda db: MongoPaymentOperations(db).list_due(START, limit=20),
    lambda db: MongoPaymentOperations(db).list_due(START, limit=20, after="b_019"),
)
EVENTS: tuple[Find, ...] = (lambda db: MongoWebhookEvents(db).list_unprocessed(before=START, limit=20),)
#: Each takes what it finds.
RECONCILIATIONS: tuple[Find, ...] = (lambda db: MongoDueReconciliations(db).claim(START, limit=20),) * 2


@pytest.mark.parametrize(
    ("collection", "waiting", "due", "pages"),
    [
        (
            "payment_operations",
            {**OPERATION, "status": "pending", "next_try_at": LATER},
            {**OPERATION, "status": "uncertain"},
            OPERATIONS,
        ),
        (
            "payment_operations",
            {**OPERATION, "status": "pending", "locked_until": LATER},
            {**OPERATION, "status": "pending", "next_try_at": START},
            OPERATIONS,
        ),
        ("webhook_events", {**EVENT, "received_at": LATER}, {**EVENT, "received_at": EARLIER}, EVENTS),
        (
            "payment_verifications",
            {"next_at": LATER, "tries": 1, "revision": 1},
            {"next_at": START, "tries": 0, "revision": 1},
            RECONCILIATIONS,
        ),
    ],
)
async def test_what_schedules_look_for_reads_what_it_finds_and_not_what_waits(
    mongodb_uri: str,
    migrated_database: str,
    collection: str,
    waiting: dict[str, Any],
    due: dict[str, Any],
    pages: Sequence[Find],
) -> None:
    recorder = Recorder()
    mongo = WatchedMongo(mongodb_uri, migrated_database, recorder)
    rows = mongo.collection(collection)
    await rows.insert_many([{"_id": f"a_{n:03d}", **waiting} for n in range(300)])
    await rows.insert_many([{"_id": f"b_{n:03d}", **due} for n in range(60)])
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        for page in pages:
            recorder.sent.clear()
            assert len(await page(mongo.db)) == 20
            finds = [each.command for each in recorder.sent if each.name == "find"]
            assert finds
            for command in finds:
                plan = client[migrated_database].command("explain", command, verbosity="executionStats")
                stats = plan["executionStats"]
                assert stats["totalDocsExamined"] <= stats["nReturned"] + 1, (collection, stats)
    await rows.delete_many({})
    await mongo.close()
