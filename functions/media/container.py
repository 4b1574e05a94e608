"""What the media function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.media import MediaContainer
from common.runtime.http import get_container
from fastapi import Depends


class MediaFunction(MediaContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[MediaFunction, Depends(get_container)]
