"""Prices (https://docs.stripe.com/api/prices): flat amounts, once or recurring."""

from infra.stripe_local import currencies
from infra.stripe_local.errors import Json, invalid
from infra.stripe_local.listing import as_list, page
from infra.stripe_local.parameters import only
from infra.stripe_local.routing import route
from infra.stripe_local.unit import Unit, update

_PLAIN = ("active", "lookup_key", "metadata", "nickname", "tax_behavior")


@route("POST", "/v1/prices", "PriceCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create a price for a product, or together with one."""
    only(
        params, *_PLAIN, "billing_scheme", "currency", "product", "product_data", "recurring", "transfer_lookup_key",
        "unit_amount",
    )  # fmt: skip
    data = params.pop("product_data", None)
    if data is not None:
        from infra.stripe_local.resources import products

        params["product"] = products.create(unit, data)["id"]
    if "product" not in params:
        raise invalid("Missing required param: product.", param="product", code="parameter_missing")
    unit.referred(params, "product", "product")
    return make(unit, params)


@route("GET", "/v1/prices/{price}", "PriceRetrieveParams")
def retrieve(unit: Unit, params: Json, price: str) -> Json:
    """Read a price."""
    del params
    return unit.get(price, "price")


@route("POST", "/v1/prices/{price}", "PriceModifyParams")
def modify(unit: Unit, params: Json, price: str) -> Json:
    """Change a price; amounts never change."""
    only(params, *_PLAIN, "transfer_lookup_key")
    found = unit.get(price, "price")
    _claim_key(unit, params)
    update(found, params)
    unit.emit("price.updated", found)
    return found


@route("GET", "/v1/prices", "PriceListParams")
def list_prices(unit: Unit, params: Json) -> Json:
    """List prices, also by lookup keys."""
    keys = params.pop("lookup_keys", None)
    params.pop("recurring", None)
    if keys is None:
        return page(unit, "price", "/v1/prices", params)
    found = [price for key in keys for price in unit.select("price", lookup_key=key)]
    wanted = {name: params[name] for name in ("active", "product", "currency") if name in params}
    rows = [price for price in found if all(price[name] == value for name, value in wanted.items())]
    return as_list(rows, "/v1/prices")


def make(unit: Unit, params: Json) -> Json:
    """A new price from checked parameters."""
    currency = params["currency"].lower()
    currencies.check_currency(currency)
    amount = params.get("unit_amount")
    if amount is None or amount < 0:
        message = "Invalid non-negative integer: unit_amount"
        raise invalid(message, param="unit_amount", code="parameter_invalid_integer")
    _claim_key(unit, params)
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


def _claim_key(unit: Unit, params: Json) -> None:
    transfer = params.pop("transfer_lookup_key", False)
    key = params.get("lookup_key")
    holders = unit.select("price", lookup_key=key) if key else []
    for holder in holders:
        if not transfer:
            raise invalid(f"A price (`{holder['id']}`) already uses that lookup key.", param="lookup_key")
        holder["lookup_key"] = None
