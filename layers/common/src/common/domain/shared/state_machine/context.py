"""What a table asks of the context that its guards and effects see."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeVar


class TransitionContext(Protocol):
    """One question or attempt: the subject as it is, who acts, when, under which settings."""

    @property
    def subject_name(self) -> str:
        """What people call the subject, such as ``booking``."""
        ...

    @property
    def status(self) -> StrEnum:
        """The subject's present status."""
        ...

    @property
    def actor_kind(self) -> StrEnum:
        """In which part somebody acts."""
        ...

    @property
    def is_system(self) -> bool:
        """Whether nobody acts but time."""
        ...

    @property
    def now(self) -> datetime:
        """The present instant."""
        ...

    def render(self, text: str) -> str:
        """A text with its settings filled in: ``at most {reschedule_limit} may be made``."""
        ...


ContextT = TypeVar("ContextT", bound=TransitionContext)
DraftT = TypeVar("DraftT")
StatusT = TypeVar("StatusT", bound=StrEnum)
ActorT = TypeVar("ActorT", bound=StrEnum)
