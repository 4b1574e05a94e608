"""The one event loop of an execution environment.

``AsyncMongoClient`` belongs to the loop of its first use and refuses another, so Mangum, the queue wrapper and the
schedule wrapper all run here, invocation after invocation.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_loop: asyncio.AbstractEventLoop | None = None


def get_loop() -> asyncio.AbstractEventLoop:
    """Return the loop, made at the first call; it is also the current loop of this thread from then on."""
    global _loop  # noqa: PLW0603 - one per process is the purpose of this module
    if _loop is None or _loop.is_closed():
        _loop = asyncio.new_event_loop()
    asyncio.set_event_loop(_loop)
    return _loop


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on the loop and return its result."""
    return get_loop().run_until_complete(work)
