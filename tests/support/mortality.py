"""Process death at a chosen step: every call to a port is a place to die, before it and after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)

_MORTAL_PORTS = ("bookings", "operations", "gateway", "customers", "outbox", "publisher")


class DiedError(BaseException):
    """The process is gone; nothing may catch this."""


@dataclass
class Fate:
    """Counts the steps of a process and ends it at one of them.

    Args:
        dies_at: the number of the step; ``None`` lets it live and only counts.
    """

    dies_at: int | None = None
    steps: int = 0

    def step(self) -> None:
        """One place to die."""
        self.steps += 1
        if self.steps == self.dies_at:
            raise DiedError


class _Mortal:
    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not callable(method):
            return method

        async def call(*args: Any, **kwargs: Any) -> Any:
            self._fate.step()
            answer = await method(*args, **kwargs)
            self._fate.step()
            return answer

        return call


def mortal(deps: D, fate: Fate, names: Sequence[str] = _MORTAL_PORTS) -> D:
    """The same ports, each call of which may be the process's last."""
    ports: dict[str, Any] = {name: _Mortal(getattr(deps, name), fate) for name in names}
    return replace(deps, **ports)
