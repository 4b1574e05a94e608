"""Documents that one real booking wrote, stored again under fresh ids."""

import os
import uuid
from pathlib import Path
from typing import Any

from bson import json_util

Document = dict[str, Any]


def captured() -> dict[str, list[Document]]:
    """What was captured, by collection, ``outbox`` always among them; ``BENCH_DOCUMENTS`` names the file."""
    text = Path(os.environ["BENCH_DOCUMENTS"]).read_text(encoding="utf-8")
    found: dict[str, list[Document]] = json_util.loads(text, json_options=json_util.JSONOptions(tz_aware=True))
    return {"outbox": [], **found}


def renewed(row: Document, booking_id: str) -> Document:
    """A document that belongs to a booking, under an id of its own and of another booking."""
    return {**row, "_id": uuid.uuid4().hex, "booking_id": booking_id}


def new_booking(row: Document, booking_id: str) -> Document:
    """The booking under another id, its payment not opened yet."""
    charge = {**row["charges"][0], "payment_intent_id": None}
    details = {**row["payment_details"], "payment_intent_id": None}
    fresh = {**row, "_id": booking_id, "claim_id": booking_id, "charges": [charge], "payment_details": details}
    return {name: value for name, value in fresh.items() if name != "idempotency_key"}
