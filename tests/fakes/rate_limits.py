"""Limits that are never reached, for tests that send more than any person would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.application.ports.shared.limits import Bucket

if TYPE_CHECKING:
    from datetime import datetime


class Unlimited:
    """Implements ``RateLimits``."""

    async def take(self, key: str, *, limit: int, window_seconds: int, now: datetime) -> Bucket:  # noqa: ARG002 - the port's
        return Bucket(allowed=True, remaining=limit, retry_after=0, reset=0)
