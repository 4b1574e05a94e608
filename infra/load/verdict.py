"""What a load has shown, in lines, and whether that is good enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.load.plan import Outcome, Row

_MOST_ERRORS = 10


def lines(outcome: Outcome) -> Iterator[str]:
    """Tell how it went.

    Args:
        outcome: That.

    Yields:
        A table, what came of it, and the commonest errors.
    """
    yield f"{'':48} {'requests':>9} {'failed':>7} {'median ms':>10} {'p95 ms':>8}"
    yield from map(_line, [*outcome.rows, outcome.total])
    minutes = outcome.seconds / 60
    yield ""
    yield (
        f"{outcome.total.requests / outcome.seconds:.1f} requests a second, {outcome.bookings / minutes:.1f} bookings "
        f"a minute, {outcome.completed} of {outcome.bookings} worked and captured, {outcome.limited} refused by limits"
    )
    for error, count in sorted(outcome.errors.items(), key=lambda each: -each[1])[:_MOST_ERRORS]:
        yield f"{count} x {error}"


def fault(outcome: Outcome, failures_percent: float) -> str:
    """Say why it is not good enough; empty where it is.

    Args:
        outcome: How it went.
        failures_percent: Share of requests that may fail.
    """
    if not outcome.total.requests:
        return "Nothing was asked."
    share = 100 * outcome.total.failures / outcome.total.requests
    if share > failures_percent:
        return f"{share:.2f} % of requests failed, at most {failures_percent:g} % may."
    return "" if outcome.bookings else "Nobody booked anything."


def _line(row: Row) -> str:
    return f"{row.name:48} {row.requests:>9} {row.failures:>7} {row.median:>10.0f} {row.p95:>8.0f}"
