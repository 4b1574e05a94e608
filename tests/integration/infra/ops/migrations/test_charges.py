"""Bookings with one payment become bookings with one charge, as the code reads them too."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.bookings.documents import booking_document
from common.adapters.mongo.shared.documents import from_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.charges import PaymentState, Transferred
from common.domain.payments.ledger import LedgerLine
from common.domain.payments.operations import PaymentOperation
from pymongo import MongoClient

from infra.ops.migrations.batches import update_in_batches
from infra.ops.migrations.runner import migrate
from tests.factories.bookings import NOW, make_booking

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = import_module("infra.ops.migrations.versions.0097_charges")


@pytest.fixture
def database(mongodb_uri: str, database_name: str) -> Iterator[Any]:
    migrate(mongodb_uri, database_name)
    with MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        yield client[database_name]


def paid_booking() -> Booking:
    """A booking with something in every field of its charge."""
    booking = make_booking(payment=PaymentState.PARTIALLY_REFUNDED, chargeback_ids=["dp_1", "dp_1:won", "dp_2"])
    amounts = {name: 100 + number for number, name in enumerate(STEP._AMOUNTS)}
    charge = booking.first_charge.model_copy(
        update={
            **amounts,
            "state": PaymentState.PARTIALLY_REFUNDED,
            "payment_intent_id": "pi_1",
            "setup_intent_id": "seti_1",
            "stripe_charge_id": "ch_1",
            "transfers": [Transferred(id="tr_1", amount=50, reversed_amount=10)],
            "dispute_ids": ["dp_1", "dp_2"],
            "is_charge_failed": True,
            "capture_before": NOW,
            "attempt": 3,
        }
    )
    return booking.model_copy(update={"charges": [charge]})


def before_charges(booking: Booking) -> dict[str, Any]:
    """The booking as the release before wrote it."""
    document = booking_document(booking)
    del document["charges"]
    return document


def test_the_code_and_the_step_read_the_same_out_of_what_was_stored(database: Any) -> None:
    booking = paid_booking()
    old = before_charges(booking)
    database["bookings"].insert_one(old)
    assert from_document(Booking, old) == booking
    STEP.upgrade(database)
    (stored,) = database["bookings"].find()
    assert from_document(Booking, stored) == booking
    assert stored["charges"] == [booking.first_charge.model_dump()]
    assert stored["payment_details"] == old["payment_details"], "the release before still reads what it wrote"
    STEP.upgrade(database)
    assert database["bookings"].find_one() == stored


def test_a_booking_with_several_charges_is_not_one_to_the_release_before() -> None:
    booking = paid_booking()
    extra = booking.first_charge.model_copy(update={"id": "chg_2"})
    document = booking_document(booking.model_copy(update={"charges": [booking.first_charge, extra]}))
    assert "mode" not in document["payment_details"]


def test_operations_and_ledger_lines_name_the_first_charge(database: Any) -> None:
    money = {"amount": 1, "currency": "nzd"}
    operation = {"_id": "pay_1", "booking_id": "bkg_1", "purpose": "capture", "amount": money,
                 "created_at": NOW, "updated_at": NOW}  # fmt: skip
    line = {"_id": "led_1", "entry_id": "ent_1", "booking_id": "bkg_1", "provider_id": "prv_1", "account": "held",
            "amount": money, "reason": "capture", "at": NOW}  # fmt: skip
    for collection, row in (("payment_operations", operation), ("ledger_entries", line)):
        database[collection].insert_one(row)
    assert from_document(PaymentOperation, operation).charge_id == from_document(LedgerLine, line).charge_id == "chg_1"
    STEP.upgrade(database)
    for collection in ("payment_operations", "ledger_entries"):
        assert [row["charge_id"] for row in database[collection].find()] == ["chg_1"]


def test_batches_reach_every_document_once_and_none_beside(database: Any) -> None:
    rows = database["scratch"]
    rows.insert_many([{"_id": f"{number:02d}", "odd": number % 2} for number in range(11)])
    update_in_batches(rows, {"odd": 1}, [{"$set": {"done": {"$add": [{"$ifNull": ["$done", 0]}, 1]}}}], size=3)
    assert [row["_id"] for row in rows.find({"done": 1})] == ["01", "03", "05", "07", "09"]
