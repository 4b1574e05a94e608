"""Whose an object at Stripe is: several deployments, and other programs, may share one Stripe account."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

#: Names of the marks among an object's metadata.
STAGE, DATABASE = "stage", "database"


class Origin(StrEnum):
    """Who made an object. One without marks is older than they are, or another program's."""

    OURS = "ours"
    THEIRS = "theirs"
    UNMARKED = "unmarked"


@dataclass(frozen=True)
class Owner:
    """A deployment, by its stage and its database; what it makes at Stripe carries both.

    Args:
        stage: the deployment's name.
        database: the name of its database.
    """

    stage: str
    database: str

    def marks(self) -> dict[str, str]:
        """What goes into the metadata of everything made at Stripe."""
        return {STAGE: self.stage, DATABASE: self.database}

    def key(self, name: str) -> str:
        """The idempotency key of what is made here under a name of ours.

        Stripe refuses a key that came with other parameters before, and another deployment's marks are others.
        """
        return f"{self.stage}/{self.database}:{name}"

    def origin(self, metadata: Mapping[str, str]) -> Origin:
        """Whose an object with this metadata is."""
        given = (metadata.get(STAGE), metadata.get(DATABASE))
        if given == (None, None):
            return Origin.UNMARKED
        return Origin.OURS if given == (self.stage, self.database) else Origin.THEIRS

    def is_theirs(self, metadata: Mapping[str, str]) -> bool:
        """Whether the object is another deployment's, which is never touched."""
        return self.origin(metadata) is Origin.THEIRS
