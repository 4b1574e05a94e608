"""What the providers function is made of."""

from typing import Annotated

from common.runtime.container.catalogue import CatalogueContainer
from common.runtime.container.http import HttpContainer
from common.runtime.container.stored_offers import StoredOfferContainer
from common.runtime.http import get_container
from fastapi import Depends


class ProvidersFunction(CatalogueContainer, StoredOfferContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[ProvidersFunction, Depends(get_container)]
