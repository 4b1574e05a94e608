"""Events (https://docs.stripe.com/api/events)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json


@route("GET", "/v1/events/{event}", "EventRetrieveParams")
def retrieve(unit: Unit, params: Json, event: str) -> Json:
    """Read an event."""
    del params
    return unit.get(event, "event")


@route("GET", "/v1/events", "EventListParams")
def list_events(unit: Unit, params: Json) -> Json:
    """List events, newest first, also by type."""
    params.pop("delivery_success", None)
    types = params.pop("types", None)
    if types is None:
        return page(unit, "event", "/v1/events", params)
    marks = ", ".join("?" for _ in types)
    limit = params.get("limit", 10)
    found = unit.tx.select(
        f"account = ? AND kind = 'event' AND json_extract(body, '$.type') IN ({marks})",
        (unit.account, *types),
        f"ORDER BY seq DESC LIMIT {limit + 1}",
    )
    return {"object": "list", "data": found[:limit], "has_more": len(found) > limit, "url": "/v1/events"}
