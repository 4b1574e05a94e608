"""Plots stay small, and their text is text."""

from pathlib import Path

from infra.bench import plots
from infra.bench.results import Section, compare
from infra.bench.statistics import Timing
from infra.bench.targets import Target
from infra.bench.trips import Command, Trace

_KILOBYTE = 1024


def test_a_plot_of_every_ratio_is_some_tens_of_kilobytes(tmp_path: Path) -> None:
    base = Timing(1.0, None, 2.0, 20)
    rows = [
        compare(of or target.name, Timing(1.0 + number / 10, None, 3.0, 20), base, target, of=of)
        for target in Target
        if target not in {Target.GROWTH, Target.GROWTH_TAIL}  # drawn on a page of their own
        for number, of in enumerate(target.limit.covers)
    ]

    plots.ratios([Section("All", "", rows)], tmp_path / "ratios.svg")

    text = (tmp_path / "ratios.svg").read_text()
    assert len(text) < 100 * _KILOBYTE
    assert ">onboarding profile</text>" in text


def test_a_waterfall_shows_each_command_by_name(tmp_path: Path) -> None:
    commands = [Command("find", "users", at, at + 0.5) for at in range(30)]
    trace = Trace(commands, [Command("Stripe", "", 3, 9)], 0, 40)

    plots.waterfall({"ours": trace, "baseline": trace}, tmp_path / "booking.svg")

    text = (tmp_path / "booking.svg").read_text()
    assert len(text) < 60 * _KILOBYTE
    assert text.count(">find users</text>") == 60
    assert "ours: 30 commands, 24 one after another" in text
