"""When the system acts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic

from common.domain.shared.state_machine.context import ContextT


@dataclass(frozen=True)
class Timer(Generic[ContextT]):
    """A named instant. ``text`` names settings in braces.

    ``at`` gives the instant it is armed for, or ``None``. It follows from the subject and the settings alone, never
    from the context's present instant; the status is checked before it is asked.
    """

    text: str
    at: Callable[[ContextT], datetime | None]
