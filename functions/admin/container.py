"""What the admin function is made of."""

from typing import Annotated

from common.runtime.container.bookings import BookingContainer
from common.runtime.container.figures import FigureContainer
from common.runtime.container.http import HttpContainer
from common.runtime.container.moderating import ModeratingContainer
from common.runtime.container.watching import WatchingContainer
from common.runtime.http import get_container
from fastapi import Depends


class AdminFunction(ModeratingContainer, FigureContainer, BookingContainer, WatchingContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[AdminFunction, Depends(get_container)]
