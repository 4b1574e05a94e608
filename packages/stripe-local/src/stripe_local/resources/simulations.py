"""What people and banks outside of Stripe's API do: cardholders, account owners, issuers."""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid, not_found
from stripe_local.resources.connect import accounts, payouts
from stripe_local.resources.money import balance
from stripe_local.resources.payments import confirming, disputing, refunds


def authenticate_payment(unit: Unit, intent_id: str, outcome: str = "success") -> Json:
    """The cardholder ends the challenge of a PaymentIntent with `success` or `failure`."""
    return _authenticate(unit, intent_id, "payment_intent", outcome)


def authenticate_setup(unit: Unit, intent_id: str, outcome: str = "success") -> Json:
    """The cardholder ends the challenge of a SetupIntent with `success` or `failure`."""
    return _authenticate(unit, intent_id, "setup_intent", outcome)


def onboard(unit: Unit, account_id: str, outcome: str = "complete") -> Json:
    """The owner's onboarding: `complete`, `restricted` (payouts wait for a document), `rejected` or `deauthorized`.

    `payouts_fail` and `payouts_succeed` set what becomes of later payouts.
    """
    account = unit.get(account_id, "account", param="account")
    if outcome == "complete":
        return accounts.enable(unit, account)
    if outcome == "restricted":
        return accounts.enable(unit, account, payouts=False)
    if outcome == "rejected":
        return accounts.restrict(unit, account, "rejected.other")
    if outcome == "deauthorized":
        application = {"id": balance.APPLICATION, "object": "application", "name": "Local platform"}
        unit.within(account_id).emit("account.application.deauthorized", application)
        account["_deleted"] = True
        return account
    if outcome in {"payouts_fail", "payouts_succeed"}:
        account["_payouts_fail"] = outcome == "payouts_fail"
        account["_payouts_stopped"] = False
        return account
    raise invalid(f"Unknown outcome: {outcome}", param="outcome")


def open_dispute(
    unit: Unit, charge: str, reason: str = "fraudulent", amount: int | None = None, kind: str = "chargeback"
) -> Json:
    """The cardholder disputes a captured charge: a `chargeback`, an `inquiry`, or one that was `prevented`."""
    return disputing.open_dispute(unit, unit.get(charge, "charge"), reason, amount, kind)


def close_dispute(unit: Unit, dispute_id: str, outcome: str = "won") -> Json:
    """The bank decides: `won`, `lost`, or what else `disputing.close` knows."""
    return disputing.close(unit, unit.get(dispute_id, "dispute"), outcome)


def settle_payout(unit: Unit, payout_id: str, status: str = "paid") -> Json:
    """The bank takes a payout (`paid`) or sends it back (`failed`)."""
    payout, holder = _anywhere(unit, payout_id, "payout")
    return payouts.settle(holder, payout, status)


def settle_refund(unit: Unit, refund_id: str, status: str = "succeeded") -> Json:
    """The issuer takes a refund (`succeeded`) or sends it back (`failed`)."""
    refund, holder = _anywhere(unit, refund_id, "refund")
    return refunds.settle(holder, refund, status)


def _authenticate(unit: Unit, intent_id: str, kind: str, outcome: str) -> Json:
    intent = unit.get(intent_id, kind)
    try:
        confirming.authenticate(unit, intent, outcome)
    except StripeError as error:
        if not confirming.card_error(error):
            raise
    return intent


def _anywhere(unit: Unit, object_id: str, kind: str) -> tuple[Json, Unit]:
    row = unit.tx.connection.execute("SELECT account FROM objects WHERE id = ?", (object_id,)).fetchone()
    if row is None:
        raise not_found(kind, object_id, param="id", status=404)
    holder = unit.within(row[0])
    return holder.get(object_id, kind), holder
