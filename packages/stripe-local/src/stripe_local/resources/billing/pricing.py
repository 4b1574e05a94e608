"""What a price is made of, shared by prices and by products with a default price."""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.reference import currencies


def make(unit: Unit, params: Json) -> Json:
    """A new price from checked parameters."""
    currency = params["currency"].lower()
    currencies.check_currency(currency)
    amount = params.get("unit_amount")
    if amount is None or amount < 0:
        message = "Invalid non-negative integer: unit_amount"
        raise invalid(message, param="unit_amount", code="parameter_invalid_integer")
    claim_key(unit, params)
    recurring = params.get("recurring")
    if recurring is not None:
        only(recurring, "interval", "interval_count", "usage_type")
        recurring = {
            "interval": recurring["interval"], "interval_count": recurring.get("interval_count", 1), "meter": None,
            "trial_period_days": None, "usage_type": "licensed",
        }  # fmt: skip
    price = unit.create("price", "price", {
        "active": params.get("active", True), "billing_scheme": "per_unit", "currency": currency,
        "lookup_key": params.get("lookup_key"), "metadata": params.get("metadata"), "nickname": params.get("nickname"),
        "product": params["product"], "recurring": recurring,
        "tax_behavior": params.get("tax_behavior", "unspecified"),
        "type": "recurring" if recurring else "one_time", "unit_amount": amount, "unit_amount_decimal": str(amount),
    })  # fmt: skip
    unit.emit("price.created", price)
    return price


def claim_key(unit: Unit, params: Json) -> None:
    """Give a price its lookup key; another may hold it only if it is to be transferred.

    Raises:
        StripeError: another price uses the key, as Stripe answers it.
    """
    transfer = params.pop("transfer_lookup_key", False)
    key = params.get("lookup_key")
    holders = unit.select("price", lookup_key=key) if key else []
    for holder in holders:
        if not transfer:
            raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
        holder["lookup_key"] = None
