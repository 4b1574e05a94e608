from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.matching_world import MatchingWorld
from tests.support.offer_world import OfferWorld

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container


@pytest.fixture
def container(emptied_container: Container) -> Container:
    """A container with Stripe in memory, on an empty database."""
    return emptied_container


@pytest.fixture
async def world(container: Container) -> MatchingWorld:
    """A customer in a town without providers."""
    return await MatchingWorld(container).open()


@pytest.fixture
def offers(container: Container) -> OfferWorld:
    """A customer and, once it is opened, providers who are asked."""
    return OfferWorld(container)
