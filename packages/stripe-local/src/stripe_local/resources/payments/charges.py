"""Charges (https://docs.stripe.com/api/charges), read only: intents make them."""

from stripe_local.core import searching
from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json


@route("GET", "/v1/charges/search", "ChargeSearchParams")
def search(unit: Unit, params: Json) -> Json:
    """Search charges."""
    return searching.search(unit, "charge", "/v1/charges/search", params)


@route("GET", "/v1/charges/{charge}", "ChargeRetrieveParams")
def retrieve(unit: Unit, params: Json, charge: str) -> Json:
    """Read a charge."""
    del params
    return unit.get(charge, "charge")


@route("POST", "/v1/charges/{charge}", "ChargeModifyParams")
def modify(unit: Unit, params: Json, charge: str) -> Json:
    """Change a charge's description, metadata and the like."""
    found = update(unit.get(charge, "charge"), params)
    unit.emit("charge.updated", found)
    return found


@route("GET", "/v1/charges", "ChargeListParams")
def list_charges(unit: Unit, params: Json) -> Json:
    """List charges."""
    return page(unit, "charge", "/v1/charges", params)
