"""Statements as spreadsheets read them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from common.application.payments.statements import to_csv
from common.domain.payments.ledger import Account, LedgerLine
from common.domain.shared.money import Money


def line(**fields: object) -> LedgerLine:
    values: dict[str, object] = {
        "id": "led_1",
        "entry_id": "ent_1",
        "booking_id": "bkg_1",
        "provider_id": "prv_1",
        "account": Account.HELD,
        "amount": Money(amount=-1_250, currency="nzd"),
        "reason": "capture",
        "at": datetime(2026, 11, 20, 9, 30, 5, tzinfo=UTC),
    }
    return LedgerLine.model_validate({**values, **fields})


def test_instants_are_dates_and_amounts_are_numbers_to_a_spreadsheet() -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([line()])))

    assert datetime.strptime(row["at_utc"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) == line().at
    assert float(row["amount"]) == -12.5


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    (row,) = csv.DictReader(io.StringIO(to_csv([line(booking_id=evil, entry_id=evil, reason=evil, stripe_id=evil)])))

    assert [row[name][0] for name in ("booking_id", "entry_id", "reason", "stripe_id")] == ["'"] * 4
