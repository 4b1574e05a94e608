"""Asking for several independent things at once."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar, overload

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


@overload
async def together(first: Awaitable[A], second: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def together(first: Awaitable[A], second: Awaitable[B], third: Awaitable[C], /) -> tuple[A, B, C]: ...
@overload
async def together(*works: Awaitable[Any]) -> tuple[Any, ...]: ...
async def together(*works: Awaitable[Any]) -> tuple[Any, ...]:
    """Wait for all of several works that do not need each other's answers.

    All have ended when this returns or raises: nothing may go on behind an answer, since a Lambda stands still then.

    Returns:
        What they returned, in their order.

    Raises:
        BaseException: of those that failed, what the first one in their order raised, whichever failed first.
    """
    ended = await asyncio.gather(*works, return_exceptions=True)
    for each in ended:
        if isinstance(each, BaseException):
            raise each
    return tuple(ended)
