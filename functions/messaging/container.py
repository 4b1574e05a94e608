"""What the messaging function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.messaging import MessagingContainer
from common.runtime.container.streams import StreamContainer
from common.runtime.http import get_container
from fastapi import Depends


class MessagingFunction(MessagingContainer, StreamContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[MessagingFunction, Depends(get_container)]
