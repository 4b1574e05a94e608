"""What is stored of answers for replays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container


async def stored_text(container: Container) -> str:
    """Everything in ``idempotency_keys``, as one text."""
    rows = await container.mongo.collection("idempotency_keys").find({}).to_list()
    bodies = (bytes(row["response"]["body"]).decode() for row in rows if row["response"])
    return "\n".join([*map(repr, rows), *bodies])


def is_replay(answer: httpx.Response) -> bool:
    """Whether an answer says that it was given before."""
    return str(answer.headers.get("idempotent-replayed")) == "true"
