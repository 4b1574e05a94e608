"""Webhook endpoints (https://docs.stripe.com/api/webhook_endpoints)."""

import secrets

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only


@route("POST", "/v1/webhook_endpoints", "WebhookEndpointCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Add an endpoint; only this answer carries its secret."""
    only(params, "url", "enabled_events", "connect", "description", "metadata", "api_version")
    if not params["url"].startswith(("http://", "https://")):
        raise invalid(
            "Invalid URL: an explicit scheme (such as https) must be provided.", param="url", code="url_invalid"
        )
    secret = new_secret()
    scope = "connect" if params.get("connect") else "platform"
    endpoint = add(unit, params["url"], secret, scope, params["enabled_events"])
    endpoint.update(
        description=params.get("description"), metadata=params.get("metadata", {}),
        api_version=params.get("api_version"),
    )  # fmt: skip
    return {**endpoint, "secret": secret}


@route("GET", "/v1/webhook_endpoints/{endpoint}", "WebhookEndpointRetrieveParams")
def retrieve(unit: Unit, params: Json, endpoint: str) -> Json:
    """Read an endpoint."""
    del params
    return unit.get(endpoint, "webhook_endpoint")


@route("POST", "/v1/webhook_endpoints/{endpoint}", "WebhookEndpointModifyParams")
def modify(unit: Unit, params: Json, endpoint: str) -> Json:
    """Change an endpoint."""
    found = unit.get(endpoint, "webhook_endpoint")
    disabled = params.pop("disabled", None)
    if disabled is not None:
        found["status"] = "disabled" if disabled else "enabled"
    return update(found, params)


@route("GET", "/v1/webhook_endpoints", "WebhookEndpointListParams")
def list_endpoints(unit: Unit, params: Json) -> Json:
    """List endpoints."""
    return page(unit, "webhook_endpoint", "/v1/webhook_endpoints", params)


@route("DELETE", "/v1/webhook_endpoints/{endpoint}")
def delete(unit: Unit, params: Json, endpoint: str) -> Json:
    """Remove an endpoint; what was not delivered to it is dropped."""
    del params
    unit.get(endpoint, "webhook_endpoint")
    unit.tx.remove(unit.account, endpoint)
    return {"id": endpoint, "object": "webhook_endpoint", "deleted": True}


def new_secret() -> str:
    """A signing secret of the form that Stripe gives."""
    return f"whsec_{secrets.token_urlsafe(24)}"


def add(unit: Unit, url: str, secret: str, scope: str, kinds: list[str]) -> Json:
    """Add an endpoint with a given secret.

    Args:
        unit: The unit of work.
        url: Where events are posted.
        secret: For the signature.
        scope: `platform`, `connect` (events of connected accounts), or `all`.
        kinds: Types of events, or `*`.
    """
    return unit.create("webhook_endpoint", "we", {
        "api_version": None, "application": None, "description": None, "enabled_events": kinds, "status": "enabled",
        "url": url, "_secret": secret, "_scope": scope,
    })  # fmt: skip


def roll(unit: Unit, endpoint: str, secret: str, *, expire_now: bool = False) -> Json:
    """Give an endpoint another signing secret; the old one signs too until the next roll, unless it expires now."""
    found = unit.get(endpoint, "webhook_endpoint")
    found["_old_secrets"] = [] if expire_now else [found["_secret"]]
    found["_secret"] = secret
    return found
