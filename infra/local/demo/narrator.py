"""Readable lines: who did what, what state it led to, where the money stands."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from common.domain.shared.display import money_text
from common.domain.shared.money import Money
from rich.console import Console
from rich.markup import escape
from rich.table import Table

_WHO_WIDTH = 26
_WIDTH = 140


class StoryDiffers(Exception):
    """Something came out otherwise than the product's rules say."""


class Narrator:
    """Prints the story and checks it on the way.

    Args:
        console: where to print.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=True, width=_WIDTH)
        self._started = time.monotonic()

    def chapter(self, title: str) -> None:
        """Begin a part of the story."""
        self._console.print(f"\n[bold]{title}[/bold]")

    def step(self, who: str, what: str, booking: Mapping[str, Any] | None = None) -> None:
        """One line: who, what and, where a booking is at hand, its state and money."""
        seconds = time.monotonic() - self._started
        line = f"[dim]{seconds:5.1f}s[/dim]  [cyan]{who:<{_WHO_WIDTH}}[/cyan] {escape(what)}"
        self._console.print(f"{line}  {state_of(booking)}" if booking else line)

    def expect(self, what: str, actual: object, expected: object) -> None:
        """Check one fact of the story.

        Raises:
            StoryDiffers: ``actual`` is not ``expected``.
        """
        if actual != expected:
            raise StoryDiffers(f"{what}: expected {expected!r}, got {actual!r}")

    def table(self, title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
        """Print rows under a title."""
        table = Table(*columns, title=title, title_justify="left", box=None, header_style="bold")
        for row in rows:
            table.add_row(*row)
        self._console.print()
        self._console.print(table)

    def close(self, verdict: str) -> None:
        """Print the last line."""
        self._console.print(f"\n{verdict} in {time.monotonic() - self._started:.0f} s")


def money(amount: Mapping[str, Any] | None) -> str:
    """``{"amount": 12500, "currency": "nzd"}`` as ``NZD 125.00``."""
    return "-" if amount is None else money_text(Money.model_validate(amount))


def state_of(booking: Mapping[str, Any]) -> str:
    """The four axes of a booking in a few words."""
    payment = booking["payment"]
    return (
        f"[green]{booking['status']}[/green] · payment {payment['state']} · payout {booking['payout']['state']}"
        f" · {money(booking['price'])}"
    )
