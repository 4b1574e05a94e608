"""What the search function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.search import SearchContainer
from common.runtime.http import get_container
from fastapi import Depends


class SearchFunction(SearchContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[SearchFunction, Depends(get_container)]
