"""What the database was asked, as spans.

The driver tells listeners of each command
(https://www.mongodb.com/docs/languages/python/pymongo-driver/current/monitoring-and-logging/monitoring/); making a
command's event takes some hundredths of a millisecond, so only a process whose invocations may be traced has this one.
"""

import time

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from common.application.shared.spans import Span, is_recording, record

_MICROSECONDS = 1_000_000
_NAME = "MongoDB"


class CommandSpans(CommandListener):
    """Records each command with its name and its collection, and nothing of what it holds."""

    def __init__(self) -> None:
        #: Collections of commands under way, by the driver's number of the command.
        self._under_way: dict[int, str] = {}

    def started(self, event: CommandStartedEvent) -> None:
        """Remember the collection, which no later event names."""
        if is_recording():
            collection = event.command.get(event.command_name)
            self._under_way[event.request_id] = collection if isinstance(collection, str) else ""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Record a command that was answered."""
        self._end(event, is_fault=False)

    def failed(self, event: CommandFailedEvent) -> None:
        """Record a command that was refused or not answered."""
        self._end(event, is_fault=True)

    def _end(self, event: CommandSucceededEvent | CommandFailedEvent, *, is_fault: bool) -> None:
        collection = self._under_way.pop(event.request_id, None)
        if collection is None:
            return
        now = time.time()
        fields = {"command": event.command_name, **({"collection": collection} if collection else {})}
        record(Span(_NAME, now - event.duration_micros / _MICROSECONDS, now, is_fault, fields))
