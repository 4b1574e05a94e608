"""Billing periods follow the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from stripe_local.resources.billing import periods


@pytest.mark.parametrize(
    ("start", "anchor_day", "expected"),
    [("2026-01-31", 31, "2026-02-28"), ("2026-02-28", 31, "2026-03-31"), ("2026-12-15", 15, "2027-01-15")],
)
def test_months_keep_the_anchors_day(start: str, anchor_day: int, expected: str) -> None:
    begin = int(dt.datetime.fromisoformat(f"{start}T10:00:00+00:00").timestamp())
    anchor = int(dt.datetime(2026, 1, anchor_day, 10, tzinfo=dt.UTC).timestamp())
    end = periods.after(begin, {"interval": "month", "interval_count": 1}, anchor)
    assert dt.datetime.fromtimestamp(end, dt.UTC).isoformat() == f"{expected}T10:00:00+00:00"
