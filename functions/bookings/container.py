"""What the bookings function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.identity import IdentityContainer
from common.runtime.http import get_container
from fastapi import Depends


class BookingsFunction(IdentityContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[BookingsFunction, Depends(get_container)]
