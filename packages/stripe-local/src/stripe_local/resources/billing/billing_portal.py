"""The customer portal (https://docs.stripe.com/api/customer_portal)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, new_id, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only

_DEFAULT = "bpc_default"
#: Every feature with nothing switched on.
_NOTHING: Json = {
    "customer_update": {"enabled": False, "allowed_updates": []}, "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": {
        "enabled": False, "mode": "at_period_end", "proration_behavior": "none",
        "cancellation_reason": {"enabled": False, "options": []},
    },
    "subscription_pause": {"enabled": False, "duration": {"type": "interval_options", "interval_options": []}},
    "subscription_update": {
        "enabled": False, "default_allowed_updates": [], "proration_behavior": "none", "products": [],
        "schedule_at_period_end": {"conditions": []}, "trial_update_behavior": "end_trial",
    },
}  # fmt: skip
#: What the dashboard saves where nobody changes anything: no switching of plans.
_SAVED: Json = {
    **_NOTHING,
    **{
        name: {**_NOTHING[name], "enabled": True}
        for name in ("customer_update", "invoice_history", "payment_method_update", "subscription_cancel")
    },
}
_PLAIN = ("business_profile", "default_return_url", "metadata", "name", "active")


@route("POST", "/v1/billing_portal/sessions", "billing_portal.SessionCreateParams")
def create_session(unit: Unit, params: Json) -> Json:
    """Open the portal for a customer, with a configuration or with what the dashboard has saved."""
    only(params, "customer", "return_url", "configuration", "locale")
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    unit.referred(params, "customer", "customer")
    chosen = unit.referred(params, "configuration", "billing_portal.configuration")
    if chosen is None and not unit.settings.portal_saved:
        raise invalid(
            "No configuration provided and your test mode default configuration has not been created. Provide a "
            "configuration or create your default by saving your customer portal settings in test mode at "
            "https://dashboard.stripe.com/test/settings/billing/portal."
        )
    if chosen is not None and not chosen["active"]:
        raise invalid("You cannot create a portal session with an inactive configuration.", param="configuration")
    session_id = new_id("bps")
    return unit.create("billing_portal.session", "bps", {
        "id": session_id, "configuration": chosen["id"] if chosen else _DEFAULT,
        "customer": params["customer"], "return_url": params.get("return_url"),
        "url": f"{unit.base_url}/portal/{session_id}",
    })  # fmt: skip


@route("POST", "/v1/billing_portal/configurations", "billing_portal.ConfigurationCreateParams")
def create_configuration(unit: Unit, params: Json) -> Json:
    """Keep what a portal offers."""
    profile = {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None}
    return unit.create("billing_portal.configuration", "bpc", {
        "active": True, "application": None, "business_profile": {**profile, **params.get("business_profile", {})},
        "default_return_url": params.get("default_return_url"), "features": _features(unit, {}, params["features"]),
        "is_default": False, "login_page": {"enabled": False, "url": None}, "metadata": params.get("metadata"),
        "name": params.get("name"), "updated": unit.now,
    })  # fmt: skip


@route("GET", "/v1/billing_portal/configurations/{configuration}", "billing_portal.ConfigurationRetrieveParams")
def retrieve_configuration(unit: Unit, params: Json, configuration: str) -> Json:
    """Read a configuration."""
    del params
    return unit.get(configuration, "billing_portal.configuration")


@route("POST", "/v1/billing_portal/configurations/{configuration}", "billing_portal.ConfigurationModifyParams")
def modify_configuration(unit: Unit, params: Json, configuration: str) -> Json:
    """Change what a portal offers."""
    only(params, *_PLAIN, "features")
    found = unit.get(configuration, "billing_portal.configuration")
    found["features"] = _features(unit, found["features"], params.pop("features", {}))
    found["business_profile"].update(params.pop("business_profile", {}))
    return update(found, {**params, "updated": unit.now})


@route("GET", "/v1/billing_portal/configurations", "billing_portal.ConfigurationListParams")
def list_configurations(unit: Unit, params: Json) -> Json:
    """List configurations."""
    return page(unit, "billing_portal.configuration", "/v1/billing_portal/configurations", params)


def offered(unit: Unit, session: Json) -> Json:
    """What an open portal offers."""
    found = unit.find(session["configuration"], "billing_portal.configuration")
    return dict(found["features"]) if found else _SAVED


def _features(unit: Unit, before: Json, given: Json) -> Json:
    features: Json = {name: {**_NOTHING[name], **before.get(name, {}), **given.get(name, {})} for name in _NOTHING}
    switching = features["subscription_update"]
    if switching["enabled"]:
        if not switching["default_allowed_updates"] or not switching["products"]:
            raise invalid(
                "To enable subscription updates, provide `default_allowed_updates` and `products`.",
                param="features[subscription_update]",
                code="parameter_missing",
            )
        for product in switching["products"]:
            for price in product["prices"]:
                if unit.get(price, "price", param="prices", status=400)["product"] != product["product"]:
                    raise invalid(f"Price {price} is not of product {product['product']}.", param="prices")
    return features
