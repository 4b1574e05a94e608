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


def markdown_table(
    transitions: Iterable[Transition[ContextT, DraftT, StatusT, ActorT]],
    render: Callable[[str], str],
    *,
    note: str,
    statuses: type[StatusT],
) -> list[str]:
    """The lines of a table of all transitions for a page of documents.

    Args:
        transitions: the table.
        render: fills settings into a text.
        note: what people call the audit text.
        statuses: the enumeration of all; what leaves each of them is said to leave any.
    """
    return [
        f"| action | label | from | to | who | conditions | timer | asks twice | what follows | {note} |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *[_markdown_row(table_row(each, render), len(statuses)) for each in transitions],
    ]


def _markdown_row(row: dict[str, Any], every: int) -> str:
    cells = [
        f"`{row['name']}`",
        row["label"],
        "any" if len(row["from"]) == every else ", ".join(row["from"]) or "-",
        ", ".join(row["to"]) or "-",
        ", ".join(row["who"]),
        "; ".join(row["guards"]) or "-",
        row["timer"] or "-",
        "yes" if row["is_critical"] else "-",
        row["follows"],
        row["note"],
    ]
    return f"| {' | '.join(cells)} |"


def _edges(transition: Transition[ContextT, DraftT, StatusT, ActorT]) -> list[tuple[str, str]]:
    sources = [source.value for source in transition.sources] or ["[*]"]
    return [(source, target.value) for source in sources for target in transition.targets]
