"""The calling provider, as an argument of routes."""

from typing import Annotated

from common.application.catalogue.profile import own_provider
from common.domain.catalogue.providers import Provider
from common.domain.identity.roles import Principal, Role
from common.runtime.http import require
from fastapi import Depends

from functions.providers.container import ContainerDep


async def calling_provider(
    container: ContainerDep, caller: Annotated[Principal, Depends(require(Role.PROVIDER))]
) -> Provider:
    """The caller's profile.

    Raises:
        Forbidden: the caller has none.
    """
    return await own_provider(container.catalogue, caller)


CallingProvider = Annotated[Provider, Depends(calling_provider)]
