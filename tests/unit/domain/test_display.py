"""Instants as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from common.domain.display import local_time_text


def test_both_half_past_twos_of_a_clock_change_read_differently() -> None:
    """Auckland sets its clocks back at 03:00 on 5 April 2026, which is 14:00 UTC the day before."""
    first, second = (
        local_time_text(datetime(2026, 4, 4, hour, 30, tzinfo=UTC), "Pacific/Auckland") for hour in (13, 14)
    )

    assert first == "Sunday 5 April 2026, 02:30 NZDT (Pacific/Auckland)"
    assert second == "Sunday 5 April 2026, 02:30 NZST (Pacific/Auckland)"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [("America/Sao_Paulo", "09:00 UTC-03:00"), ("Asia/Kolkata", "17:30 IST"), ("Pacific/Chatham", "01:45 UTC+13:45")],
)
def test_a_zone_without_an_abbreviation_shows_its_offset(zone: str, shown: str) -> None:
    assert shown in local_time_text(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), zone)
