"""The demonstration on a cloud that nobody else used: its figures are those of the whole marketplace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.demo.play import play

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud


@pytest.mark.timeout(400)
def test_the_story_goes_as_the_rules_say_timers_included(unused_cloud: LocalCloud) -> None:
    play(unused_cloud, fast_clock=True)
