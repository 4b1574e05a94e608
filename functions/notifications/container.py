"""What the notifications function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.notifications import InboxContainer
from common.runtime.http import get_container
from fastapi import Depends


class NotificationsFunction(InboxContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[NotificationsFunction, Depends(get_container)]
