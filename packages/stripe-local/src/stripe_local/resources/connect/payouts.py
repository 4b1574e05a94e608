"""Payouts to bank accounts (https://docs.stripe.com/api/payouts)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route, timer
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid
from stripe_local.protocol.parameters import only
from stripe_local.reference import currencies
from stripe_local.resources.money import balance
from stripe_local.resources.payments import refunds

_DAY_SECONDS = 24 * 3600
_TRAVEL_SECONDS = _DAY_SECONDS
_FAILURE = "The bank account has been closed."


@route("POST", "/v1/payouts", "PayoutCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Pay out from the available balance."""
    only(params, "amount", "currency", "description", "metadata", "statement_descriptor", "method", "destination")
    if params["amount"] < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", param="amount", code="parameter_invalid_integer"
        )
    currencies.check_payout(params["amount"], params["currency"])
    _require_enabled(unit)
    balance.require_available(
        unit, params["amount"], params["currency"],
        "You have insufficient funds in your Stripe account for this transfer.",
    )  # fmt: skip
    return _make(unit, params["amount"], params["currency"], automatic=False, fields=params)


@route("GET", "/v1/payouts/{payout}", "PayoutRetrieveParams")
def retrieve(unit: Unit, params: Json, payout: str) -> Json:
    """Read a payout."""
    del params
    return unit.get(payout, "payout")


@route("POST", "/v1/payouts/{payout}", "PayoutModifyParams")
def modify(unit: Unit, params: Json, payout: str) -> Json:
    """Change a payout's metadata."""
    found = update(unit.get(payout, "payout"), params)
    unit.emit("payout.updated", found)
    return found


@route("GET", "/v1/payouts", "PayoutListParams")
def list_payouts(unit: Unit, params: Json) -> Json:
    """List payouts."""
    return page(unit, "payout", "/v1/payouts", params)


@route("POST", "/v1/payouts/{payout}/cancel", "PayoutCancelParams")
def cancel(unit: Unit, params: Json, payout: str) -> Json:
    """Cancel a payout that has not left yet."""
    del params
    found = unit.get(payout, "payout")
    if found["status"] != "pending" or found["automatic"]:
        raise invalid(f"Payout {payout} cannot be canceled (status {found['status']}).")
    _give_back(unit, found, "payout_cancel")
    found["status"] = "canceled"
    unit.emit("payout.canceled", found)
    return found


def settle(unit: Unit, payout: Json, outcome: str) -> Json:
    """Let a payout arrive (`paid`) or fail (`failed`); a failed one returns to the balance.

    A paid payout can still fail, up to days later, as with real banks.
    """
    if payout["status"] in {"failed", "canceled"} or outcome not in {"paid", "failed"}:
        raise invalid(f"Payout {payout['id']} with status {payout['status']} cannot become {outcome}.")
    payout["status"] = outcome
    if outcome == "failed":
        payout.update(failure_code="account_closed", failure_message=_FAILURE)
        _give_back(unit, payout, "payout_failure")
    unit.emit(f"payout.{outcome}", payout)
    unit.emit("payout.updated", payout)
    return payout


@timer("payout_arrives")
def arrive(unit: Unit, payout_id: str) -> None:
    """A payout reaches the bank, or comes back when the account was told to fail payouts."""
    payout = unit.get(payout_id, "payout")
    if payout["status"] not in {"pending", "in_transit"}:
        return
    account = unit.within("").find(unit.account, "account") if unit.account else None
    settle(unit, payout, "failed" if account and account.get("_payouts_fail") else "paid")


@timer("funds_available")
def release(unit: Unit, currency: str) -> None:
    """Pending funds become available: refunds that waited for them go first, then the automatic payout."""
    balance.mature(unit, currency)
    refunds.carry_out_waiting(unit, currency)
    if unit.now % _DAY_SECONDS == 0:
        pay_automatically(unit, currency)


@timer("automatic_payout")
def pay_automatically(unit: Unit, currency: str) -> None:
    """Pay an account's whole available balance, the platform's too, unless its schedule is manual."""
    if not _is_paid_automatically(unit):
        return
    amount = balance.funds(unit, currency, "available")
    if currency in currencies.PAID_OUT_WHOLE:
        amount -= amount % 100
    if amount <= 0:
        return
    payout = _make(unit, amount, currency, automatic=True, fields={})
    balance.mark_paid_out(unit, currency, payout["id"])


def _is_paid_automatically(unit: Unit) -> bool:
    if not unit.account:
        return unit.settings.payouts != "manual"
    account = unit.within("").find(unit.account, "account")
    return (
        account is not None
        and account["payouts_enabled"]
        and account["settings"]["payouts"]["schedule"]["interval"] != "manual"
        and not account.get("_payouts_stopped")
    )


def _make(unit: Unit, amount: int, currency: str, *, automatic: bool, fields: Json) -> Json:
    account = unit.within("").find(unit.account, "account") if unit.account else None
    banks = account["external_accounts"]["data"] if account else []
    payout = unit.create("payout", "po", {
        "amount": amount, "arrival_date": unit.now + _TRAVEL_SECONDS, "automatic": automatic, "currency": currency,
        "description": fields.get("description", "STRIPE PAYOUT" if automatic else None),
        "destination": banks[0]["id"] if banks else None, "metadata": fields.get("metadata"),
        "method": fields.get("method", "standard"),
        "reconciliation_status": "completed" if automatic else "not_applicable", "source_type": "card",
        "statement_descriptor": fields.get("statement_descriptor"), "status": "pending", "type": "bank_account",
    })  # fmt: skip
    payout["balance_transaction"] = balance.book(unit, "payout", payout["id"], -amount, currency)["id"]
    unit.emit("payout.created", payout)
    unit.later(payout["arrival_date"], "payout_arrives", payout["id"])
    return payout


def _give_back(unit: Unit, payout: Json, kind: str) -> None:
    account = unit.within("").find(unit.account, "account") if unit.account else None
    if account is not None:
        # Stripe stops automatic payouts to a bank account that refused one until it is changed.
        account["_payouts_stopped"] = True
    entry = balance.book(unit, kind, payout["id"], payout["amount"], payout["currency"])
    payout["failure_balance_transaction"] = entry["id"]


def _require_enabled(unit: Unit) -> None:
    account = unit.within("").find(unit.account, "account") if unit.account else None
    if account is not None and not account["payouts_enabled"]:
        raise invalid("Cannot create payouts: this account has payouts disabled.", code="payouts_not_allowed")
