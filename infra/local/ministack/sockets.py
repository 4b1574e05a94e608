"""Let MiniStack run the function of a WebSocket API by the runner, as it does all others.

It runs such a function on a worker of its own, past the address that executes every function. Without snapshots nobody
else asks for its workers, so that the one name here is all there is to replace.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Forward = Callable[[Mapping[str, Any], Any, str, str], Mapping[str, Any]]


class RunnerWorker:
    """Stands for MiniStack's worker of one function."""

    def __init__(self, forward: Forward, config: Mapping[str, Any]) -> None:
        """Keep what an invocation needs.

        Args:
            forward: Hands an invocation to an address and waits for its end.
            config: The function's configuration.
        """
        self._forward = forward
        self._config = config

    def invoke(self, event: Any, request_id: str) -> dict[str, Any]:
        """Run one invocation.

        Args:
            event: The event.
            request_id: The invocation's id.

        Returns:
            What MiniStack's own worker would.
        """
        answer = self._forward({"config": self._config}, event, os.environ["GIGSTA_RUNNER_URL"], request_id)
        if answer.get("error"):
            return {"status": "error", "error": answer["body"]["errorMessage"]}
        return {"status": "success", "result": answer["body"] or {}}


def install(forward: Forward) -> None:
    """Make MiniStack use the runner.

    Args:
        forward: Hands an invocation to an address and waits for its end.
    """

    def worker(_name: str, config: Mapping[str, Any], _code: bytes, **_qualifier: str) -> RunnerWorker:
        return RunnerWorker(forward, config)

    lambda_runtime.get_or_create_worker = worker
