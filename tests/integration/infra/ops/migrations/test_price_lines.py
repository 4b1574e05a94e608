"""Bookings that were stored before prices had lines get one, and what is held of it agrees with the ledger."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.bookings.documents import booking_document
from common.adapters.mongo.shared.documents import from_document
from common.domain.bookings.booking import Booking
from common.domain.bookings.price_lines import LineKind
from pymongo import MongoClient

from tests.unit.domain.bookings.support import OPERATOR, PROVIDER, Life, started

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP = importlib.import_module("infra.ops.migrations.versions.0095_price_lines")


def lives() -> Iterator[Life]:
    """Bookings with nothing paid, everything held, all of it passed on, and a part of it given back since."""
    yield Life()
    done = started()
    done.do("complete", PROVIDER)
    yield done.pay_all()
    paid = started()
    paid.do("complete", PROVIDER)
    paid.pay_all().do("refund", OPERATOR, amount=2_000, reason="Late")
    yield paid.pay_all()
    paid.do("refund", OPERATOR, amount=1_000, reason="Later")
    yield paid


def test_each_gets_its_line_once(mongodb_uri: str, database_name: str) -> None:
    lines: dict[str, tuple[Any, Any]] = {}
    before: dict[str, dict[str, Any]] = {}
    for position, life in enumerate(lives()):
        key = f"bkg_{position}"
        old = {**booking_document(life.booking), "_id": key}
        lines[key] = old["price"].pop("lines"), old["payment_details"].pop("held_by_line")
        old["policy"]["steps"] = [list(step) for step in old["policy"]["steps"]]
        before[key] = old
    with MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        db = client[database_name]
        db["bookings"].insert_many(list(before.values()))
        for _ in range(2):
            STEP.upgrade(db)
            stored = {row["_id"]: row for row in db["bookings"].find()}
            found = {
                key: (row["price"].pop("lines"), row["payment_details"].pop("held_by_line"))
                for key, row in stored.items()
            }
            assert found == lines
            assert stored == before
        STEP.downgrade(db)
        assert {row["_id"]: row for row in db["bookings"].find()} == before
    # What the release before writes meanwhile reads as one line too.
    read = from_document(Booking, before["bkg_1"])
    assert [(line.kind, line.amount) for line in read.price.lines] == [(LineKind.SERVICE, read.price.total)]
    assert read.label_of(read.price.lines[0]) == read.service.title
