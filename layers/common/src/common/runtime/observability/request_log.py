"""A line for each request that changes a booking, so that its id alone finds it in the logs of every function.

Written without the logger, whose import takes longer than most requests; the fields are named as the logger's are.
"""

import json
import re
import sys
from datetime import UTC, datetime

from common.runtime.observability.logging import context_fields, get_service, set_booking_id

_BOOKING = re.compile(r"bkg_[0-9a-z]{26}(?![0-9a-z])")
#: These change nothing; API Gateway's access log has them.
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def begin(path: str) -> None:
    """Name the booking that a request's path names; none where it names none."""
    found = _BOOKING.search(path)
    set_booking_id(found.group() if found else "")


def end(method: str, path: str, status: int) -> None:
    """Write the line of a request that has ended, where it changed a booking or tried to."""
    if method in _READING:
        return
    ids = context_fields()
    if "booking_id" not in ids:
        return
    now = datetime.now(UTC)
    line = {
        "level": "INFO",
        "message": "Request",
        "timestamp": f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03}+0000",
        "service": get_service(),
        "method": method,
        "path": path,
        "status": status,
        **ids,
    }
    sys.stdout.write(f"{json.dumps(line)}\n")
