"""The deployed local cloud, started once for all end-to-end tests, beside any that a developer runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local.demo.stage import Stage
from tests.support.clouds import running_cloud

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.cloud import LocalCloud

_ANSWER_SECONDS = 40


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A cloud of the built artifacts, with a database, queues and mails of its own."""
    yield from running_cloud(tmp_path_factory.mktemp("cloud"))


@pytest.fixture
def unused_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """Another one, that no other test used or will."""
    yield from running_cloud(tmp_path_factory.mktemp("cloud"))


@pytest.fixture
def stage(cloud: LocalCloud) -> Iterator[Stage]:
    """People who act through the public address."""
    with Stage(cloud) as opened:
        yield opened


@pytest.fixture
def web(cloud: LocalCloud) -> Iterator[httpx.Client]:
    """A plain client of the public address."""
    with httpx.Client(base_url=cloud.base_url, timeout=_ANSWER_SECONDS) as client:
        yield client
