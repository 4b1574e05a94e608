"""Lambda SnapStart: what is made before a snapshot, and what is opened after a restore from it.

Lambda takes the snapshot of an initialized function once for each published version and starts every environment from
it (https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html). So everything that a request can need and that holds
neither a connection nor a secret is made before: no request pays for it. Secrets and connections are fetched and opened
after each restore. Lambda's runtime brings ``snapshot_restore_py`` and calls the hooks; elsewhere nobody does, and
everything is made when it is first used.
"""

import gc
import random
from collections.abc import Callable

from snapshot_restore_py import register_after_restore, register_before_snapshot

from common.application.shared.deadline import deadline
from common.domain.shared.errors import Unavailable
from common.runtime.container.core import CoreContainer
from common.runtime.loop import run
from common.runtime.observability.logging import get_logger

#: Lambda gives loading and hooks ten seconds together, and ends the environment after them
#: (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html).
RESTORE_SECONDS = 9.5


def register_hooks(container: CoreContainer, prime: Callable[[], object]) -> None:
    """Have Lambda's runtime call ``prepare`` before a snapshot and ``restore`` after each restore.

    Args:
        container: what the function is made of.
        prime: runs the function's handler once, on something that asks nobody outside.
    """
    register_before_snapshot(prepare, container, prime)
    register_after_restore(restore, container)


def prepare(container: CoreContainer, prime: Callable[[], object]) -> None:
    """Make what the first request would otherwise make, and keep it out of later collections."""
    run(container.warm_up())
    prime()
    gc.freeze()


def restore(container: CoreContainer) -> None:
    """Give the environment random numbers of its own, fetch its secrets and connect it to the database.

    All environments that come from one snapshot would draw the same numbers from ``random``; what must not be guessed
    comes from the operating system, which Lambda gives fresh entropy
    (https://docs.aws.amazon.com/lambda/latest/dg/snapstart-uniqueness.html).

    What cannot be reached now is left to the first request, which tries again and answers 503 as at any other time: a
    hook that raises would end the environment, and its caller would get an error that says nothing.
    """
    random.seed()
    try:
        with deadline(RESTORE_SECONDS):
            run(container.open())
    except (Unavailable, TimeoutError) as error:
        get_logger().warning("Restored without connections", extra={"error": type(error).__name__})
