"""What a table asks of the context that its guards and effects see."""

from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from common.domain.shared.configured import Configured
from common.domain.shared.model import Model
from common.domain.shared.setting_texts import fill

#: What every table calls the actor when nobody acts but time.
SYSTEM_KIND = "system"


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
InputT = TypeVar("InputT", bound=Model)
KindT = TypeVar("KindT", bound=StrEnum)
KindT_co = TypeVar("KindT_co", bound=StrEnum, covariant=True)


class ActsAs(Protocol[KindT_co]):
    """Who acts, as far as tables ask."""

    @property
    def kind(self) -> KindT_co:
        """In which part."""
        ...


class ActionContext(Generic[KindT]):
    """What the contexts of all tables answer alike, from the fields that each of them has.

    Args:
        actor: who acts.
        settings: windows and limits, which texts name.
        input: the transition's input, once it is read.
    """

    actor: ActsAs[KindT]
    settings: Configured
    input: Model | None

    @property
    def actor_kind(self) -> KindT:
        """In which part somebody acts."""
        return self.actor.kind

    @property
    def is_system(self) -> bool:
        """Whether nobody acts but time."""
        return self.actor.kind == SYSTEM_KIND

    def render(self, text: str) -> str:
        """A text with its settings filled in."""
        return fill(text, self.settings)

    def given(self, kind: type[InputT]) -> InputT:
        """The input of a transition whose ``input`` is that class, which the engine has read."""
        if not isinstance(self.input, kind):
            raise TypeError(f"the action needs {kind.__name__}")
        return self.input
