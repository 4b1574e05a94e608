"""Quiet hours, and when they end."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from common.domain.notifications.inbox import Preferences, QuietHours

OVER_MIDNIGHT = QuietHours(start=time(22), end=time(7), timezone="Pacific/Auckland")
AT_NOON = QuietHours(start=time(12), end=time(13, 30), timezone="UTC")


@pytest.mark.parametrize(
    ("hours", "now", "end"),
    [
        (OVER_MIDNIGHT, datetime(2030, 3, 4, 10, 0, tzinfo=UTC), datetime(2030, 3, 4, 18, 0, tzinfo=UTC)),
        (OVER_MIDNIGHT, datetime(2030, 3, 4, 17, 59, tzinfo=UTC), datetime(2030, 3, 4, 18, 0, tzinfo=UTC)),
        (OVER_MIDNIGHT, datetime(2030, 3, 4, 18, 0, tzinfo=UTC), None),
        (AT_NOON, datetime(2030, 3, 4, 12, 0, tzinfo=UTC), datetime(2030, 3, 4, 13, 30, tzinfo=UTC)),
        (AT_NOON, datetime(2030, 3, 4, 11, 59, tzinfo=UTC), None),
    ],
)
def test_they_end_at_the_next_time_on_their_clock(hours: QuietHours, now: datetime, end: datetime | None) -> None:
    assert Preferences(user_id="usr_1", quiet_hours=hours).rests_until(now) == end


def test_who_has_set_none_never_rests() -> None:
    assert Preferences(user_id="usr_1").rests_until(datetime(2030, 3, 4, tzinfo=UTC)) is None
