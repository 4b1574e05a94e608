"""What the auth function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.identity import IdentityContainer
from common.runtime.http import get_container
from fastapi import Depends


class AuthFunction(IdentityContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[AuthFunction, Depends(get_container)]
