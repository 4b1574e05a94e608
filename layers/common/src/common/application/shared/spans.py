"""Spans: what an invocation asked of somebody outside, and how long that took.

Adapters say so here; the runtime has them sent where the invocation is traced, and elsewhere they cost a look at a
context variable. Tasks and threads that are started inside an invocation belong to it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


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

_recorder: ContextVar[Recorder | None] = ContextVar("span_recorder", default=None)
_header: ContextVar[str] = ContextVar("trace_header", default="")


@contextmanager
def traced(header: str, recorder: Recorder | None) -> Iterator[None]:
    """Let the block belong to a trace.

    Args:
        header: the trace's, which goes along with messages; empty outside of one.
        recorder: takes each span as it ends; None where nothing is recorded.
    """
    before = _header.set(header), _recorder.set(recorder)
    try:
        yield
    finally:
        _header.reset(before[0])
        _recorder.reset(before[1])


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
