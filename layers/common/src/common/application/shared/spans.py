"""Spans: what an invocation asked of somebody outside, and how long that took.

Adapters say so here; the runtime has them sent where the invocation is traced, and elsewhere they cost a look at a
context variable. Tasks and threads that are started inside an invocation belong to it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol


@dataclass(frozen=True)
class Span:
    """One call of somebody outside.

    Attributes:
        name: who was asked, such as ``Stripe``.
        started_at: when, in seconds of the epoch.
        ended_at: when there was an answer, or none any more.
        is_fault: whether it failed.
        fields: what was asked, by short names; neither ids nor anything of people.
    """

    name: str
    started_at: float
    ended_at: float
    is_fault: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


Recorder = Callable[[Span], None]


class Switch(Protocol):
    """Turns something on and off."""

    def __call__(self, *, is_on: bool) -> None:
        """Turn it on, or off."""
        ...


_switches: list[Switch] = []
_recorder: ContextVar[Recorder | None] = ContextVar("span_recorder", default=None)
_header: ContextVar[str] = ContextVar("trace_header", default="")


class _Traced(AbstractContextManager[None]):
    """A block that belongs to a trace; entered by every invocation, and so no generator."""

    def __init__(self, header: str, recorder: Recorder | None) -> None:
        self._trace = header, recorder
        self._before: tuple[Token[str], Token[Recorder | None]] | None = None

    def __enter__(self) -> None:
        header, recorder = self._trace
        self._before = _header.set(header), _recorder.set(recorder)
        if recorder is not None:
            _turn(is_on=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            if self._trace[1] is not None:
                _turn(is_on=False)
            _header.reset(self._before[0])
            _recorder.reset(self._before[1])


def traced(header: str, recorder: Recorder | None) -> AbstractContextManager[None]:
    """Let the block belong to a trace.

    Args:
        header: the trace's, which goes along with messages; empty outside of one.
        recorder: takes each span as it ends; None where nothing is recorded.
    """
    return _Traced(header, recorder)


def while_recording(switch: Switch) -> None:
    """Have something on only while an invocation's spans are recorded: what costs too much to be on always.

    Args:
        switch: turns it on as often as off.
    """
    _switches.append(switch)


def _turn(*, is_on: bool) -> None:
    for switch in _switches:
        switch(is_on=is_on)


def trace_header() -> str:
    """The header of the trace at hand, for what is sent on; empty outside of one."""
    return _header.get()


def is_recording() -> bool:
    """Whether a span would go anywhere."""
    return _recorder.get() is not None


def record(span: Span) -> None:
    """Hand over a span that has ended."""
    if (recorder := _recorder.get()) is not None:
        recorder(span)


@contextmanager
def span(name: str, **fields: str) -> Iterator[None]:
    """Record the block as a span.

    Args:
        name: who is asked.
        fields: what is asked.
    """
    if not is_recording():
        yield
        return
    started_at, is_fault = time.time(), True
    try:
        yield
        is_fault = False
    finally:
        record(Span(name, started_at, time.time(), is_fault, fields))
