"""The classes of a table, shown by a subject of two states: a lamp that people switch and time puts out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest
from common.domain.shared.errors import ActionNotAvailable, Forbidden, NotFound
from common.domain.shared.notification_kinds import Kind
from common.domain.shared.state_machine import (
    Guard,
    Notification,
    NotificationRule,
    Timer,
    Transition,
    find,
    mermaid,
    next_due,
    require_open,
    table_row,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BURNS = timedelta(hours=2)


class Status(StrEnum):
    """The states of a lamp."""

    OFF = "off"
    ON = "on"


class Part(StrEnum):
    """Who acts on it."""

    TENANT = "tenant"
    LANDLORD = "landlord"
    CLOCK = "clock"


@dataclass(frozen=True)
class Lamp:
    """The subject, and its own draft."""

    status: Status = Status.OFF
    lit_at: datetime | None = None
    bulbs: int = 1


@dataclass(frozen=True)
class LampContext:
    """A question about the lamp."""

    lamp: Lamp
    actor_kind: Part
    now: datetime = NOON
    subject_name: str = "lamp"

    @property
    def status(self) -> Status:
        """The lamp's state."""
        return self.lamp.status

    @property
    def is_system(self) -> bool:
        """Whether time acts."""
        return self.actor_kind is Part.CLOCK

    def render(self, text: str) -> str:
        """The one setting filled in."""
        return text.format(burns="2 hours")


def _light(context: LampContext, lamp: Lamp) -> Lamp:
    return replace(lamp, lit_at=context.now)


def _goes_out(context: LampContext) -> datetime | None:
    return context.lamp.lit_at + BURNS if context.lamp.lit_at else None


LIT = Notification(type="lamp.lit", recipients=(Part.TENANT, Part.LANDLORD), kind=Kind.REMINDERS, template="lamp_lit")
TABLE: tuple[Transition[LampContext, Lamp, Status, Part], ...] = (
    Transition(
        name="light",
        label="Light",
        note="Lit.",
        sources=(Status.OFF,),
        targets=(Status.ON,),
        actors=(Part.TENANT, Part.LANDLORD),
        guards=(Guard("a bulb is left", lambda context: context.lamp.bulbs > 0),),
        summary="burns for {burns}",
        effects=(_light,),
        notifications=(NotificationRule(LIT, to_others=True),),
    ),
    Transition(
        name="go_out",
        label="Go out",
        note="Out.",
        sources=(Status.ON,),
        targets=(Status.OFF,),
        actors=(Part.CLOCK,),
        summary="dark",
        timer=Timer("{burns} after it was lit", _goes_out),
    ),
)
BY_NAME = {each.name: each for each in TABLE}
LIGHT, GO_OUT = TABLE


def test_what_is_open_leads_to_its_target_by_its_effects() -> None:
    context = LampContext(Lamp(), Part.TENANT)

    assert [each.name for each in TABLE if each.is_open_to(context)] == ["light"]
    assert LIGHT.target(context) is Status.ON
    assert LIGHT.run_effects(context, context.lamp).lit_at == NOON


def test_refusals_name_the_subject_the_condition_and_the_timer() -> None:
    lit = Lamp(Status.ON, NOON)

    assert LIGHT.refusal(LampContext(lit, Part.TENANT)) == "The lamp is on."
    assert LIGHT.refusal(LampContext(Lamp(bulbs=0), Part.TENANT)) == "Only possible if: a bulb is left."
    assert GO_OUT.refusal(LampContext(lit, Part.CLOCK)) == "Not due: 2 hours after it was lit."
    assert GO_OUT.refusal(LampContext(lit, Part.CLOCK, NOON + BURNS)) is None


def test_unknown_actions_strangers_and_states_are_refused_each_in_its_way() -> None:
    with pytest.raises(NotFound):
        find(BY_NAME, "paint")
    with pytest.raises(Forbidden):
        require_open(GO_OUT, LampContext(Lamp(Status.ON, NOON), Part.TENANT), dict)
    with pytest.raises(ActionNotAvailable) as refused:
        require_open(find(BY_NAME, "light"), LampContext(Lamp(Status.ON), Part.TENANT), lambda: {"status": "on"})
    assert refused.value.extra == {"status": "on"}


def test_time_acts_when_the_timer_says() -> None:
    assert next_due(TABLE, LampContext(Lamp(), Part.CLOCK)) is None
    assert next_due(TABLE, LampContext(Lamp(Status.ON, NOON), Part.CLOCK)) == (NOON + BURNS, "go_out")


def test_notifications_leave_out_who_acts_and_name_a_template_for_each() -> None:
    (rule,) = LIGHT.notifications

    assert rule.applies(LampContext(Lamp(), Part.TENANT), Status.ON)
    assert rule.recipients_of(Part.TENANT) == (Part.LANDLORD,)
    assert LIT.template_for(Part.LANDLORD) == "lamp_lit_landlord"


def test_the_table_is_drawn_and_told_with_its_settings() -> None:
    assert mermaid(TABLE, []) == "stateDiagram-v2\n    off --> on: light\n    on --> off: go_out\n"
    row = table_row(LIGHT, LampContext(Lamp(), Part.TENANT).render)
    assert (row["from"], row["to"], row["who"], row["follows"]) == (
        ["off"],
        ["on"],
        ["tenant", "landlord"],
        "burns for 2 hours",
    )
