"""The process that reads photographs, with a decoder that hangs or dies on some."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from common.adapters.imaging import child
from common.adapters.imaging.pipeline import process


def _poisoned(data: bytes, content_type: str, **options: Any) -> Any:
    if data == b"hang":
        time.sleep(600)
    if data == b"die":
        os.abort()
    if data == b"eat":
        bytearray(2_000_000_000)
    if data == b"leave":
        os._exit(0)
    return process(data, content_type, **options)


if __name__ == "__main__":
    vars(child)["process"] = _poisoned
    child.serve(sys.stdin.buffer, sys.stdout.buffer)
