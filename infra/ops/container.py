"""The product's container for commands that operators run by hand."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from common.runtime.container.bootstrap import Container
from common.runtime.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping


@asynccontextmanager
async def operating(environ: Mapping[str, str]) -> AsyncIterator[Container]:
    """A container on the database that the environment names, closed afterwards.

    Args:
        environ: ``MONGODB_URI`` and ``MONGODB_DATABASE``, and whatever else is to be set.
    """
    container = Container(load_settings(environ={"STAGE": "operations", **environ}))
    try:
        yield container
    finally:
        await container.close()
