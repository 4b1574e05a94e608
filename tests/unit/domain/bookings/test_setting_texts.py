"""What people read of windows and limits is what the settings say, whatever they say."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine import TABLE, to_json
from common.domain.bookings.state_machine.context import Context
from common.domain.bookings.state_machine.table import EVERY_TRANSITION
from common.domain.bookings.state_machine.transition import BookingTransition
from common.domain.shared.display import duration_text
from common.domain.shared.errors import ActionNotAvailable
from common.domain.shared.setting_texts import SettingTexts, fill

from tests.unit.domain.bookings.support import CUSTOMER, OPERATOR, PROVIDER, SYSTEM, accepted

DEFAULTS = BookingSettings()


def other_settings() -> BookingSettings:
    """Every window and every number changed, each to a value that no other has."""
    changed: dict[str, Any] = {}
    for place, name in enumerate(BookingSettings.model_fields):
        value = getattr(DEFAULTS, name)
        if isinstance(value, timedelta):
            changed[name] = timedelta(minutes=1_009 + 7 * place)
        elif isinstance(value, int):
            changed[name] = 607 + place
    return BookingSettings(**changed)


def numbers_in(text: str) -> set[str]:
    """Every number of a text, in digits or as the word that texts write small ones in."""
    words = "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty"
    return {found.lower() for found in re.findall(rf"\d+|\b(?:{words})\b", text, re.IGNORECASE)}


def test_the_table_tells_no_number_that_is_not_a_setting() -> None:
    settings = other_settings()
    table = to_json(settings)
    allowed = set().union(*(numbers_in(text) for text in SettingTexts(settings).values()))

    for action in table["actions"]:
        notified = {**action, "input_schema": None}
        assert numbers_in(json.dumps(notified)) <= allowed, action["name"]


def test_every_text_of_the_table_can_be_filled_in() -> None:
    for transition in EVERY_TRANSITION:
        texts = [
            transition.summary,
            *(guard.text for guard in transition.guards),
            *([transition.timer.text] if transition.timer else []),
        ]
        assert not [text for text in texts if "{" in fill(text, DEFAULTS)], transition.name


def written_texts(transition: BookingTransition) -> list[str]:
    """Everything that people may read of a transition, as it is written in the table."""
    timer = [transition.timer.text] if transition.timer else []
    guards = [guard.text for guard in transition.guards]
    limits = [transition.attempt_limit.message] if transition.attempt_limit else []
    return [transition.label, transition.note, transition.summary, *guards, *timer, *limits]


def test_no_text_is_written_with_a_number() -> None:
    for transition in EVERY_TRANSITION:
        for text in written_texts(transition):
            assert not numbers_in(re.sub(r"\{\w+\}", "", text)), (transition.name, text)


@pytest.mark.parametrize("name", [name for name in BookingSettings.model_fields if getattr(DEFAULTS, name) is not None])
def test_a_setting_that_changes_is_told_wherever_it_is_named_and_nowhere_else(name: str) -> None:
    value = getattr(other_settings(), name)
    settings = DEFAULTS.model_copy(update={name: value})

    for transition in EVERY_TRANSITION:
        for text in written_texts(transition):
            before, after = fill(text, DEFAULTS), fill(text, settings)
            if f"{{{name}}}" in text:
                assert SettingTexts(settings)[name] in after, (transition.name, text)
            else:
                assert after == before, (transition.name, text)


def test_a_refusal_names_the_limit_that_is_set() -> None:
    life = accepted(settings=BookingSettings(reschedule_limit=0))

    with pytest.raises(ActionNotAvailable, match="at most 0 may be made"):
        life.do("propose_reschedule", CUSTOMER, start_at=life.booking.slot.start_at + timedelta(hours=5))


def test_every_refusal_names_only_what_is_set() -> None:
    settings = other_settings()
    life = accepted(settings=settings)
    allowed = set().union(*(numbers_in(text) for text in SettingTexts(settings).values()))

    for transition in TABLE:
        for actor in (CUSTOMER, PROVIDER, OPERATOR, SYSTEM):
            refusal = transition.refusal(Context(life.booking, actor, life.now, settings)) or ""
            assert numbers_in(refusal) <= allowed, transition.name


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=90), "1 hour 30 minutes"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=48), "48 hours"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=30, hours=1), "30 days 1 hour"),
    ],
)
def test_durations_read_as_people_say_them(duration: timedelta, text: str) -> None:
    assert duration_text(duration) == text
