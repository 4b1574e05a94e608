"""Runs another handler and writes down when each of its commands to the database was sent and answered.

The driver's own listener is registered before anything makes a client. ``BENCH_HANDLER`` names the handler,
``BENCH_COUNTS`` the file that gets a line for each invocation.
"""

import importlib
import json
import os
import time
from pathlib import Path
from typing import Any

from pymongo import monitoring

#: The driver sends these on its own, on a connection's or a session's behalf.
_DRIVERS_OWN = frozenset({"hello", "ping", "endSessions", "saslStart", "saslContinue"})
_commands: list[list[Any]] = []
_open: dict[tuple[Any, int], list[Any]] = {}


class _Listener(monitoring.CommandListener):
    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in _DRIVERS_OWN and event.database_name == "admin":
            return
        about = event.command.get(event.command_name)
        command = [event.command_name, about if isinstance(about, str) else "", time.monotonic(), None]
        _open[event.connection_id, event.request_id] = command
        _commands.append(command)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self._end(event)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self._end(event)

    def _end(self, event: monitoring.CommandSucceededEvent | monitoring.CommandFailedEvent) -> None:
        command = _open.pop((event.connection_id, event.request_id), None)
        if command is not None:
            command[-1] = time.monotonic()


monitoring.register(_Listener())
_module, _, _name = os.environ["BENCH_HANDLER"].rpartition(".")
_handler = getattr(importlib.import_module(_module), _name)
_counts = Path(os.environ["BENCH_COUNTS"])


def handler(event: dict[str, Any], context: object) -> Any:
    """Hand the event on."""
    _commands.clear()
    started = time.monotonic()
    answer = _handler(event, context)
    line = json.dumps({"started": started, "ended": time.monotonic(), "commands": _commands})
    with _counts.open("a") as file:
        file.write(line + "\n")
    return answer
