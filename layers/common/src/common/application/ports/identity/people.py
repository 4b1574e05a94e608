"""Where accounts, providers and services are read from by use cases of other areas."""

from typing import Protocol

from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.identity.users import User


class UserReader(Protocol):
    """Accounts, for reading."""

    async def get(self, user_id: str) -> User | None:
        """One account by id, deleted ones included."""
        ...


class ProviderReader(Protocol):
    """Provider profiles, for reading."""

    async def get(self, provider_id: str) -> Provider | None:
        """One provider by id, whatever its status."""
        ...


class ServiceReader(Protocol):
    """Services, for reading."""

    async def get(self, service_id: str) -> Service | None:
        """One service by id, whatever its status."""
        ...


class AccountLock(Protocol):
    """What makes those who write about one person wait for each other."""

    async def touch(self, user_id: str) -> None:
        """Write the account inside the present transaction.

        Raises:
            NotFound: no such account, or it was deleted: nothing is written about a person who has left.
        """
        ...
