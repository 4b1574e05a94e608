"""Every query of bookings runs on an index of its own shape and reads little more than it returns."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.bookings.offers import offer_pipeline
from common.adapters.mongo.bookings.repository import STRIPE_FIELDS, dispute_filter, list_filter, stripe_id_filter
from common.adapters.mongo.scheduling.claim_filters import around, claim_document, taking_any
from common.adapters.mongo.shared.taking import due_filter
from common.application.ports.bookings.repository import BookingQuery
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.groups import UPCOMING
from pymongo import MongoClient

from tests.factories.bookings import NOW, make_booking, make_claims, make_slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from common.adapters.mongo.shared.database import Document
    from pymongo.database import Database

PER_PARTY = 300
LIMIT = 20
SOON = NOW + timedelta(hours=9)

HELD = {"provider_id": "prv_1", "held_by": "0af1"}


@pytest.fixture(scope="module")
def stored(mongodb_uri: str, migrated_database: str) -> Iterator[Database[dict[str, Any]]]:
    """Many bookings and claims of few parties, written once for the module."""
    statuses = list(BookingStatus)
    rows, claims = [], []
    for number in range(PER_PARTY):
        booking = make_booking(
            slot=make_slot(NOW + timedelta(hours=number)),
            status=statuses[number % len(statuses)],
            customer_id=f"usr_{number % 2}",
            provider_id=f"prv_{number % 2}",
            next_due_at=NOW + timedelta(minutes=number),
        )
        awaiting = ["provider"] if number % 3 == 0 else []
        rows.append({**booking.model_dump(exclude={"id"}), "_id": booking.id, "awaiting": awaiting})
        claims += [claim_document(each) for each in make_claims(booking)]
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        database = client[migrated_database]
        database["bookings"].insert_many(rows)
        database["slot_claims"].insert_many(claims)
        states = ["published"] * 9 + ["hidden"]
        database["ratings"].insert_many(
            [{"_id": f"rat_{n:03d}", "booking_id": f"bkg_{n}", "state": states[n % 10]} for n in range(PER_PARTY)]
        )
        yield database


def plan(
    stored: Database[dict[str, Any]],
    collection: str,
    query: Document,
    sort: list[tuple[str, int]] | None = None,
    limit: int = LIMIT,
) -> tuple[str, dict[str, Any]]:
    """Name of the index used and the statistics of the run."""
    cursor = stored[collection].find(query).limit(limit)
    explained = (cursor.sort(sort) if sort else cursor).explain()
    assert "COLLSCAN" not in str(explained["queryPlanner"]["winningPlan"])
    assert "'stage': 'SORT'" not in str(explained["queryPlanner"]["winningPlan"])
    return _index_of(explained["queryPlanner"]["winningPlan"]), explained["executionStats"]


def _index_of(stage: dict[str, Any]) -> str:
    if "indexName" in stage:
        return str(stage["indexName"])
    inner = stage.get("inputStage") or stage.get("queryPlan") or next(iter(stage.get("inputStages", [])))
    return _index_of(inner)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (BookingQuery(customer_id="usr_1"), "customer_status_start"),
        (BookingQuery(customer_id="usr_1", statuses=UPCOMING, soonest_first=True), "customer_status_start"),
        (BookingQuery(provider_id="prv_1", statuses=(BookingStatus.ACCEPTED,)), "provider_status_start"),
        (
            BookingQuery(provider_id="prv_1", awaiting=ActorKind.PROVIDER, soonest_first=True),
            "provider_awaited_start",
        ),
    ],
)
@pytest.mark.parametrize("is_later_page", [False, True])
def test_lists_read_what_they_return(
    stored: Database[dict[str, Any]], query: BookingQuery, index: str, is_later_page: bool
) -> None:
    direction = 1 if query.soonest_first else -1
    after = (NOW + timedelta(hours=PER_PARTY // 2), "bkg_") if is_later_page else None
    sort = [("slot.start_at", direction), ("_id", direction)]

    used, stats = plan(stored, "bookings", list_filter(query, after), sort)

    assert used == index
    assert stats["nReturned"] > 0
    assert stats["totalDocsExamined"] <= stats["nReturned"] + len(BookingStatus)


@pytest.mark.parametrize(
    ("collection", "query", "sort", "index"),
    [
        ("bookings", due_filter(NOW), "next_due_at", "due_page"),
        ("bookings", dispute_filter((NOW, "bkg_")), "dispute.opened_at", "open_disputes"),
        ("ratings", {"state": "hidden", "_id": {"$lt": "rat_9"}}, "_id", "state"),
        ("bookings", {"customer_id": "usr_1", "idempotency_key": "key"}, None, "customer_idempotency_key"),
        *(
            ("bookings", {f"charges.{field}": "x_1"}, None, f"charge_{field.replace('.', '_')}")
            for field in ("payment_intent_id", "setup_intent_id", "stripe_charge_id", "transfers.id")
        ),
        ("booking_history", {"booking_id": "bkg_1", "version": {"$gt": 3}}, "version", "booking_version"),
        ("slot_claims", {**HELD, "expires_at": {"$gt": NOW}, "_id": {"$nin": ["clm_1"]}}, None, "provider_held_by"),
        ("ratings", {"booking_id": "bkg_1"}, None, "booking_author"),
        ("calendar_feeds", {"token_hash": "x"}, None, "token"),
        ("payment_operations", {"booking_id": "bkg_1"}, "sequence", "booking_sequence"),
        ("ledger_entries", {"booking_id": "bkg_1"}, "_id", "booking"),
        (
            "bookings",
            {"provider_id": "prv_1", "payout": "debt", "price.total.currency": "nzd"},
            "_id",
            "provider_debts",
        ),
        ("bookings", {"payout": "debt"}, "slot.start_at", "debts_by_start"),
        ("bookings", {"provider_away_since": {"$type": "date"}}, "slot.start_at", "provider_away"),
    ],
)
def test_lookups_use_their_index(
    stored: Database[dict[str, Any]], collection: str, query: Document, sort: str | None, index: str
) -> None:
    used, stats = plan(stored, collection, query, [(sort, 1)] if sort else None)

    assert used == index
    assert stats["totalDocsExamined"] <= stats["nReturned"] + 1


def _indexes(explained: dict[str, Any]) -> set[str]:
    return set(re.findall("'indexName': '([a-z_]+)'", str(explained["queryPlanner"]["winningPlan"])))


@pytest.mark.parametrize("resource_ids", [["prv_1"], ["prv_1", "res_room"]])
def test_claims_are_found_by_their_cells_and_by_when_they_begin(
    stored: Database[dict[str, Any]], resource_ids: list[str]
) -> None:
    """Of the alternatives of a filter each has its own index; what both find is read once or twice."""
    soon = make_booking(provider_id="prv_1", resource_ids=resource_ids, slot=make_slot(NOW + timedelta(hours=9)))

    taking = stored["slot_claims"].find(taking_any(make_claims(soon))).explain()
    assert _indexes(taking) == {"resource_cells", "provider_further_cells"}
    assert taking["executionStats"]["totalDocsExamined"] <= 2 * taking["executionStats"]["nReturned"]
    near = stored["slot_claims"].find(around(["prv_1"], resource_ids, NOW, NOW + timedelta(hours=9))).explain()
    assert _indexes(near) == {"resource_start", "provider_start"}
    assert near["executionStats"]["nReturned"] > 0
    assert near["executionStats"]["totalDocsExamined"] <= 2 * near["executionStats"]["nReturned"]


@pytest.mark.parametrize("fields", sorted(set(STRIPE_FIELDS.values())))
def test_an_id_of_stripes_is_found_by_index_in_charges_and_in_what_was_written_before_them(
    stored: Database[dict[str, Any]], fields: tuple[str, str]
) -> None:
    _, stats = plan(stored, "bookings", stripe_id_filter(fields, "x_1"))

    assert (stats["nReturned"], stats["totalDocsExamined"]) == (0, 0)


@pytest.mark.parametrize("resource_ids", [[], ["prv_1"], ["res_a", "res_b"]], ids=["own time", "named", "others"])
def test_an_offer_reads_one_service_and_what_is_taken_around_its_start(
    stored: Database[dict[str, Any]], resource_ids: list[str]
) -> None:
    stored["providers"].replace_one({"_id": "prv_1"}, {"_id": "prv_1"}, upsert=True)
    service = {"_id": "svc_1", "provider_id": "prv_1", "resource_ids": resource_ids}
    stored["services"].replace_one({"_id": "svc_1"}, service, upsert=True)
    pipeline = offer_pipeline("svc_1", NOW + timedelta(hours=100))
    explained = stored.command(
        "explain", {"aggregate": "services", "pipeline": pipeline, "cursor": {}}, verbosity="executionStats"
    )
    assert "COLLSCAN" not in str(explained)
    lookups = [stage for stage in explained["stages"] if "$lookup" in stage]
    assert sum(each["collectionScans"] for each in lookups) == 0
    # Four days at most of this provider's, every other hour.
    assert max(each["totalDocsExamined"] for each in lookups) <= 80
