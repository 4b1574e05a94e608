"""A table for people and programs: a Mermaid diagram and JSON rows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from common.domain.shared.state_machine.context import ActorT, ContextT, DraftT, StatusT
from common.domain.shared.state_machine.offers import input_schema
from common.domain.shared.state_machine.transition import Transition


def mermaid(transitions: Iterable[Transition[ContextT, DraftT, StatusT, ActorT]], terminal: Sequence[StatusT]) -> str:
    """The statuses as a Mermaid ``stateDiagram-v2`` (https://mermaid.js.org/syntax/stateDiagram.html).

    Args:
        transitions: the table.
        terminal: statuses that end the subject's life, in the order in which they are written.
    """
    edges = [f"    {source} --> {target}: {each.name}" for each in transitions for source, target in _edges(each)]
    ends = [f"    {status.value} --> [*]" for status in terminal]
    return "\n".join(["stateDiagram-v2", *edges, *ends]) + "\n"


def table_row(
    transition: Transition[ContextT, DraftT, StatusT, ActorT], render: Callable[[str], str]
) -> dict[str, Any]:
    """One transition as JSON; the members' names are stable.

    Args:
        transition: the action.
        render: fills settings into a text.
    """
    return {
        "name": transition.name,
        "label": transition.label,
        "note": transition.note,
        "from": [status.value for status in transition.sources],
        "to": [status.value for status in transition.targets],
        "who": [kind.value for kind in transition.actors],
        "guards": [render(guard.text) for guard in transition.guards],
        "timer": render(transition.timer.text) if transition.timer else None,
        "follows": render(transition.summary),
        "is_critical": transition.is_critical,
        "input_schema": input_schema(transition.input),
    }


def _edges(transition: Transition[ContextT, DraftT, StatusT, ActorT]) -> list[tuple[str, str]]:
    sources = [source.value for source in transition.sources] or ["[*]"]
    return [(source, target.value) for source in sources for target in transition.targets]
