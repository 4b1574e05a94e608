"""What one real booking writes at each step of its story; the bare handlers write the same."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bson import json_util
from pymongo import MongoClient

if TYPE_CHECKING:
    from pathlib import Path

#: Where a booking's rows are, besides itself.
_COLLECTIONS = ("slot_claims", "booking_history", "payment_operations", "ledger_entries", "outbox")


class Recorder:
    """Looks at one booking after each step.

    Args:
        uri: The server.
        database: The database.
    """

    def __init__(self, uri: str, database: str) -> None:
        self._uri, self._database = uri, database
        self._steps: dict[str, Any] = {}
        self._seen: set[Any] = set()
        self._booking_id = ""

    async def step(self, name: str, booking_id: str) -> None:
        """Remember what a step has written.

        Args:
            name: The step.
            booking_id: The booking.
        """
        await asyncio.to_thread(self._look, name, booking_id)

    def write(self, path: Path) -> None:
        """Write what was remembered, and who was told of what.

        Args:
            path: The file.
        """
        path.write_text(json_util.dumps({"steps": self._steps, "told": self._told()}), encoding="utf-8")

    def _look(self, name: str, booking_id: str) -> None:
        self._booking_id = booking_id
        with MongoClient[dict[str, Any]](self._uri, tz_aware=True) as client:
            db = client[self._database]
            rows: dict[str, list[dict[str, Any]]] = {}
            for collection in _COLLECTIONS:
                found = [row for row in db[collection].find({"booking_id": booking_id}) if row["_id"] not in self._seen]
                self._seen.update(row["_id"] for row in found)
                if found:
                    rows[collection] = found
            self._steps[name] = {"booking": db["bookings"].find_one({"_id": booking_id}), "rows": rows}

    def _told(self) -> dict[str, list[str]]:
        told: dict[str, list[str]] = {}
        with MongoClient[dict[str, Any]](self._uri) as client:
            booking = client[self._database]["bookings"].find_one({"_id": self._booking_id}) or {}
            for entry in client[self._database]["notifications"].find({"booking_id": self._booking_id}):
                side = "customer_id" if entry["user_id"] == booking["customer_id"] else "provider_user_id"
                told.setdefault(entry["type"], []).append(side)
        return told
