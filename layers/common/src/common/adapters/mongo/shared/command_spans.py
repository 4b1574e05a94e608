"""What the database was asked, as spans.

The driver tells of its commands in two ways. Listeners cost every command, whether anybody wants to know or not: making
the events is a tenth of what a command takes of the processor. Its logger costs a look at its level. So it is the
logger, turned on only while spans are recorded
(https://www.mongodb.com/docs/languages/python/pymongo-driver/current/monitoring-and-logging/logging/). What it says
holds what documents hold, and so goes to the handler here and to nobody else.
"""

import json
import logging
import re
import time
from typing import Any

from common.application.shared.spans import Span, is_recording, record, while_recording

_LOGGER = logging.getLogger("pymongo.command")
_STARTED, _FAILED = "Command started", "Command failed"
#: How a command begins, as the driver writes it: its name, and the collection that it is about.
_ABOUT_COLLECTION = re.compile(r'\{"\w+": "([^"]+)"')
_MILLISECONDS = 1000
_NAME = "MongoDB"


class CommandSpans(logging.Handler):
    """Records each command with its name and its collection, and nothing of what it holds."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._listening = 0
        #: Collections of commands under way, by the driver's number of the command.
        self._under_way: dict[int, str] = {}

    def turn(self, *, is_on: bool) -> None:
        """Have the driver tell of its commands, or no longer, once nobody records any more."""
        self._listening += 1 if is_on else -1
        if not self._listening:
            self._under_way.clear()
        _LOGGER.setLevel(logging.DEBUG if self._listening else logging.WARNING)

    def emit(self, line: logging.LogRecord) -> None:
        """Record a command that has ended; of one that begins, remember the collection, which no later line names.

        What cannot be read is a span less.
        """
        if not is_recording():
            return
        try:
            self._read(json.loads(line.getMessage()))
        except (ValueError, KeyError):
            return

    def _read(self, told: dict[str, Any]) -> None:
        number, name = told["requestId"], told["commandName"]
        if told["message"] == _STARTED:
            about = _ABOUT_COLLECTION.match(told["command"])
            self._under_way[number] = about.group(1) if about else ""
            return
        collection, now = self._under_way.pop(number), time.time()
        fields = {"command": name, **({"collection": collection} if collection else {})}
        took = told["durationMS"] / _MILLISECONDS
        record(Span(_NAME, now - took, now, is_fault=told["message"] == _FAILED, fields=fields))


_spans = CommandSpans()


def record_commands() -> None:
    """Record this process's commands as spans from now on, wherever spans are recorded; safe to call again."""
    if _spans not in _LOGGER.handlers:
        _LOGGER.addHandler(_spans)
        _LOGGER.setLevel(logging.WARNING)
        _LOGGER.propagate = False
        while_recording(_spans.turn)
