"""The price of every stored booking as one line for its service, and what is held of it.

``total`` and ``taxes`` stay beside the line, for the release that reads them there and may still serve;
``common.domain.bookings.booking.PriceSnapshot`` reads what that one writes after this step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.ops.migrations.batches import update_in_batches

if TYPE_CHECKING:
    from pymongo.database import Database

name = "0095_price_lines"
dependencies = ["0082_debts"]

_FIRST = "line_1"
_LINE = {
    "id": _FIRST,
    "kind": "service",
    "label": "$service.title",
    "quantity": 1,
    "unit_amount": "$price.total",
    "taxes": {"$ifNull": ["$price.taxes", []]},
    "borne_by": "provider",
    "option_id": None,
}


def _sum(*fields: str) -> dict[str, Any]:
    return {"$add": [{"$ifNull": [f"$payment_details.{field}_amount", 0]} for field in fields]}


#: As the ledger's account of held money says: what came in, less what was given back, earned, or is with the provider.
_HELD = {
    "$subtract": [
        _sum("captured", "reversed", "debt"),
        _sum("refunded", "charged_back", "commission", "transferred", "set_off"),
    ]
}
_NOTHING: dict[str, Any] = {"$literal": {}}


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Give each booking without lines its line."""
    held = {"$cond": [{"$eq": [_HELD, 0]}, _NOTHING, {_FIRST: _HELD}]}
    line = {"$set": {"price.lines": [_LINE], "payment_details.held_by_line": held}}
    update_in_batches(db["bookings"], {"price.lines": None}, [line])


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Take the lines away; the total and the taxes are beside them."""
    db["bookings"].update_many({}, {"$unset": {"price.lines": "", "payment_details.held_by_line": ""}})
