"""Who acts, and in which part: the same for everything that has two parties and a state machine."""

from enum import StrEnum

from common.domain.shared.model import Model


class ActorKind(StrEnum):
    """In which part somebody acts."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    OPERATOR = "operator"
    SYSTEM = "system"
    WEBHOOK = "webhook"


def other_party(kind: ActorKind) -> ActorKind:
    """The provider for everybody else, the customer for the provider."""
    return ActorKind.CUSTOMER if kind is ActorKind.PROVIDER else ActorKind.PROVIDER


class Actor(Model):
    """Who acts, and in which part; ``id`` is the user, or the name of the schedule or webhook."""

    kind: ActorKind
    id: str
