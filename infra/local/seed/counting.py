"""Counts for facets what was loaded past the product, which counts only what it writes itself."""

from __future__ import annotations

from common.runtime.loop import run

from infra.ops.container import operating
from infra.ops.rebuild.facets import rebuild_facets


def count_facets(uri: str, database: str) -> None:
    """Build the counters of facets anew.

    Args:
        uri: the server.
        database: its name.
    """
    run(_count(uri, database))


async def _count(uri: str, database: str) -> None:
    async with operating({"MONGODB_URI": uri, "MONGODB_DATABASE": database}) as container:
        await rebuild_facets(container)
