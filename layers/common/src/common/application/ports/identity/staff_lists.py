"""What staff look through."""

from collections.abc import Sequence
from typing import Protocol

from common.domain.catalogue.providers import Provider


class ProviderLists(Protocol):
    """Provider profiles as staff list them."""

    async def search(self, status: str | None, *, limit: int, after: str | None) -> Sequence[Provider]:
        """Profiles of a status, or all, in order of their application; ``after`` is the id last seen."""
        ...
