"""What the benchmarks find: rows of tables, and the figures that are held to targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from infra.bench.statistics import LEAST_RUNS
from infra.bench.targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from infra.bench.statistics import Timing


@dataclass(frozen=True)
class Held:
    """A measured number that is held to a target.

    Attributes:
        target: The target.
        value: The number, in the target's unit.
        of: Which of the things that the target covers it is.
        runs: How many runs it is made of; ``None`` where it is counted, not timed.
    """

    target: Target
    value: float
    of: str = ""
    runs: int | None = None

    def __post_init__(self) -> None:
        if self.of not in self.target.limit.covers:
            raise ValueError(f"{self.target.name} does not cover {self.of!r}")

    @property
    def is_met(self) -> bool:
        """Whether it keeps within its target; one of too few runs does not."""
        return self.has_runs and self.target.limit.is_met(self.value)

    @property
    def has_runs(self) -> bool:
        """Whether it is made of enough runs to mean something."""
        return self.runs is None or self.runs >= LEAST_RUNS


@dataclass(frozen=True)
class Cost:
    """What one request asks of the database, counted.

    Attributes:
        commands: Sent in all.
        trips: Sequential round trips: commands that overlap in time are one.
        transactions: Committed.
    """

    commands: int
    trips: int
    transactions: int


@dataclass(frozen=True)
class Row:
    """One line of a table.

    Attributes:
        name: What was measured.
        timing: What it took.
        ratio: How many times its baseline; ``None`` for the baseline itself.
        figures: What of it is held to targets.
        cost: What one such request asks of the database, where it was counted.
    """

    name: str
    timing: Timing
    ratio: float | None = None
    figures: tuple[Held, ...] = ()
    cost: Cost | None = None


@dataclass(frozen=True)
class Section:
    """A table with its heading and a sentence on what it compares.

    Attributes:
        title: The heading.
        text: What is compared, what the baseline does and what it leaves out.
        rows: Its lines.
        figures: What is held to targets and is no row's own.
    """

    title: str
    text: str
    rows: list[Row] = field(default_factory=list)
    figures: tuple[Held, ...] = ()


@dataclass(frozen=True)
class Measured:
    """What one part of the benchmarks found.

    Attributes:
        sections: Tables, in the page's order.
        facts: Sentences of the run, by what they are about.
        plots: Files that the part drew beside the page, with what they show.
    """

    sections: list[Section]
    facts: dict[str, str] = field(default_factory=dict)
    plots: dict[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> list[Held]:
        """All that is held to targets."""
        sections = self.sections
        return [figure for section in sections for row in section.rows for figure in row.figures] + [
            figure for section in sections for figure in section.figures
        ]


class State(Enum):
    """How a target was kept."""

    MET = "met"
    MISSED = "missed"
    UNMEASURED = "not measured"


@dataclass(frozen=True)
class Verdict:
    """How one thing that a target covers kept it.

    Attributes:
        target: The target.
        of: What of it.
        state: How it was kept.
        value: The worst that was measured; ``None`` where nothing was.
    """

    target: Target
    of: str
    state: State
    value: float | None = None

    def __str__(self) -> str:
        """A line for people."""
        limit = self.target.limit
        about = f"{limit.what}{f', {self.of}' if self.of else ''}"
        value = "" if self.value is None else f": {self.value:.2f}"
        return f"{self.state.value:12}  {about}{value} ({limit})"


def compare(
    name: str, timing: Timing, base: Timing, target: Target | None = None, *, of: str = "", cost: Cost | None = None
) -> Row:
    """A row with its ratio to a baseline of the same table.

    Args:
        name: What was measured.
        timing: What it took.
        base: What the baseline took.
        target: What the ratio is held to.
        of: Which of the things that the target covers it is.
        cost: What the request asks of the database.
    """
    ratio = timing.median_ms / base.median_ms
    runs = min(timing.runs, base.runs)
    figures = (Held(target, ratio, of, runs),) if target else ()
    return Row(name, timing, ratio, figures, cost)


def judge(figures: Iterable[Held], targets: Sequence[Target] = tuple(Target)) -> list[Verdict]:
    """Hold every target to what was measured; what was not measured did not keep its target.

    Args:
        figures: All of the run.
        targets: All there are.
    """
    found: dict[tuple[Target, str], list[Held]] = {}
    for figure in figures:
        found.setdefault((figure.target, figure.of), []).append(figure)
    return [_verdict(target, of, found.get((target, of), [])) for target in targets for of in target.limit.covers]


def _verdict(target: Target, of: str, figures: Sequence[Held]) -> Verdict:
    if not figures or not all(each.has_runs for each in figures):
        return Verdict(target, of, State.UNMEASURED)
    state = State.MET if all(each.is_met for each in figures) else State.MISSED
    return Verdict(target, of, state, max(each.value for each in figures))
