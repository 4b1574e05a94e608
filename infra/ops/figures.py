"""``figures``: count the figures of some UTC days anew; needs MONGODB_URI and MONGODB_DATABASE.

By default all that the schedule would ever count on its own; days before those are counted by nothing else. Safe to
repeat, also while the product runs.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from common.application.admin.metrics.compute import FIRST_DAY, KNOWN_DAYS, compute_day
from common.runtime.loop import run as run_async

from infra.ops.container import operating
from infra.ops.environment import DATABASE, required

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from infra.ops.environment import Commands

_DAY = timedelta(days=1)


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("figures", help="count the dashboard's figures of some days anew", description=__doc__)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the first UTC day")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the last; today")
    parser.set_defaults(run=run, error=parser.error)


def run(chosen: Namespace, environ: Mapping[str, str]) -> int:
    """Count the days."""
    today = datetime.now(UTC).date()
    last = chosen.last or today
    first = chosen.first or last - KNOWN_DAYS * _DAY
    if not FIRST_DAY <= first <= last <= today:
        chosen.error(f"give days from {FIRST_DAY} to today, the first before the last")
    required(environ, *DATABASE)
    run_async(_count(first, last, environ))
    return 0


async def _count(first: date, last: date, environ: Mapping[str, str]) -> None:
    async with operating(environ) as container:
        day = first
        while day <= last:
            await compute_day(container.metrics, day)
            print(day)
            day += _DAY
