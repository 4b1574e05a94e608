"""Stripe-hosted pages of billing: Checkout and the customer portal."""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError
from stripe_local.reference import cards
from stripe_local.reference.currencies import display
from stripe_local.resources.billing import billing_portal, checkout, customers, subscribing, subscriptions
from stripe_local.resources.payments import payment_methods
from stripe_local.serving.engine import Engine
from stripe_local.serving.pages.html import form, link, moment, page, table, text

_CARD = '<p><label>Card <input name="card" value="{card}" size="22" inputmode="numeric"></label></p>'
_MAIL = '<p><label>Mail <input name="email" value="{email}" size="30" type="email"></label></p>'
_VISA = "4242424242424242"


def routes(engine: Engine) -> list[Route]:
    """Routes of the billing pages."""

    async def session(request: Request) -> Response:
        given = await _form(request)
        session_id = request.path_params["session"]
        try:
            with engine.unit() as unit:
                return _checkout(unit, session_id, given)
        except StripeError as error:
            with engine.unit() as unit:
                return _checkout_page(unit.get(session_id, "checkout.session"), given, error.error["message"])

    async def portal(request: Request) -> Response:
        given = await _form(request)
        try:
            with engine.unit() as unit:
                return _portal(unit, request.path_params["session"], given)
        except StripeError as error:
            return page("Billing portal", f"<p>{text(error.error['message'])}</p>", status=error.status)

    both = ["GET", "POST"]
    return [
        Route("/checkout/{session}", session, methods=both),
        Route("/portal/{session}", portal, methods=both),
    ]


async def _form(request: Request) -> dict[str, str]:
    if request.method == "GET":
        return {}
    return {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}


def _checkout(unit: Unit, session_id: str, given: dict[str, str]) -> Response:
    session = unit.get(session_id, "checkout.session")
    outcome = given.get("outcome")
    if session["status"] != "open":
        return page("Checkout", f"<p>This session is {text(session['status'])}.</p>")
    if outcome == "cancel":
        return RedirectResponse(session["cancel_url"] or "/", 303)
    if outcome == "fail":
        return _checkout_page(session, given, "We are unable to authenticate your payment method.")
    if outcome is None:
        return _checkout_page(session, given)
    card = "".join(given.get("card", "").split())
    if outcome == "pay" and checkout.challenged(card):
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(given.get(name, ""))}">' for name in ("card", "email")
        )
        return page("3D Secure", form(f"/checkout/{session_id}", (("approve", "Approve"), ("fail", "Fail")), hidden))
    checkout.complete(unit, session_id, card, given.get("email", "customer@example.com"))
    return RedirectResponse(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session_id), 303)


def _checkout_page(session: Json, given: dict[str, str], problem: str = "") -> Response:
    rows = [
        (item["description"], item["quantity"], display(item["amount_total"], item["currency"]))
        for item in session["_items"]
    ]
    fields = _CARD.format(card=escape(given.get("card", _VISA)))
    if not session["customer"]:
        mail = given.get("email") or session["customer_email"] or "customer@example.com"
        fields += _MAIL.format(email=escape(mail))
    label = "Subscribe" if session["mode"] == "subscription" else "Pay"
    total = display(session["amount_total"], session["currency"])
    return page(
        "Checkout",
        table(("What", "Quantity", "Amount"), rows),
        f"<p>Due today: <b>{text(total)}</b></p><p><b>{text(problem)}</b></p>",
        form(f"/checkout/{session['id']}", (("pay", label), ("cancel", "Back")), fields),
    )


def _portal(unit: Unit, session_id: str, given: dict[str, str]) -> Response:
    session = unit.get(session_id, "billing_portal.session")
    features = billing_portal.offered(unit, session)
    outcome, target = given.get("outcome"), given.get("subscription", "")
    if outcome in {"cancel", "renew"} and features["subscription_cancel"]["enabled"]:
        subscribing.cancel_in_portal(unit, unit.get(target, "subscription"), ending=outcome == "cancel")
    if outcome == "switch":
        _switch(unit, features["subscription_update"], unit.get(target, "subscription"), given.get("price", ""))
    if outcome == "card":
        _change_card(unit, session["customer"], given.get("card", ""))
    switching = features["subscription_update"]
    rows = [
        _portal_row(unit, session_id, row, switching)
        for row in unit.select("subscription", customer=session["customer"])
    ]
    back = link(session["return_url"], "Return") if session["return_url"] else ""
    return page(
        "Billing portal",
        table(("Plan", "Status", "Until", "", ""), rows),
        "<h2>Payment method</h2>",
        form(f"/portal/{session_id}", (("card", "Use this card"),), _CARD.format(card=_VISA)),
        f"<p>{back}</p>",
    )


def _portal_row(unit: Unit, session_id: str, row: Json, switching: Json) -> tuple[object, ...]:
    ending = row["cancel_at_period_end"] or row["cancel_at"] is not None
    item = row["items"]["data"][0]
    hidden = f'<input type="hidden" name="subscription" value="{escape(row["id"])}">'
    button = ("renew", "Renew") if ending else ("cancel", "Cancel at the end of the period")
    if row["status"] in subscribing.ENDED:
        return _plan_name(unit, item["price"]), row["status"], moment(row["ended_at"] or row["created"]), "", ""
    others = [price for price in _prices(switching) if price != item["price"]["id"]]
    choices = "".join(
        f'<option value="{escape(each)}">{escape(_plan_name(unit, unit.get(each, "price")))}</option>'
        for each in others
    )
    switch = form(
        f"/portal/{session_id}", (("switch", "Switch"),), f'{hidden}<select name="price">{choices}</select>'
    )  # fmt: skip
    return (
        _plan_name(unit, item["price"]), row["status"], moment(item["current_period_end"]),
        form(f"/portal/{session_id}", (button,), hidden), switch if others else "",
    )  # fmt: skip


def _plan_name(unit: Unit, price: Json) -> str:
    product = unit.find(price["product"], "product")
    name = price["nickname"] or (product["name"] if product else price["id"])
    return f"{name} ({display(price['unit_amount'], price['currency'])})"


def _prices(switching: Json) -> list[str]:
    products = switching["products"] if switching["enabled"] else []
    return [price for product in products for price in product["prices"]]


def _switch(unit: Unit, switching: Json, subscription: Json, price: str) -> None:
    if price not in _prices(switching) or "price" not in switching["default_allowed_updates"]:
        raise StripeError(400, "invalid_request_error", "This plan cannot be chosen here.")
    item = {"id": subscription["items"]["data"][0]["id"], "price": price}
    wanted: Json = {"items": [item], "proration_behavior": switching["proration_behavior"]}
    if subscription["status"] == "trialing" and switching["trial_update_behavior"] == "end_trial":
        wanted["trial_end"] = "now"
    subscriptions.modify(unit, wanted, subscription["id"])


def _change_card(unit: Unit, customer_id: str, number: str) -> None:
    if cards.by_number(number) is None:
        raise StripeError(402, "card_error", "Your card number is incorrect.", code="incorrect_number")
    card = {"number": number, "exp_month": 12, "exp_year": payment_methods.next_year(unit)}
    method = payment_methods.create(unit, {"type": "card", "card": card})
    customer = unit.get(customer_id, "customer")
    payment_methods.attach_to(unit, method["id"], customer)
    method["_set_up"] = True
    customers.modify(unit, {"invoice_settings": {"default_payment_method": method["id"]}}, customer_id)
    for subscription in unit.select("subscription", customer=customer_id):
        if subscription["default_payment_method"] and subscription["status"] not in {"canceled", "incomplete_expired"}:
            subscriptions.modify(unit, {"default_payment_method": method["id"]}, subscription["id"])
