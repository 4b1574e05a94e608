"""Checkout Sessions (https://docs.stripe.com/api/checkout/sessions) for payments and subscriptions."""

import secrets

from stripe_local.core.listing import as_list, page
from stripe_local.core.routing import route, timer
from stripe_local.core.unit import Unit, new_id, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import pricing, products
from stripe_local.resources.payments import offered

_LIFE_SECONDS = 24 * 3600
_SHORTEST_SECONDS = 1800


@route("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Open a session with a hosted page."""
    only(
        params, "mode", "line_items", "success_url", "cancel_url", "customer", "customer_email", "client_reference_id",
        "metadata", "subscription_data", "payment_intent_data", "allowed_payment_method_types",
        "payment_method_collection",
        "allow_promotion_codes", "ui_mode", "expires_at", "currency", "locale", "billing_address_collection",
        "customer_creation", "customer_update", "automatic_tax", "submit_type",
    )  # fmt: skip
    mode = params.get("mode")
    if mode not in {"payment", "subscription"}:
        raise invalid("stripe-local knows mode=payment and mode=subscription.", param="mode")
    for name in ("line_items", "success_url"):
        if not params.get(name):
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    if "customer" in params and "customer_email" in params:
        raise invalid("You may only specify one of these parameters: customer, customer_email.")
    unit.referred(params, "customer", "customer")
    return _make(unit, params, mode)


@route("GET", "/v1/checkout/sessions/{session}", "checkout.SessionRetrieveParams")
def retrieve(unit: Unit, params: Json, session: str) -> Json:
    """Read a session."""
    del params
    return unit.get(session, "checkout.session")


@route("POST", "/v1/checkout/sessions/{session}", "checkout.SessionModifyParams")
def modify(unit: Unit, params: Json, session: str) -> Json:
    """Change a session's metadata."""
    only(params, "metadata")
    return update(unit.get(session, "checkout.session"), params)


@route("GET", "/v1/checkout/sessions", "checkout.SessionListParams")
def list_sessions(unit: Unit, params: Json) -> Json:
    """List sessions."""
    return page(unit, "checkout.session", "/v1/checkout/sessions", params)


@route("GET", "/v1/checkout/sessions/{session}/line_items", "checkout.SessionListLineItemsParams")
def list_line_items(unit: Unit, params: Json, session: str) -> Json:
    """List what a session sells."""
    del params
    found = unit.get(session, "checkout.session")
    return as_list(found["_items"], f"/v1/checkout/sessions/{session}/line_items")


@route("POST", "/v1/checkout/sessions/{session}/expire", "checkout.SessionExpireParams")
def expire(unit: Unit, params: Json, session: str) -> Json:
    """Close an open session."""
    del params
    found = unit.get(session, "checkout.session")
    if found["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {found["status"]}.'
        raise invalid(message)
    _expire(unit, found)
    return found


@timer("checkout_expires")
def expire_in_time(unit: Unit, session_id: str) -> None:
    """A session nobody completed."""
    found = unit.get(session_id, "checkout.session")
    if found["status"] == "open":
        _expire(unit, found)


def _expire(unit: Unit, session: Json) -> None:
    session.update(status="expired", url=None)
    unit.emit("checkout.session.expired", session)


def _make(unit: Unit, params: Json, mode: str) -> Json:
    items = [_item(unit, row, mode, position) for position, row in enumerate(params["line_items"])]
    expires_at = params.get("expires_at", unit.now + _LIFE_SECONDS)
    if not unit.now + _SHORTEST_SECONDS <= expires_at <= unit.now + _LIFE_SECONDS:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", param="expires_at"
        )
    total = sum(item["amount_total"] for item in items)
    trial = (params.get("subscription_data") or {}).get("trial_period_days")
    session_id = new_id("cs_test")
    session = unit.create("checkout.session", "cs_test", {
        "id": session_id, "allow_promotion_codes": params.get("allow_promotion_codes"),
        "amount_subtotal": 0 if trial else total, "amount_total": 0 if trial else total,
        "automatic_tax": {"enabled": False, "liability": None, "status": None, "provider": None},
        "cancel_url": params.get("cancel_url"), "client_reference_id": params.get("client_reference_id"),
        "currency": items[0]["currency"], "custom_fields": [], "custom_text": {
            "after_submit": None, "shipping_address": None, "submit": None, "terms_of_service_acceptance": None,
        },
        "customer": params.get("customer"), "customer_email": params.get("customer_email"),
        "expires_at": expires_at, "metadata": params.get("metadata"), "mode": mode,
        "payment_method_collection": params.get("payment_method_collection", "always"),
        "payment_method_types": offered.of(unit, params)[0], "payment_status": "unpaid",
        "shipping_options": [], "status": "open", "success_url": params["success_url"], "ui_mode": "hosted_page",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{unit.base_url}/checkout/{session_id}#{secrets.token_hex(8)}",
        "_items": items, "_subscription_data": params.get("subscription_data", {}),
        "_payment_intent_data": params.get("payment_intent_data", {}),
    })  # fmt: skip
    unit.later(expires_at, "checkout_expires", session_id)
    return session


def _item(unit: Unit, row: Json, mode: str, position: int) -> Json:
    only(row, "price", "price_data", "quantity")
    if "price_data" in row:
        data = dict(row["price_data"])
        described = data.pop("product_data", None)
        if described is not None:
            data["product"] = products.create(unit, described)["id"]
        price = pricing.make(unit, data)
    else:
        price = unit.get(row.get("price"), "price", param=f"line_items[{position}][price]", status=400)
    if mode == "payment" and price["type"] == "recurring":
        message = (
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
        )
        raise invalid(f"{message}only one-time prices.", param=f"line_items[{position}]")
    if mode == "subscription" and price["type"] != "recurring":
        raise invalid("stripe-local sells recurring prices only in `subscription` mode.", code="not_supported")
    quantity = row.get("quantity", 1)
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("li"), "object": "item", "amount_discount": 0, "amount_subtotal": amount, "amount_tax": 0,
        "amount_total": amount, "currency": price["currency"], "price": dict(price), "quantity": quantity,
        "description": price["nickname"] or unit.get(price["product"], "product")["name"], "metadata": {},
    }  # fmt: skip
