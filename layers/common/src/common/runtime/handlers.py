"""A Lambda handler that knows its name and what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common.runtime.settings import SettingsGroup

Needs = tuple[type[SettingsGroup], ...]


@dataclass(frozen=True)
class LambdaHandler:
    """What Lambda's runtime calls with each event.

    Attributes:
        service: the function's name, in logs and metrics.
        needs: the groups of settings it does not start without, besides ``CoreSettings``.
        run: does one invocation.
    """

    service: str
    needs: Needs
    run: Callable[[Any, Any], Any]

    def __call__(self, event: Any, context: Any) -> Any:
        """Do one invocation.

        Args:
            event: what it is about.
            context: Lambda's, which tells how much time is left.
        """
        return self.run(event, context)
