"""Subscriptions (https://docs.stripe.com/api/subscriptions)."""

from stripe_local.core import searching
from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, new_id, update
from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import pricing, subscribing
from stripe_local.resources.payments import confirming

_DAY = 24 * 3600
_PLAIN = ("description", "metadata", "default_payment_method")
_SETTINGS = {"payment_method_options": None, "payment_method_types": None, "save_default_payment_method": "off"}


@route("POST", "/v1/subscriptions", "SubscriptionCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Start a subscription: a trial, or a first payment."""
    only(
        params, *_PLAIN, "customer", "items", "currency", "trial_period_days", "trial_end", "trial_settings",
        "payment_behavior", "payment_settings", "cancel_at_period_end", "collection_method", "off_session",
        "proration_behavior",
    )  # fmt: skip
    if "customer" not in params:
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    return begin(unit, params)


def begin(unit: Unit, params: Json, *, authenticated: bool = False) -> Json:
    """Start a subscription from checked parameters; `authenticated` after a challenge passed on Checkout."""
    customer = unit.referred(params, "customer", "customer") or {}
    subscription_id = new_id("sub")
    rows = [_item(unit, subscription_id, row) for row in params.get("items", [])]
    if not rows:
        raise invalid("Missing required param: items.", param="items", code="parameter_missing")
    if params.get("collection_method", "charge_automatically") != "charge_automatically":
        raise invalid("stripe-local charges automatically only.", param="collection_method", code="not_supported")
    method = params.get("default_payment_method")
    if method:
        method = confirming.check_method(unit, {"customer": customer["id"]}, method)["id"]
    behavior = params.get("payment_behavior", "allow_incomplete")
    subscription = _make(unit, params, subscription_id, customer, rows, method)
    trial_end = _trial_end(unit, params)
    if trial_end is None and behavior != "default_incomplete" and not subscribing.payment_method(unit, subscription):
        message = "This customer has no attached payment source or default payment method. Please consider adding a "
        raise invalid(f"{message}default payment method.", code="resource_missing")
    subscribing.start(unit, subscription, trial_end=trial_end, behavior=behavior, authenticated=authenticated)
    if behavior == "error_if_incomplete" and subscription["status"] == "incomplete":
        raise StripeError(402, "card_error", "Your card was declined.", code="card_declined")
    return subscription


@route("GET", "/v1/subscriptions/search", "SubscriptionSearchParams")
def search(unit: Unit, params: Json) -> Json:
    """Search subscriptions."""
    return searching.search(unit, "subscription", "/v1/subscriptions/search", params)


@route("GET", "/v1/subscriptions/{subscription}", "SubscriptionRetrieveParams")
def retrieve(unit: Unit, params: Json, subscription: str) -> Json:
    """Read a subscription."""
    del params
    return unit.get(subscription, "subscription")


@route("POST", "/v1/subscriptions/{subscription}", "SubscriptionModifyParams")
def modify(unit: Unit, params: Json, subscription: str) -> Json:
    """Change a subscription: prices, payment method, end of the period or of the trial."""
    only(
        params, *_PLAIN, "items", "cancel_at", "cancel_at_period_end", "proration_behavior", "trial_end",
        "payment_settings",
        "payment_behavior", "off_session", "trial_settings", "cancellation_details",
    )  # fmt: skip
    found = unit.get(subscription, "subscription")
    if found["status"] in subscribing.ENDED and set(params) - {"metadata"}:
        message = "A canceled subscription can only update its cancellation_details and metadata."
        raise invalid(message)
    previous = {name: found.get(name) for name in params if name in found and name != "items"}
    behavior = params.pop("proration_behavior", "create_prorations")
    for row in params.pop("items", []):
        _change_item(unit, found, row, behavior)
    for name in ("payment_settings", "trial_settings"):
        found[name] = {**found[name], **params.pop(name, {})}
    _change_schedule(unit, found, params)
    method = params.pop("default_payment_method", None)
    if method:
        found["default_payment_method"] = confirming.check_method(unit, found, method)["id"]
    update(found, {name: params[name] for name in ("description", "metadata") if name in params})
    unit.emit("customer.subscription.updated", found, previous)
    return found


@route("DELETE", "/v1/subscriptions/{subscription}", "SubscriptionCancelParams")
def cancel(unit: Unit, params: Json, subscription: str) -> Json:
    """End a subscription now."""
    only(params, "cancellation_details", "invoice_now", "prorate")
    found = unit.get(subscription, "subscription")
    if found["status"] in subscribing.ENDED:
        raise StripeError(
            404, "invalid_request_error", f"No such subscription: '{subscription}'", code="resource_missing", param="id"
        )
    found["cancellation_details"].update(params.get("cancellation_details", {}))
    subscribing.end(unit, found, "cancellation_requested")
    return found


@route("GET", "/v1/subscriptions", "SubscriptionListParams")
def list_subscriptions(unit: Unit, params: Json) -> Json:
    """List subscriptions; ended ones only when asked for."""
    status = params.pop("status", None)
    price = params.pop("price", None)
    fixed: dict[str, object] = {} if status in {None, "all", "ended"} else {"status": status}
    found = page(unit, "subscription", "/v1/subscriptions", params, **fixed)
    if status is None:
        found["data"] = [row for row in found["data"] if row["status"] not in subscribing.ENDED]
    if status == "ended":
        found["data"] = [row for row in found["data"] if row["status"] in subscribing.ENDED]
    if price is not None:
        found["data"] = [row for row in found["data"] if price in {r["price"]["id"] for r in row["items"]["data"]}]
    return found


def _make(unit: Unit, params: Json, subscription_id: str, customer: Json, rows: list[Json], method: str | None) -> Json:
    end_behavior = {"end_behavior": {"missing_payment_method": "create_invoice"}}
    return unit.create("subscription", "sub", {
        "id": subscription_id, "automatic_tax": {"enabled": False, "liability": None, "disabled_reason": None},
        "billing_cycle_anchor": unit.now,
        "billing_mode": {"type": "flexible", "flexible": {"proration_discounts": "included"}, "updated_at": None},
        "billing_schedules": [], "cancel_at": None, "cancel_at_period_end": params.get("cancel_at_period_end", False),
        "canceled_at": None, "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically", "currency": rows[0]["price"]["currency"],
        "customer": customer["id"], "default_payment_method": method, "description": params.get("description"),
        "discounts": [], "ended_at": None, "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
        "items": {
            "object": "list", "data": rows, "has_more": False, "total_count": len(rows),
            "url": f"/v1/subscription_items?subscription={subscription_id}",
        },
        "latest_invoice": None, "metadata": params.get("metadata"),
        "payment_settings": {**_SETTINGS, **params.get("payment_settings", {})}, "start_date": unit.now,
        "status": "incomplete", "trial_end": None, "trial_settings": params.get("trial_settings", end_behavior),
        "trial_start": None,
    })  # fmt: skip


def _item(unit: Unit, subscription_id: str, row: Json) -> Json:
    only(row, "price", "price_data", "quantity", "metadata")
    if row.get("price_data"):
        price = pricing.make(unit, row["price_data"])
    else:
        price = unit.get(row.get("price"), "price", param="items[0][price]", status=400)
    return subscribing.item(unit, subscription_id, price, row.get("quantity", 1))


def _trial_end(unit: Unit, params: Json) -> int | None:
    wanted = params.get("trial_end")
    if isinstance(wanted, int):
        if wanted <= unit.now:
            raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future", param="trial_end")
        return wanted
    days = params.get("trial_period_days")
    return unit.now + int(days) * _DAY if days and wanted != "now" else None


def _change_item(unit: Unit, subscription: Json, row: Json, behavior: str) -> None:
    only(row, "id", "price", "quantity")
    items = subscription["items"]["data"]
    old = next((item for item in items if item["id"] == row.get("id")), None)
    if old is None:
        message = "stripe-local changes existing items only: pass the item's id."
        raise invalid(message, param="items[0][id]", code="not_supported")
    price = unit.get(row.get("price", old["price"]["id"]), "price", param="items[0][price]", status=400)
    subscribing.change_price(unit, subscription, old, price, row.get("quantity", old["quantity"]), behavior)


def _change_schedule(unit: Unit, subscription: Json, params: Json) -> None:
    if "cancel_at_period_end" in params:
        ending = params["cancel_at_period_end"]
        subscribing.schedule_end(unit, subscription, subscribing.period_end(subscription) if ending else None)
        subscription["cancel_at_period_end"] = ending
    if "cancel_at" in params:
        wanted = params["cancel_at"]
        at = subscribing.period_end(subscription) if wanted in {"min_period_end", "max_period_end"} else wanted
        if at and int(at) <= unit.now:
            raise invalid("Invalid timestamp: must be an integer Unix timestamp in the future", param="cancel_at")
        subscribing.schedule_end(unit, subscription, int(at) if at else None)
        subscription["cancel_at_period_end"] = False
    if "trial_end" in params:
        wanted = params["trial_end"]
        moment = unit.now if wanted == "now" else int(wanted)
        subscription.update(trial_end=moment, billing_cycle_anchor=moment)
        for item in subscription["items"]["data"]:
            item["current_period_end"] = moment
        unit.later(moment, "subscription_turns", subscription["id"])
