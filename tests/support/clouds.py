"""A deployed local cloud for tests, beside any that a developer runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.cloud import LocalCloud
from infra.local.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def running_cloud(folder: Path) -> Iterator[LocalCloud]:
    """A cloud of the built artifacts, with a database, queues and mails of its own, until the fixture ends.

    Args:
        folder: for its state.
    """
    with LocalCloud(Options(state_dir=folder, queue_visibility=3, say=print)) as running:
        yield running
