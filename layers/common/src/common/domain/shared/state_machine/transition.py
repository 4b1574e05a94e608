"""One row of a state machine's table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Generic

from common.domain.shared.state_machine.context import ActorT, ContextT, DraftT, StatusT
from common.domain.shared.state_machine.guard import Guard
from common.domain.shared.state_machine.inputs import ActionInput, Nothing
from common.domain.shared.state_machine.notification import NotificationRule
from common.domain.shared.state_machine.timer import Timer


@dataclass(frozen=True)
class AttemptLimit:
    """How often somebody may try an action on one subject, where trying often would guess a secret.

    Args:
        key: names the counter.
        count: tries that are let through in a window.
        window: how long a try counts.
        message: the refusal of one try too many.
    """

    key: str
    count: int
    window: timedelta
    message: str


@dataclass(frozen=True, kw_only=True)
class Transition(Generic[ContextT, DraftT, StatusT, ActorT]):
    """An action of the machine.

    Args:
        name: its stable name on the wire.
        label: what a button says.
        note: the audit text.
        sources: statuses it leaves; empty for the one that makes a subject.
        targets: statuses it may lead to; empty where only another axis moves.
        actors: in which parts somebody may perform it.
        summary: what follows, for people; settings in braces.
        guards: conditions for people and webhooks; the system acts by ``timer`` where there is one.
        checks: tests of the input, each raising ``InvalidInput``.
        effects: what follows, in order.
        notifications: who is notified.
        timer: when the system performs it.
        input: what it needs to know.
        choose_input: what it needs to know of this subject, where that differs from ``input``.
        is_critical: whether a client should ask twice.
        choose: which of several targets; the first without it.
        attempt_limit: how often somebody may try it; as often as they like without it.
    """

    name: str
    label: str
    note: str
    sources: tuple[StatusT, ...]
    targets: tuple[StatusT, ...]
    actors: tuple[ActorT, ...]
    summary: str
    guards: tuple[Guard[ContextT], ...] = ()
    checks: tuple[Callable[[ContextT], None], ...] = ()
    effects: tuple[Callable[[ContextT, DraftT], DraftT], ...] = ()
    notifications: tuple[NotificationRule[ContextT, StatusT, ActorT], ...] = ()
    timer: Timer[ContextT] | None = None
    input: type[ActionInput] = Nothing
    is_critical: bool = False
    choose_input: Callable[[ContextT], type[ActionInput]] | None = None
    choose: Callable[[ContextT], StatusT] | None = None
    attempt_limit: AttemptLimit | None = None

    def is_for(self, actor_kind: StrEnum, status: StrEnum) -> bool:
        """Whether it is ever open to this part in this status."""
        return actor_kind in self.actors and status in self.sources

    def is_open_to(self, context: ContextT) -> bool:
        """Whether this actor may perform it now: what is offered and what is accepted."""
        if not self.is_for(context.actor_kind, context.status):
            return False
        if context.is_system and self.timer is not None:
            at = self.timer.at(context)
            return at is not None and at <= context.now
        return self._failed(context) is None

    def refusal(self, context: ContextT) -> str | None:
        """Why it is closed to this actor now, or ``None``."""
        if self.is_open_to(context):
            return None
        if context.actor_kind not in self.actors:
            return "It is not for this party."
        if context.status not in self.sources:
            return f"The {context.subject_name} is {context.status.value.replace('_', ' ')}."
        if context.is_system and self.timer is not None:
            return f"Not due: {context.render(self.timer.text)}."
        failed = self._failed(context)
        return None if failed is None else f"Only possible if: {context.render(failed.text)}."

    def _failed(self, context: ContextT) -> Guard[ContextT] | None:
        """The first condition that is not met."""
        return next((guard for guard in self.guards if not guard.test(context)), None)

    def input_for(self, context: ContextT) -> type[ActionInput]:
        """What it needs to know of this subject."""
        return self.choose_input(context) if self.choose_input is not None else self.input

    def target(self, context: ContextT) -> StatusT | None:
        """The status it leads to; ``None`` where the status stays."""
        if self.choose is not None:
            return self.choose(context)
        return self.targets[0] if self.targets else None

    def run_checks(self, context: ContextT) -> None:
        """Test the input against the subject.

        Raises:
            InvalidInput: a check fails; the field is named.
        """
        for check in self.checks:
            check(context)

    def run_effects(self, context: ContextT, draft: DraftT) -> DraftT:
        """The draft after every effect, in order."""
        for effect in self.effects:
            draft = effect(context, draft)
        return draft
