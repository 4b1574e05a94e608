"""Every query of payments and notifications runs on an index and sorts nothing in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.notifications.inbox import MongoNotifications, MongoPreferences, MongoPushSubscriptions
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.ledger import MongoLedger
from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.adapters.mongo.payments.reviews import MongoPaymentReviews
from common.adapters.mongo.payments.subscriptions import MongoSubscriptions
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.application.ports.payments.reconciliation import Progress
from common.domain.bookings.discrepancies import Discrepancy, DiscrepancyKind
from common.domain.notifications.inbox import Preferences
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.shared.money import Money
from pymongo import AsyncMongoClient, MongoClient
from pymongo.monitoring import CommandListener

from tests.support import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

_EXPLAINED = frozenset({"find", "findAndModify", "update", "delete", "aggregate", "count"})
_ENVELOPE = frozenset({"lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "writeConcern", "readConcern"})
LATER = START + timedelta(days=1)
OPERATION = PaymentOperation(
    id="pay_1",
    booking_id="bkg_1",
    purpose=Purpose.AUTHORIZE,
    amount=Money(amount=1, currency="nzd"),
    created_at=START,
    updated_at=START,
)


async def _put_and_get_preferences(store: MongoPreferences) -> None:
    await store.save(Preferences(user_id="usr_1"))
    await store.get("usr_1")


async def _keep_place(reviews: MongoPaymentReviews) -> None:
    for revision in (1, 2):
        await reviews.save_progress(Progress(id="intents", verified_until=START, revision=revision))
    await reviews.get_progress("intents")


async def _tell(reviews: MongoPaymentReviews) -> None:
    found = {"booking_id": "bkg_1", "kind": DiscrepancyKind.CAPTURED, "first_seen_at": START, "last_seen_at": START}
    await reviews.report([Discrepancy(id="bkg_1:captured_amount", **found)])
    await reviews.claim_unreported(limit=500)


async def _reconcile(rows: MongoDueReconciliations) -> None:
    await rows.request(["bkg_1"], START)
    (due,) = await rows.claim(START, limit=4)
    await rows.request(["bkg_1"], START)
    await rows.complete(due, START)


QUERIES: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "operation": lambda db: MongoPaymentOperations(db).get("pay_1"),
    "operations of a booking": lambda db: MongoPaymentOperations(db).list_by_booking("bkg_1"),
    "claim": lambda db: MongoPaymentOperations(db).claim("pay_1", START, LATER),
    "abandoned operations": lambda db: MongoPaymentOperations(db).list_abandoned(START, limit=50),
    "ended leases": lambda db: MongoPaymentOperations(db).end_leases(["pay_1"], START),
    "open operations": lambda db: MongoPaymentOperations(db).list_due(START, limit=50),
    "ledger of a booking": lambda db: MongoLedger(db).list_by_booking("bkg_1"),
    "ledger of a provider": lambda db: MongoLedger(db).list_by_provider(
        "prv_1", since=START, before=LATER, limit=500, after=None
    ),
    "waiting events": lambda db: MongoWebhookEvents(db).list_unprocessed(before=START, limit=50),
    "touched bookings": lambda db: MongoPaymentReviews(db).list_touched(START, LATER, limit=50, after=(START, "pay_1")),
    "differences": lambda db: MongoPaymentReviews(db).list_open(limit=20, before=None),
    "next differences": lambda db: MongoPaymentReviews(db).list_open(limit=20, before=(START, "x")),
    "resolving differences": lambda db: MongoPaymentReviews(db).resolve_others("bkg_1", ["a"], START),
    "closing differences": lambda db: MongoPaymentReviews(db).resolve(["a"], START),
    "differences to tell": lambda db: _tell(MongoPaymentReviews(db)),
    "place of a phase": lambda db: _keep_place(MongoPaymentReviews(db)),
    "due reconciliations": lambda db: _reconcile(MongoDueReconciliations(db)),
    "oldest reconciliation": lambda db: MongoDueReconciliations(db).find_oldest(),
    "unpaid plans": lambda db: MongoSubscriptions(db).list_past_due(START, limit=100),
    "inbox": lambda db: MongoNotifications(db).list_by_user("usr_1", unread_only=False, limit=20, before=None),
    "next inbox": lambda db: MongoNotifications(db).list_by_user("usr_1", unread_only=False, limit=20, before="ntf_1"),
    "unread": lambda db: MongoNotifications(db).list_by_user("usr_1", unread_only=True, limit=20, before="ntf_1"),
    "unread count": lambda db: MongoNotifications(db).count_unread("usr_1", most=1_000),
    "read": lambda db: MongoNotifications(db).mark_read("usr_1", "ntf_1", START),
    "read all": lambda db: MongoNotifications(db).mark_all_read("usr_1", START, most=5),
    "preferences": lambda db: _put_and_get_preferences(MongoPreferences(db)),
    "forgetting a browser": lambda db: MongoPushSubscriptions(db).delete("usr_1", "https://push.test/1"),
    "browsers": lambda db: MongoPushSubscriptions(db).list_by_user("usr_1"),
}


class Recorder(CommandListener):
    """Keeps what was sent to the server."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in _EXPLAINED:
            self.commands.append({key: value for key, value in event.command.items() if key not in _ENVELOPE})

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Not of interest."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Not of interest."""


@pytest.fixture
async def recorded(mongodb_uri: str, migrated_database: str) -> AsyncIterator[tuple[Any, Recorder]]:
    recorder = Recorder()
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(mongodb_uri, event_listeners=[recorder], tz_aware=True)
    yield client[migrated_database], recorder
    await client.close()


@pytest.mark.parametrize("name", QUERIES)
async def test_a_query_runs_on_its_index(
    recorded: tuple[Any, Recorder], mongodb_uri: str, migrated_database: str, name: str
) -> None:
    database, recorder = recorded
    await QUERIES[name](database)
    assert recorder.commands
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        for command in recorder.commands:
            plan = client[migrated_database].command("explain", command, verbosity="queryPlanner")
            stages = _stages(plan)
            assert "COLLSCAN" not in stages, (name, stages)
            assert "SORT" not in stages, (name, stages)
            assert stages & {"IXSCAN", "IDHACK", "COUNT_SCAN"}, (name, stages)


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
    recorded: tuple[Any, Recorder],
    mongodb_uri: str,
    migrated_database: str,
    collection: str,
    waiting: dict[str, Any],
    due: dict[str, Any],
    find: Callable[[Any, str], Awaitable[Any]],
) -> None:
    database, recorder = recorded
    whole = OPERATION.model_dump(exclude={"id"}) if collection == "payment_operations" else {}
    event = {"type": "x", "object_id": "x", "created": 1} if collection == "webhook_events" else {}
    base = {**whole, **event, "charge_id": "chg_1"}
    await database[collection].insert_many([{"_id": f"a_{n:03d}", **base, **waiting} for n in range(300)])
    await database[collection].insert_many([{"_id": f"b_{n:03d}", **base, **due} for n in range(60)])
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        for after in ("", "b_019"):
            recorder.commands.clear()
            assert len(await find(database, after)) == 20
            for command in [each for each in recorder.commands if "find" in each]:
                stats = client[migrated_database].command("explain", command, verbosity="executionStats")[
                    "executionStats"
                ]
                assert stats["totalDocsExamined"] <= stats["nReturned"] + 1, (collection, stats)
    await database[collection].delete_many({})


def _stages(plan: Any) -> set[str]:
    """Names of all stages of the winning plan."""
    if isinstance(plan, dict):
        found = {plan["stage"]} if isinstance(plan.get("stage"), str) else set()
        return found.union(*(_stages(value) for key, value in plan.items() if key != "rejectedPlans"))
    if isinstance(plan, list):
        return set().union(*(_stages(value) for value in plan))
    return set()
