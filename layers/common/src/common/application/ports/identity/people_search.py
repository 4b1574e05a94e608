"""Looking people up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.domain.identity.people_search import Stage
from common.domain.identity.users import User


@dataclass(frozen=True)
class FoundUser:
    """An account, and the number of the stage that found it."""

    stage: int
    user: User


class PeopleSearch(Protocol):
    """Accounts by the beginnings of addresses, names and numbers."""

    async def search(
        self, stages: Sequence[Stage], *, is_active: bool | None, limit: int, after: tuple[int, str] | None
    ) -> Sequence[FoundUser]:
        """People that one of the stages finds, each once: stage by stage, in the order of what was looked in.

        Args:
            stages: where to look, of ``stages_of``.
            is_active: of these alone; of all where it is ``None``.
            limit: at most so many.
            after: the stage and the id of the last one seen.
        """
        ...
