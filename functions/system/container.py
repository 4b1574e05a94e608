"""What the system function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.probes import ProbeContainer
from common.runtime.http import get_container
from fastapi import Depends


class SystemFunction(ProbeContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[SystemFunction, Depends(get_container)]
