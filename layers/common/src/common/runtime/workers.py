"""What queue, schedule and socket handlers share. FastAPI is not imported here."""

import os
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from common.runtime import cold_start
from common.runtime.budget import Budget
from common.runtime.container.core import CoreContainer
from common.runtime.handlers import LambdaHandler, Needs
from common.runtime.loop import run
from common.runtime.observability import metrics, tracing
from common.runtime.observability.context import begin_request
from common.runtime.observability.logging import set_service
from common.runtime.settings import load_settings
from common.runtime.snapshot import register_hooks

C = TypeVar("C", bound=CoreContainer)
Work = Callable[[C, Any, Budget], Coroutine[Any, Any, Any]]


def make_handler(
    work: Work[C], *, service: str, needs: Needs, container: type[C], prime: Callable[[], object] | None = None
) -> LambdaHandler:
    """Make a Lambda handler that runs ``work(container, event, budget)`` on the loop.

    In Lambda the settings are checked when the function starts; elsewhere, as in a test that imports the module, at the
    first invocation.

    Args:
        work: does one invocation.
        service: the function's name, in logs and metrics.
        needs: the groups of settings it does not start without (``runtime.needs``).
        container: the class of what it is made of: no more parts than the work uses, for all are imported.
        prime: of a function that starts from a snapshot, what is done once before that; it asks nobody outside.

    Raises:
        SettingsError: the environment lacks something; the message names all of it.
    """

    @cache
    def made() -> C:
        return container(load_settings(service, needs=needs))

    def handle(event: Any, context: Any) -> Any:
        set_service(service)
        with invocation(context):
            try:
                return run(work(made(), event, Budget.of(context)))
            finally:
                if made().is_outdated:
                    run(made().close())
                    made.cache_clear()

    if cold_start.is_in_lambda(os.environ):
        made()
        if prime is not None:
            register_hooks(made(), prime)
        cold_start.finish()
    return LambdaHandler(service, needs, handle)


@contextmanager
def invocation(context: Any) -> Iterator[None]:
    """Name the invocation, trace it where tracing is on, and send its metrics at the end."""
    begin_request(getattr(context, "aws_request_id", None), trace=tracing.trace_id())
    try:
        with tracing.invocation():
            yield
    finally:
        metrics.flush()
