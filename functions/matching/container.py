"""What the matching function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.matching import MatchingContainer
from common.runtime.container.payments import PaymentContainer
from common.runtime.http import get_container
from fastapi import Depends


class MatchingFunction(MatchingContainer, PaymentContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[MatchingFunction, Depends(get_container)]
