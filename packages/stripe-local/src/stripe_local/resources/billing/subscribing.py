"""The life of a subscription (https://docs.stripe.com/billing/subscriptions/overview#subscription-lifecycle)."""

import secrets

from stripe_local.core.routing import timer
from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, invalid
from stripe_local.resources.billing import invoicing, periods
from stripe_local.resources.billing.invoicing import Line

_DAY = 24 * 3600
_INCOMPLETE_SECONDS = 23 * 3600  # https://docs.stripe.com/api/subscriptions/object#subscription_object-status
_NOTICE_SECONDS = 3 * _DAY  # customer.subscription.trial_will_end comes three days before
#: Declines after which Stripe does not try again until there is another payment method
#: (https://docs.stripe.com/billing/revenue-recovery/smart-retries#hard-decline-codes).
_HARD_DECLINES = {
    "incorrect_number", "lost_card", "pickup_card", "stolen_card", "revocation_of_authorization",
    "revocation_of_all_authorizations", "authentication_required", "highest_risk_level",
    "transaction_not_allowed",
}  # fmt: skip
ENDED = ("canceled", "incomplete_expired")


def item(unit: Unit, subscription_id: str, price: Json, quantity: int) -> Json:
    """A subscription item for a price."""
    if price["type"] != "recurring":
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
        raise invalid(message, param="items[0][price]")
    plan = {
        "id": price["id"], "object": "plan", "active": price["active"], "amount": price["unit_amount"],
        "amount_decimal": str(price["unit_amount"]), "billing_scheme": "per_unit", "created": price["created"],
        "currency": price["currency"], "livemode": False, "metadata": {}, "product": price["product"],
        "interval": price["recurring"]["interval"], "interval_count": price["recurring"]["interval_count"],
        "usage_type": "licensed",
    }  # fmt: skip
    return {
        "id": f"si_{secrets.token_hex(8)}", "object": "subscription_item", "created": unit.now,
        "current_period_start": unit.now, "current_period_end": unit.now, "discounts": [], "metadata": {},
        "plan": plan, "price": dict(price), "quantity": quantity, "subscription": subscription_id, "tax_rates": [],
    }  # fmt: skip


def start(unit: Unit, subscription: Json, *, trial_end: int | None, behavior: str, authenticated: bool) -> None:
    """Begin: a trial, or a first paid period."""
    if trial_end is not None:
        subscription.update(
            status="trialing", trial_start=unit.now, trial_end=trial_end, billing_cycle_anchor=trial_end
        )
        _turn(subscription, unit.now, trial_end)
        invoicing.issue(unit, subscription, _lines(subscription, free=True), "subscription_create")
        unit.later(max(unit.now, trial_end - _NOTICE_SECONDS), "trial_will_end", subscription["id"])
    else:
        recurring = subscription["items"]["data"][0]["price"]["recurring"]
        _turn(subscription, unit.now, periods.after(unit.now, recurring, unit.now))
        subscription["status"] = "incomplete"
        invoice = invoicing.issue(unit, subscription, _lines(subscription), "subscription_create")
        method = None if behavior == "default_incomplete" else payment_method(unit, subscription)
        if method is not None:
            invoicing.collect(unit, invoice, method, off_session=False, authenticated=authenticated)
        elif invoice["status"] == "open":
            invoicing.prepare(unit, invoice)
        unit.later(unit.now + _INCOMPLETE_SECONDS, "subscription_incomplete", subscription["id"])
    unit.emit("customer.subscription.created", subscription)
    unit.later(period_end(subscription), "subscription_turns", subscription["id"])


def payment_method(unit: Unit, subscription: Json) -> str | None:
    """What is charged: the subscription's own method, or else the customer's default."""
    customer = unit.get(subscription["customer"], "customer")
    method: str | None = (
        subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    )
    return method


def period_end(subscription: Json) -> int:
    """The end of the current period."""
    return int(subscription["items"]["data"][0]["current_period_end"])


def end(unit: Unit, subscription: Json, reason: str, status: str = "canceled") -> None:
    """End a subscription for good."""
    subscription.update(status=status, ended_at=unit.now, canceled_at=subscription["canceled_at"] or unit.now)
    subscription["cancellation_details"]["reason"] = reason
    latest = subscription["latest_invoice"]
    if latest:
        invoicing.void(unit, unit.get(latest, "invoice"))
    unit.emit(
        "customer.subscription.deleted" if status == "canceled" else "customer.subscription.updated", subscription
    )


def change_price(unit: Unit, subscription: Json, old: Json, price: Json, quantity: int, behavior: str) -> None:
    """Put another price on an item; the difference for the rest of the period is settled by the behavior.

    Args:
        unit: The unit of work.
        subscription: The subscription.
        old: The item to change, in place.
        price: The new price.
        quantity: The new quantity.
        behavior: `none`, `create_prorations` (with the next invoice) or `always_invoice` (now).
    """
    before = old["price"]["unit_amount"] * old["quantity"]
    start_at, end_at = old["current_period_start"], old["current_period_end"]
    fresh = item(unit, subscription["id"], price, quantity)
    old.update({name: fresh[name] for name in ("plan", "price", "quantity")})
    if behavior == "none" or subscription["status"] not in {"active", "past_due"}:
        return
    left = max(0, end_at - unit.now) / max(1, end_at - start_at)
    credit, debit = round(before * left), round(price["unit_amount"] * quantity * left)
    lines = [
        Line("Unused time", -credit, price["id"], 1, old["id"], unit.now, end_at, proration=True),
        Line("Remaining time", debit, price["id"], quantity, old["id"], unit.now, end_at, proration=True),
    ]
    if behavior == "always_invoice":
        invoice = invoicing.issue(unit, subscription, lines, "subscription_update")
        invoicing.collect(unit, invoice, payment_method(unit, subscription), off_session=True)
    else:
        subscription["_prorations"] = [*subscription.get("_prorations", []), *map(list, lines)]


@invoicing.on_paid
def invoice_paid(unit: Unit, invoice: Json) -> None:
    """A paid invoice makes its subscription active again, once nothing else is open."""
    subscription = unit.get(invoice["_subscription"], "subscription")
    if subscription["status"] in {"incomplete", "past_due", "unpaid"}:
        previous = subscription["status"]
        subscription["status"] = "active"
        subscription["_failures"] = 0
        unit.emit("customer.subscription.updated", subscription, {"status": previous})


def cancel_in_portal(unit: Unit, subscription: Json, *, ending: bool) -> None:
    """A customer cancels at the end of the period, or takes that back.

    With flexible billing the portal sets `cancel_at` and leaves `cancel_at_period_end` alone
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare, "Cancellations in the Customer Portal").
    """
    previous = {"cancel_at": subscription["cancel_at"]}
    schedule_end(unit, subscription, period_end(subscription) if ending else None)
    subscription["cancel_at_period_end"] = False
    unit.emit("customer.subscription.updated", subscription, previous)


def schedule_end(unit: Unit, subscription: Json, moment: int | None) -> None:
    """Let a subscription end at a moment, or go on."""
    subscription.update(cancel_at=moment, canceled_at=None if moment is None else unit.now)
    subscription["cancellation_details"]["reason"] = None if moment is None else "cancellation_requested"
    if moment is not None:
        unit.later(moment, "subscription_cancels", subscription["id"])


@timer("subscription_cancels")
def cancel_as_scheduled(unit: Unit, subscription_id: str) -> None:
    """The moment has come at which a subscription was to end."""
    subscription = unit.get(subscription_id, "subscription")
    if subscription["status"] not in ENDED and subscription["cancel_at"] == unit.now:
        end(unit, subscription, "cancellation_requested")


@timer("trial_will_end")
def announce_trial_end(unit: Unit, subscription_id: str) -> None:
    """Three days before a trial ends."""
    subscription = unit.get(subscription_id, "subscription")
    if subscription["status"] == "trialing":
        unit.emit("customer.subscription.trial_will_end", subscription)


@timer("subscription_incomplete")
def expire_incomplete(unit: Unit, subscription_id: str) -> None:
    """A first payment that was not made in time."""
    subscription = unit.get(subscription_id, "subscription")
    if subscription["status"] == "incomplete":
        end(unit, subscription, "payment_failed", "incomplete_expired")


@timer("subscription_turns")
def turn(unit: Unit, subscription_id: str) -> None:
    """A period ends: the subscription ends with it, or the next period is invoiced and paid."""
    subscription = unit.get(subscription_id, "subscription")
    if subscription["status"] in {*ENDED, "incomplete"} or period_end(subscription) != unit.now:
        return
    if subscription["cancel_at_period_end"] or (subscription["cancel_at"] or unit.now + 1) <= unit.now:
        end(unit, subscription, "cancellation_requested")
        return
    previous = {"status": subscription["status"]}
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
        if _missing_method_ends(unit, subscription):
            return
    recurring = subscription["items"]["data"][0]["price"]["recurring"]
    _turn(subscription, unit.now, periods.after(unit.now, recurring, subscription["billing_cycle_anchor"]))
    lines = [Line(*values) for values in subscription.pop("_prorations", [])]
    invoice = invoicing.issue(unit, subscription, [*lines, *_lines(subscription)], "subscription_cycle")
    invoicing.collect(unit, invoice, payment_method(unit, subscription), off_session=True)
    _after_attempt(unit, subscription, invoice)
    unit.emit("customer.subscription.updated", subscription, previous)
    unit.later(period_end(subscription), "subscription_turns", subscription_id)


@timer("invoice_retry")
def retry(unit: Unit, invoice_id: str) -> None:
    """Try a failed renewal again."""
    invoice = unit.get(invoice_id, "invoice")
    subscription = unit.get(invoice["_subscription"], "subscription")
    if invoice["status"] != "open" or subscription["status"] in ENDED:
        return
    if _is_hopeless(unit, subscription, invoice):
        _after_attempt(unit, subscription, invoice)
    else:
        invoicing.collect(unit, invoice, payment_method(unit, subscription), off_session=True)
        _after_attempt(unit, subscription, invoice)


def _after_attempt(unit: Unit, subscription: Json, invoice: Json) -> None:
    if invoice["status"] != "open":
        return
    failures = int(subscription.get("_failures", 0))
    days = unit.settings.retry_days
    if failures >= len(days):
        invoice["next_payment_attempt"] = None
        _retried_in_vain(unit, subscription)
        return
    subscription["_failures"] = failures + 1
    invoice["next_payment_attempt"] = unit.now + days[failures] * _DAY
    unit.later(invoice["next_payment_attempt"], "invoice_retry", invoice["id"])
    if subscription["status"] != "past_due":
        previous = subscription["status"]
        subscription["status"] = "past_due"
        unit.emit("customer.subscription.updated", subscription, {"status": previous})


def _is_hopeless(unit: Unit, subscription: Json, invoice: Json) -> bool:
    """Whether the last decline was hard and the payment method is still the same; the schedule then runs on idly."""
    payments = invoice["payments"]["data"]
    intent = unit.get(payments[0]["payment"]["payment_intent"], "payment_intent") if payments else None
    error = (intent or {}).get("last_payment_error") or {}
    refused = (error.get("payment_method") or {}).get("id")
    return error.get("decline_code", error.get("code")) in _HARD_DECLINES and refused == payment_method(
        unit, subscription
    )


def _retried_in_vain(unit: Unit, subscription: Json) -> None:
    """What the account's settings make of a subscription that nobody pays."""
    outcome = unit.settings.after_retries
    if outcome == "cancel":
        end(unit, subscription, "payment_failed")
    elif outcome == "unpaid":
        previous = subscription["status"]
        subscription["status"] = "unpaid"
        unit.emit("customer.subscription.updated", subscription, {"status": previous})


def _missing_method_ends(unit: Unit, subscription: Json) -> bool:
    """What a trial's end does when there is nothing to charge."""
    rule = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if rule == "create_invoice" or payment_method(unit, subscription) is not None:
        return False
    if rule == "cancel":
        end(unit, subscription, "payment_failed")
    else:
        subscription["status"] = "paused"
        unit.emit("customer.subscription.paused", subscription)
    return True


def _turn(subscription: Json, begin: int, finish: int) -> None:
    for row in subscription["items"]["data"]:
        row.update(current_period_start=begin, current_period_end=finish)


def _lines(subscription: Json, *, free: bool = False) -> list[Line]:
    return [
        Line(
            "Trial period" if free else f"{row['quantity']} x {row['price']['nickname'] or row['price']['id']}",
            0 if free else row["price"]["unit_amount"] * row["quantity"],
            row["price"]["id"], row["quantity"], row["id"], row["current_period_start"], row["current_period_end"],
        )
        for row in subscription["items"]["data"]
    ]  # fmt: skip
