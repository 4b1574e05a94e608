"""The parts of the benchmarks, each with a page of its own, and how a new one contributes.

A part is a coroutine function that measures, writes its page and its JSON into ``Options.output`` (``report.write``
makes a page of tables; others have a module ``page``), and returns ``Measured``, every figure of which is judged. It is
named in ``PARTS`` of ``infra.bench.__main__``, and its page in ``report``.

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

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.bench.results import Measured

if TYPE_CHECKING:
    from pathlib import Path


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


Part = Callable[[Options], Coroutine[Any, Any, Measured]]
