"""Conditions under which an action is offered and performed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from common.domain.shared.state_machine.context import ContextT


@dataclass(frozen=True)
class Guard(Generic[ContextT]):
    """A named condition. ``text`` is shown in the table and in the refusal, with its settings filled in."""

    text: str
    test: Callable[[ContextT], bool]
