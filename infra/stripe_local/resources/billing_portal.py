"""The customer portal (https://docs.stripe.com/api/customer_portal)."""

from infra.stripe_local.errors import Json, invalid
from infra.stripe_local.listing import page
from infra.stripe_local.parameters import only
from infra.stripe_local.routing import route
from infra.stripe_local.unit import Unit, new_id

_CONFIGURATION = "bpc_local"


@route("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams")
def create_session(unit: Unit, params: Json) -> Json:
    """Open the portal for a customer."""
    only(params, "customer", "return_url", "configuration", "locale")
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    unit.referred(params, "customer", "customer")
    session_id = new_id("bps")
    return unit.create("billing_portal.session", "bps", {
        "id": session_id, "configuration": params.get("configuration", _CONFIGURATION),
        "customer": params["customer"], "return_url": params.get("return_url"),
        "url": f"{unit.base_url}/portal/{session_id}",
    })  # fmt: skip


@route("POST", "/v1/billing_portal/configurations", "billing_portal.ConfigurationCreateParams")
def create_configuration(unit: Unit, params: Json) -> Json:
    """Keep a configuration; the local portal offers the same to everyone."""
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    return unit.create("billing_portal.configuration", "bpc", {
        "active": True, "application": None, "business_profile": {**profile, **params.get("business_profile", {})},
        "default_return_url": params.get("default_return_url"), "features": params["features"], "is_default": False,
        "login_page": {"enabled": False, "url": None}, "metadata": params.get("metadata"), "name": params.get("name"),
        "updated": unit.now,
    })  # fmt: skip


@route("GET", "/v1/billing_portal/configurations", "billing_portal.ConfigurationListParams")
def list_configurations(unit: Unit, params: Json) -> Json:
    """List configurations."""
    return page(unit, "billing_portal.configuration", "/v1/billing_portal/configurations", params)
