"""Customers (https://docs.stripe.com/api/customers)."""

from stripe_local.core import searching
from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import subscribing
from stripe_local.resources.payments.payment_methods import attach_to

_PLAIN = ("address", "balance", "description", "email", "metadata", "name", "phone", "preferred_locales", "shipping")


@route("POST", "/v1/customers", "CustomerCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create a customer, with a payment method attached if one is given."""
    customer = unit.create(
        "customer",
        "cus",
        {
            "balance": 0,
            "delinquent": False,
            "invoice_prefix": "LOCAL",
            "invoice_settings": {
                "custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None,
            },
            "next_invoice_sequence": 1,
            "preferred_locales": [],
            "tax_exempt": "none",
        },
    )  # fmt: skip
    method = params.pop("payment_method", None)
    _apply(unit, customer, params)
    if method:
        attach_to(unit, method, customer)
    unit.emit("customer.created", customer)
    return customer


@route("GET", "/v1/customers/search", "CustomerSearchParams")
def search(unit: Unit, params: Json) -> Json:
    """Search customers."""
    return searching.search(unit, "customer", "/v1/customers/search", params)


@route("GET", "/v1/customers/{customer}", "CustomerRetrieveParams")
def retrieve(unit: Unit, params: Json, customer: str) -> Json:
    """Read a customer; a deleted one answers with a stub, as Stripe's does."""
    del params
    found = unit.find(customer, "customer")
    if found is not None and found.get("_deleted"):
        return {"id": customer, "object": "customer", "deleted": True}
    return unit.get(customer, "customer")


@route("POST", "/v1/customers/{customer}", "CustomerModifyParams")
def modify(unit: Unit, params: Json, customer: str) -> Json:
    """Change a customer."""
    found = unit.get(customer, "customer")
    _apply(unit, found, params)
    unit.emit("customer.updated", found)
    return found


@route("DELETE", "/v1/customers/{customer}")
def delete(unit: Unit, params: Json, customer: str) -> Json:
    """Delete a customer: its subscriptions end, its payment methods are detached."""
    del params
    found = unit.get(customer, "customer")
    for method in unit.select("payment_method", customer=customer):
        method["customer"] = None
        method["_consumed"] = True
    for subscription in unit.select("subscription", customer=customer):
        if subscription["status"] not in subscribing.ENDED:
            subscribing.end(unit, subscription, "cancellation_requested")
    unit.emit("customer.deleted", found)
    found["_deleted"] = True
    return {"id": customer, "object": "customer", "deleted": True}


@route("GET", "/v1/customers", "CustomerListParams")
def list_customers(unit: Unit, params: Json) -> Json:
    """List customers."""
    return page(unit, "customer", "/v1/customers", params)


def _apply(unit: Unit, customer: Json, params: Json) -> None:
    only(params, *_PLAIN, "invoice_settings")
    settings = params.pop("invoice_settings", None)
    if settings:
        method = unit.referred(settings, "default_payment_method", "payment_method")
        if method is not None:
            customer["invoice_settings"]["default_payment_method"] = method["id"]
    update(customer, params)
