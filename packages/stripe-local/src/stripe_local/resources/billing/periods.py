"""Billing periods in calendar units."""

import calendar
import datetime as dt

from stripe_local.protocol.errors import Json

_SECONDS = {"day": 86400, "week": 7 * 86400}
_MONTHS = {"month": 1, "year": 12}


def after(start: int, recurring: Json, anchor: int) -> int:
    """The end of the period that begins at `start`.

    Months keep the anchor's day, or take the month's last day when it is shorter
    (https://docs.stripe.com/billing/subscriptions/billing-cycle).

    Args:
        start: Seconds since the epoch.
        recurring: A price's `interval` and `interval_count`.
        anchor: The subscription's billing cycle anchor, in seconds since the epoch.
    """
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in _SECONDS:
        return start + _SECONDS[interval] * int(count)
    day = dt.datetime.fromtimestamp(anchor, dt.UTC).day
    begin = dt.datetime.fromtimestamp(start, dt.UTC)
    months = begin.month - 1 + _MONTHS[interval] * int(count)
    year, month = begin.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return int(begin.replace(year=year, month=month, day=min(day, last)).timestamp())
