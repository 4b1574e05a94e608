"""Logs of functions: one file each as written, and one for all, readable."""

from __future__ import annotations

import json
import time
from logging import INFO, Formatter, Logger, LogRecord, getLogger
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

COMBINED = "functions.log"
MAX_BYTES = 5 * 1024 * 1024
HIDDEN = frozenset({
    "level", "message", "timestamp", "service", "location", "sampling_rate", "cold_start", "function_name",
    "function_memory_size", "function_arn", "function_request_id", "xray_trace_id",
})  # fmt: skip


class FunctionLogs:
    """Writes what functions say."""

    def __init__(self, folder: Path) -> None:
        """Open the logs.

        Args:
            folder: Folder for the files.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._combined = _file_logger(folder / COMBINED)
        self._own: dict[str, Logger] = {}

    def writer(self, function: str) -> Callable[[str], None]:
        """Return what takes the lines of a function.

        Args:
            function: Logical id.
        """
        if function not in self._own:
            self._own[function] = _file_logger(self._folder / f"{function}.log")
        own = self._own[function]

        def write(line: str) -> None:
            own.info("%s", line)
            if text := readable(line):
                self.note(function, text)

        return write

    def note(self, function: str, text: str) -> None:
        """Write a readable line to the log of all.

        Args:
            function: Logical id.
            text: The line.
        """
        self._combined.info("%s %-20s %s", time.strftime("%H:%M:%S"), function.removesuffix("Function"), text)

    def close(self) -> None:
        """Close the files."""
        for logger in [self._combined, *self._own.values()]:
            for handler in logger.handlers:
                handler.close()


def readable(line: str) -> str:
    """Turn a structured log line into a readable one.

    Args:
        line: What a function wrote; JSON by Powertools, or anything.

    Returns:
        Level, message and fields; plain text as it is; nothing for metrics and blank lines.
    """
    try:
        record: Any = json.loads(line)
    except ValueError:
        return line.strip()
    if not isinstance(record, dict) or "_aws" in record:
        return ""
    fields = " ".join(f"{key}={value}" for key, value in record.items() if key not in HIDDEN)
    return f"{record.get('level', 'INFO'):<7} {record.get('message', '')} {fields}".rstrip()


class _Plain(Formatter):
    """Formats a record as its bare message."""

    def format(self, record: LogRecord) -> str:
        return record.getMessage()


def _file_logger(path: Path) -> Logger:
    """Return a logger of its own that writes bare lines to a file of bounded size."""
    logger = getLogger(str(path))
    logger.setLevel(INFO)
    logger.propagate = False
    handler = RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
    handler.setFormatter(_Plain())
    logger.addHandler(handler)
    return logger
