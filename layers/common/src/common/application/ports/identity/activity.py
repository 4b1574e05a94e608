"""What an account has done, over all systems."""

from collections.abc import Sequence
from typing import Protocol

from common.domain.identity.activity import ActivityEntry


class Activities(Protocol):
    """The activity of accounts."""

    async def list_by_account(
        self, user_id: str, provider_id: str | None, *, limit: int, before: str | None
    ) -> Sequence[ActivityEntry]:
        """What happened to or by an account, newest first; ``before`` is the id of the last one seen.

        Args:
            user_id: the account.
            provider_id: its profile as a provider, where it has one.
            limit: at most so many.
            before: the id of the last one seen.
        """
        ...
