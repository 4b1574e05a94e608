"""Run MiniStack as the local cloud needs it: ``python -m infra.local.ministack.launcher``.

Settings come from the environment that ``infra.local.ministack.server`` gives. Beside MiniStack's own,
``GIGSTA_RUNNER_URL`` is the address that executes every function.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ministack.app import main
from ministack.services import eventbridge, lambda_svc, scheduler

from infra.local.ministack import buckets, mails
from infra.local.ministack import routes as ministack_routes
from infra.local.ministack import sockets as ministack_sockets
from infra.local.ministack import state as ministack_state

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEDULER_TICK_SECONDS = 1
# The runner ends what takes too long, cold starts allowed for; MiniStack must not give up before it.
PATIENCE_SECONDS = 20

_forward = lambda_svc._execute_function_proxy  # noqa: SLF001


def _runner_url(_config: Mapping[str, Any]) -> str:
    """Return the address that executes a function, the same for all."""
    return os.environ["GIGSTA_RUNNER_URL"]


def _forward_patiently(function: Mapping[str, Any], event: Any, url: str, request_id: str) -> Mapping[str, Any]:
    """Hand an invocation to the runner, and wait until it has surely ended it."""
    config = function.get("config") or function
    patient = {**config, "Timeout": config["Timeout"] + PATIENCE_SECONDS}
    answer: Mapping[str, Any] = _forward({**function, "config": patient}, event, url, request_id)
    return answer


def _no_snapshot(_name: str, _version: Mapping[str, Any]) -> None:
    """Take no snapshot of a published version: MiniStack would run it itself, without the runner."""


if __name__ == "__main__":
    buckets.install()
    mails.install()
    ministack_routes.install()
    ministack_state.install()
    ministack_sockets.install(_forward_patiently)
    lambda_svc._proxy_url_for = _runner_url  # noqa: SLF001  (its own setting is per function and would be deployed)
    lambda_svc._execute_function_proxy = _forward_patiently  # noqa: SLF001
    lambda_svc._snapstart_provision_version_async = _no_snapshot  # noqa: SLF001
    scheduler._SCHEDULE_TICK_INTERVAL = SCHEDULER_TICK_SECONDS  # noqa: SLF001  (10 s otherwise)
    eventbridge._SCHEDULER_TICK_INTERVAL = SCHEDULER_TICK_SECONDS  # noqa: SLF001
    main()
