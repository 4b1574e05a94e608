"""The parts of the benchmarks, each with a page of its own, and how a new one contributes.

A part is a coroutine function that measures and returns ``Measured``: sections with rows, facts, plots. It is named in
``PARTS`` of ``infra.bench.__main__``; the rest follows: ``docs/<page>.md`` and ``docs/<page>.json`` are written from
what it returns, and every figure of it is judged.

- A *row* is ``results.Row``, or ``results.compare(name, timing, base, Target.X, of="…")`` where it stands beside a
  baseline of the same table. Times come from ``measure.in_turn``, so that candidates take turns.
- A *target* is a member of ``targets.Target``, and nowhere else: a part adds its own there, with all that it
  ``covers``. What is covered and not measured, or of fewer than twenty runs, is a target that was not kept.
- What is *held* to a target and is no row's ratio is a ``results.Held`` in ``Section.figures`` or ``Row.figures``.
- A *fact* is a sentence on the page that is held to nothing.
- A *plot* is an SVG that the part draws into ``Options.output`` (see ``plots.save``); ``Measured.plots`` says its
  file's name and what it shows.

``Options.runs(n)`` gives the number of runs, so that a part can be tried with a small ``--scale``; its page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from infra.bench.results import Measured


@dataclass(frozen=True)
class Options:
    """How a run was asked for.

    Attributes:
        output: Folder of pages and plots.
        scale: Multiplies the number of runs; below 1 it is a trial.
        is_full: Whether sizes that take long are measured too.
        say: Prints a line of progress.
    """

    output: Path
    scale: float
    is_full: bool
    say: Callable[[str], None]

    @property
    def is_trial(self) -> bool:
        """Whether fewer runs were asked for than figures need."""
        return self.scale < 1

    def runs(self, number: int) -> int:
        """The number of runs at this scale, at least three."""
        return max(3, round(number * self.scale))


@dataclass(frozen=True)
class Part:
    """One part.

    Attributes:
        name: On the command line.
        page: Name of its page, without an ending.
        title: The page's heading.
        run: Measures.
        is_long: Whether only ``--full`` and ``--check`` run it unasked.
        writes_itself: Whether it writes its page and its JSON itself.
    """

    name: str
    page: str
    title: str
    run: Callable[[Options], Coroutine[Any, Any, Measured]]
    is_long: bool = False
    writes_itself: bool = False
