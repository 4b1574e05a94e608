"""Instants as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from common.domain.shared.display import duration_text, local_time_text, money_text, share_text
from common.domain.shared.money import Money


def test_both_half_past_twos_of_a_clock_change_read_differently() -> None:
    """Auckland sets its clocks back at 03:00 on 5 April 2026, which is 14:00 UTC the day before."""
    first, second = (
        local_time_text(datetime(2026, 4, 4, hour, 30, tzinfo=UTC), "Pacific/Auckland") for hour in (13, 14)
    )

    assert first == "Sun 5 Apr 2026, 2:30 NZDT"
    assert second == "Sun 5 Apr 2026, 2:30 NZST"


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("America/Sao_Paulo", "9:00 UTC-03:00"),
        ("Asia/Kolkata", "17:30 IST"),
        ("Pacific/Chatham", "1:45 UTC+13:45"),
    ],
)
def test_a_zone_without_an_abbreviation_shows_its_offset(zone: str, shown: str) -> None:
    assert shown in local_time_text(datetime(2026, 11, 20, 12, 0, tzinfo=UTC), zone)


def test_a_day_reads_in_words_with_the_zone_beside_the_time() -> None:
    instant = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)

    assert local_time_text(instant, "Pacific/Auckland") == "Tue 1 Dec 2026, 9:00 NZDT"
    assert local_time_text(instant, "Australia/Brisbane") == "Tue 1 Dec 2026, 6:00 AEST"
    assert local_time_text(instant, "UTC") == "Mon 30 Nov 2026, 20:00 UTC"


def test_another_language_needs_its_locale_alone() -> None:
    instant = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)

    assert local_time_text(instant, "Pacific/Auckland", "de") == "Di., 1. Dez. 2026, 9:00 NZDT"
    assert money_text(Money(amount=-125_000, currency="nzd"), "de") == "-1.250,00 NZD"
    assert money_text(Money(amount=125_000, currency="nzd"), "fr") == "1 250,00 NZD"
    assert share_text(1_250, "de") == "12,5 %"
    assert duration_text(timedelta(hours=1, minutes=30), "de") == "1 Stunde 30 Minuten"


def test_shares_show_no_more_digits_than_they_have() -> None:
    assert [share_text(each) for each in (0, 1_500, 1_250, 1_225)] == ["0%", "15%", "12.5%", "12.25%"]
