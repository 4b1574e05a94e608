from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.fuzz.world import FuzzWorld

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def opened_world(mongodb_uri: str, migrated_database: str) -> Iterator[FuzzWorld]:
    """The module's world."""
    world = FuzzWorld(mongodb_uri, migrated_database)
    yield world
    world.close()


@pytest.fixture
def world(opened_world: FuzzWorld) -> FuzzWorld:
    """The world with everything as it was at first."""
    opened_world.restore()
    return opened_world
