"""Sockets that remember what was sent to them."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from common.application.ports.messaging.realtime.connections import PostOutcome


class FakeSockets:
    """Implements ``Sockets``; ``gone`` and ``failing`` hold the ids of those that take nothing."""

    def __init__(self) -> None:
        self.frames: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.closed: list[str] = []
        self.gone: set[str] = set()
        self.failing: set[str] = set()

    def warm_up(self) -> None:
        pass

    async def post(self, connection_id: str, payload: bytes) -> PostOutcome:
        if connection_id in self.gone:
            return PostOutcome.GONE
        if connection_id in self.failing:
            return PostOutcome.FAILED
        self.frames[connection_id].append(json.loads(payload))
        return PostOutcome.SENT

    async def close(self, connection_id: str) -> None:
        self.closed.append(connection_id)
