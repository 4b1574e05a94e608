"""The deployed local cloud, started once for all end-to-end tests, beside any that a developer runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from infra.local.cloud import LocalCloud
from infra.local.demo.stage import Stage
from infra.local.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "e2e"
_ANSWER_SECONDS = 30


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of this folder in one process, before xdist reads the groups: one cloud serves them all."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group(GROUP))


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A cloud of the built artifacts, with a database, queues and mails of its own."""
    options = Options(state_dir=tmp_path_factory.mktemp("cloud"), queue_visibility=3, say=print)
    with LocalCloud(options) as running:
        yield running


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
