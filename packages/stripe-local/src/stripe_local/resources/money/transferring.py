"""Money that goes from the platform to connected accounts and comes back, for transfers and destination charges."""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid, not_found
from stripe_local.reference import countries
from stripe_local.resources.money import balance

_TRANSFERS = ("transfers", "legacy_payments", "crypto_transfers")


def check_destination(unit: Unit, account: str, param: str) -> None:
    """Refuse an account that nothing can be sent to.

    Raises:
        StripeError: It is not known, lacks the capability, or is too far away.
    """
    destination = unit.find(account, "account")
    if destination is None or destination.get("_deleted"):
        raise not_found("destination", account, param=param, status=400)
    if not any(destination["capabilities"].get(name) == "active" for name in _TRANSFERS):
        raise StripeError(
            400,
            "invalid_request_error",
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    if not countries.may_transfer(unit.settings.country, destination["country"]):
        raise invalid(
            f"Funds can't be sent to accounts located in {destination['country']} when the account is under the `full` "
            "service agreement. Learn more at https://stripe.com/docs/connect/service-agreement-types."
        )


def make(
    unit: Unit,
    params: Json,
    amount: int,
    currency: str,
    source: Json | None,
    group: str | None,
    available_on: int,
    *,
    application_fee: int = 0,
) -> Json:
    """Move money from the platform's balance to a connected account's.

    Args:
        unit: The platform's unit of work.
        params: `destination`, and `description` and `metadata` where there are any.
        amount: Minor units.
        currency: Of the platform's balance.
        source: The charge whose funds are moved.
        group: `transfer_group`.
        available_on: When the account may use the funds.
        application_fee: What the platform keeps of them, in the same currency.

    Returns:
        The transfer.
    """
    transfer = unit.create("transfer", "tr", {
        "amount": amount, "amount_reversed": 0, "currency": currency, "description": params.get("description"),
        "destination": params["destination"], "metadata": params.get("metadata"), "reversed": False,
        "source_transaction": None if source is None else source["id"], "source_type": "card",
        "transfer_group": group,
        "reversals": {"object": "list", "data": [], "has_more": False, "url": ""},
    })  # fmt: skip
    transfer["reversals"]["url"] = f"/v1/transfers/{transfer['id']}/reversals"
    transfer["balance_transaction"] = balance.book(
        unit, "transfer", transfer["id"], -amount, currency, available_on=available_on
    )["id"]
    holder = unit.within(params["destination"])
    payment = holder.create("charge", "py", {
        "amount": amount, "amount_captured": amount, "amount_refunded": 0, "billing_details": {}, "captured": True,
        "currency": currency, "disputed": False, "paid": True, "refunded": False, "status": "succeeded",
        "source_transfer": transfer["id"], "metadata": {},
    })  # fmt: skip
    gained = balance.settled(holder, amount, currency)
    entry = balance.book(
        holder, "payment", payment["id"], gained.amount, gained.currency, available_on=available_on, rate=gained.rate,
        application_fee=balance.settled(holder, application_fee, currency).amount,
    )  # fmt: skip
    payment["balance_transaction"] = entry["id"]
    transfer["destination_payment"] = payment["id"]
    unit.emit("transfer.created", transfer)
    holder.emit("payment.created", payment)
    return transfer


def reverse(unit: Unit, transfer: Json, amount: int, metadata: object = None, refund_id: str | None = None) -> Json:
    """Take money back from a connected account, as far as its balance covers it.

    Args:
        unit: The platform's unit of work.
        transfer: The transfer.
        amount: At most what was not reversed yet.
        metadata: Of the reversal.
        refund_id: The refund that asks for it.

    Raises:
        StripeError: `balance_insufficient`.
    """
    holder = unit.within(transfer["destination"])
    taken = _arrived(unit, transfer, amount)
    # https://docs.stripe.com/connect/separate-charges-and-transfers#reverse-transfers: the balance must cover it;
    # whether that counts pending funds is not documented.
    state = None if unit.settings.reversals_count_pending else "available"
    if balance.funds(holder, taken.currency, state) < taken.amount:
        message = "The connected account's balance is insufficient to reverse this transfer."
        raise StripeError(400, "invalid_request_error", message, code="balance_insufficient")
    payment = holder.get(transfer["destination_payment"], "charge")
    reversal = unit.create("transfer_reversal", "trr", {
        "amount": amount, "currency": transfer["currency"], "metadata": metadata,
        "source_refund": refund_id, "transfer": transfer["id"],
    })  # fmt: skip
    reversal.pop("livemode")
    refund = holder.create("refund", "pyr", {
        "amount": amount, "charge": payment["id"], "currency": transfer["currency"], "status": "succeeded",
        "source_transfer_reversal": reversal["id"], "metadata": {},
    })  # fmt: skip
    due = unit.get(transfer["balance_transaction"], "balance_transaction")["available_on"]
    refund["balance_transaction"] = balance.book(
        holder, "payment_refund", refund["id"], -taken.amount, taken.currency, available_on=max(unit.now, due),
        rate=taken.rate,
    )["id"]  # fmt: skip
    reversal["balance_transaction"] = balance.book(
        unit, "transfer_refund", reversal["id"], amount, transfer["currency"], available_on=max(unit.now, due)
    )["id"]
    reversal["destination_payment_refund"] = refund["id"]
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, dict(reversal))
    unit.emit("transfer.reversed", transfer)
    return reversal


def _arrived(unit: Unit, transfer: Json, amount: int) -> balance.Settled:
    """What a part of a transfer became on the connected account."""
    holder = unit.within(transfer["destination"])
    payment = holder.get(transfer["destination_payment"], "charge")
    return balance.share(holder, payment["balance_transaction"], amount, transfer["amount"])
