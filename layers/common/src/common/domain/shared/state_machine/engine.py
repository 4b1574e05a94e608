"""Finding an action, refusing it, and what is due next: the same for every table."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from common.domain.shared.errors import ActionNotAvailable, Forbidden, NotFound
from common.domain.shared.state_machine.context import ActorT, ContextT, DraftT, StatusT
from common.domain.shared.state_machine.transition import Transition

_Found = TypeVar("_Found")


def find(transitions: Mapping[str, _Found], name: str) -> _Found:
    """The transition of a name.

    Raises:
        NotFound: there is none (``unknown_action``).
    """
    found = transitions.get(name)
    if found is None:
        raise NotFound("There is no such action.", code="unknown_action")
    return found


def require_open(
    transition: Transition[ContextT, DraftT, StatusT, ActorT],
    context: ContextT,
    present: Callable[[], Mapping[str, Any]],
) -> None:
    """Refuse an action that this actor may not perform now.

    Args:
        transition: the action.
        context: who asks, and of what.
        present: the subject's present state, which a refusal carries as ``extra``.

    Raises:
        Forbidden: the action is never for this part.
        ActionNotAvailable: not in this state or not now.
    """
    if context.actor_kind not in transition.actors:
        raise Forbidden("This action is not yours to perform.")
    refusal = transition.refusal(context)
    if refusal is not None:
        raise ActionNotAvailable(f"This action is not available now. {refusal}", extra=dict(present()))


def next_due(
    transitions: Iterable[Transition[ContextT, DraftT, StatusT, ActorT]], context: ContextT
) -> tuple[datetime, str] | None:
    """The earliest system action and its instant; the table's order decides between equals."""
    armed = [
        (at, each.name)
        for each in transitions
        if each.timer is not None and context.status in each.sources and (at := each.timer.at(context)) is not None
    ]
    return min(armed, key=lambda pair: pair[0], default=None)
