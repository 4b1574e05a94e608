"""Prices (https://docs.stripe.com/api/prices): flat amounts, once or recurring."""

from stripe_local.core.listing import as_list, page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import pricing, products

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
        params["product"] = products.create(unit, data)["id"]
    if "product" not in params:
        raise invalid("Missing required param: product.", param="product", code="parameter_missing")
    unit.referred(params, "product", "product")
    return pricing.make(unit, params)


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
    pricing.claim_key(unit, params)
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
