"""Outside calls that are held open while somebody else commits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")

#: Seconds after which a race that hangs is given up; nothing waits so long that works.
_GIVES_UP = 30.0


class Held:
    """Stands before something with outside calls; the first call to one method waits until it is let go.

    Args:
        inner: what is called.
        method: name of the method that is held, after its answer is known and before the caller gets it.
    """

    def __init__(self, inner: Any, method: str) -> None:
        self._inner = inner
        self._method = method
        self._entered = asyncio.Event()
        self._let_go = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._method:
            return found

        async def held(*args: Any, **kwargs: Any) -> Any:
            answer = await found(*args, **kwargs)
            if not self._entered.is_set():
                self._entered.set()
                await self._let_go.wait()
            return answer

        return held

    async def meanwhile(self, slow: Coroutine[Any, Any, T], other: Callable[[], Awaitable[object]]) -> T:
        """Run ``slow`` up to its outside call, then ``other`` to its end, then the rest of ``slow``."""
        async with asyncio.timeout(_GIVES_UP):
            running = asyncio.create_task(slow)
            entered = asyncio.create_task(self._entered.wait())
            await asyncio.wait({running, entered}, return_when=asyncio.FIRST_COMPLETED)
            entered.cancel()
            assert self._entered.is_set(), f"the call to {self._method} was never made: {running}"
            try:
                await other()
            finally:
                self._let_go.set()
            return await running
