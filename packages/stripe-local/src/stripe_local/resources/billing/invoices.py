"""Invoices (https://docs.stripe.com/api/invoices); subscriptions write them."""

from stripe_local.core.listing import as_list, page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.billing import invoicing, subscribing


@route("GET", "/v1/invoices/{invoice}", "InvoiceRetrieveParams")
def retrieve(unit: Unit, params: Json, invoice: str) -> Json:
    """Read an invoice."""
    del params
    return unit.get(invoice, "invoice")


@route("GET", "/v1/invoices", "InvoiceListParams")
def list_invoices(unit: Unit, params: Json) -> Json:
    """List invoices, also by subscription or status."""
    subscription = params.pop("subscription", None)
    fixed = {"_subscription": subscription} if subscription else {}
    return page(unit, "invoice", "/v1/invoices", params, **fixed)


@route("GET", "/v1/invoices/{invoice}/lines", "InvoiceListLinesParams")
def list_lines(unit: Unit, params: Json, invoice: str) -> Json:
    """List an invoice's lines."""
    del params
    return as_list(unit.get(invoice, "invoice")["lines"]["data"], f"/v1/invoices/{invoice}/lines")


@route("POST", "/v1/invoices/{invoice}/pay", "InvoicePayParams")
def pay(unit: Unit, params: Json, invoice: str) -> Json:
    """Try to collect an open invoice."""
    only(params, "payment_method", "off_session")
    found = unit.get(invoice, "invoice")
    if found["status"] != "open":
        raise invalid(f"Invoice is already {found['status']}", code="invoice_not_editable")
    subscription = unit.get(found["_subscription"], "subscription")
    method = params.get("payment_method") or subscribing.payment_method(unit, subscription)
    invoicing.collect(unit, found, method, off_session=params.get("off_session", True))
    if found["status"] == "open":
        raise StripeError(402, "card_error", "Your card was declined.", keep=True, code="card_declined")
    return found


@route("POST", "/v1/invoices/{invoice}/void", "InvoiceVoidInvoiceParams")
def void(unit: Unit, params: Json, invoice: str) -> Json:
    """Void an open invoice."""
    del params
    found = unit.get(invoice, "invoice")
    if found["status"] != "open":
        raise invalid("You can only void an open invoice.", code="invoice_not_editable")
    invoicing.void(unit, found)
    return found
