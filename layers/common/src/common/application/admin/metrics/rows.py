"""The rows behind a figure, page by page; a page looks through a bounded stretch of time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from common.application.ports.admin.metrics import Area, Fact, Facts

#: Rows are found by their instant alone: what a page may look through.
_STRETCH = timedelta(days=7)


class Rows(NamedTuple):
    """A page, and the (instant, id) that the next one comes after; ``None`` after the last."""

    rows: Sequence[Fact]
    next_after: tuple[datetime, str] | None


async def list_rows(
    facts: Facts,
    area: Area,
    figure: str,
    since: datetime,
    before: datetime,
    *,
    currency: str | None,
    limit: int,
    after: tuple[datetime, str] | None,
) -> Rows:
    """What a figure counts in a period, the oldest first.

    Args:
        facts: port.
        area: what the figure is about.
        figure: its name; one that the area does not have has no rows.
        since: the period's start.
        before: its end, exclusive.
        currency: of amounts; any where it is ``None``.
        limit: rows of a page.
        after: where the page before ended; an empty id for an instant that was looked at up to.
    """
    begin = max(since, after[0]) if after else since
    if begin >= before:
        return Rows([], None)
    end = min(before, begin + _STRETCH)
    found = await facts.list(
        area, figure, begin, end, currency=currency, limit=limit + 1, after=after if after and after[1] else None
    )
    if len(found) > limit:
        last = found[limit - 1]
        return Rows(found[:limit], (last.at, last.id))
    return Rows(found, (end, "") if end < before else None)
