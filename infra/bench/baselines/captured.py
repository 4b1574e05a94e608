"""Documents that one real booking wrote, stored again under fresh ids."""

import uuid
from collections.abc import Mapping
from typing import Any

Document = dict[str, Any]


def fresh(captured: Mapping[str, list[Document]], booking_id: str, cells: list[int]) -> dict[str, list[Document]]:
    """The captured documents under new ids, with the booking id and the cells of this call."""
    return {
        collection: [_renewed(collection, document, booking_id, cells) for document in documents]
        for collection, documents in captured.items()
    }


def _renewed(collection: str, document: Document, booking_id: str, cells: list[int]) -> Document:
    row = {**document, "_id": uuid.uuid4().hex}
    if collection == "bookings":
        charge = {**row["charges"][0], "payment_intent_id": f"pi_{row['_id']}"}
        details = {**row["payment_details"], "payment_intent_id": None}
        return {**row, "_id": booking_id, "payment_details": details, "charges": [charge]}
    if "booking_id" in row:
        row["booking_id"] = booking_id
    if "cells" in row:
        row["cells"] = cells
    return row
