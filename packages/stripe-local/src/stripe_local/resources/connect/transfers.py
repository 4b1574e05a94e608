"""Transfers to connected accounts and their reversals (https://docs.stripe.com/api/transfers)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, StripeError, invalid, not_found
from stripe_local.protocol.parameters import only
from stripe_local.reference import countries, currencies
from stripe_local.resources.money import balance, settling

_TRANSFERS = ("transfers", "legacy_payments", "crypto_transfers")


@route("POST", "/v1/transfers", "TransferCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Move money from the platform's balance to a connected account's."""
    only(params, "amount", "currency", "destination", "source_transaction", "transfer_group", "description", "metadata")
    destination = unit.find(params["destination"], "account")
    if destination is None or destination.get("_deleted"):
        raise not_found("destination", params["destination"], param="destination", status=400)
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
    currency = params["currency"].lower()
    currencies.check_currency(currency)
    source = unit.referred(params, "source_transaction", "charge")
    amount = params.get("amount")
    if amount is None or amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", param="amount", code="parameter_invalid_integer"
        )
    available_on = _check_source(unit, source, amount, currency)
    group = params.get("transfer_group")
    if source is not None and group is None:
        group = source["transfer_group"] = source["transfer_group"] or f"group_{source['id']}"
    return _make(unit, params, amount, currency, source, group, available_on)


@route("GET", "/v1/transfers/{transfer}", "TransferRetrieveParams")
def retrieve(unit: Unit, params: Json, transfer: str) -> Json:
    """Read a transfer."""
    del params
    return unit.get(transfer, "transfer")


@route("POST", "/v1/transfers/{transfer}", "TransferModifyParams")
def modify(unit: Unit, params: Json, transfer: str) -> Json:
    """Change a transfer's description or metadata."""
    found = update(unit.get(transfer, "transfer"), params)
    unit.emit("transfer.updated", found)
    return found


@route("GET", "/v1/transfers", "TransferListParams")
def list_transfers(unit: Unit, params: Json) -> Json:
    """List transfers, also by destination or group."""
    return page(unit, "transfer", "/v1/transfers", params)


@route("POST", "/v1/transfers/{transfer}/reversals", "TransferCreateReversalParams")
def reverse(unit: Unit, params: Json, transfer: str) -> Json:
    """Take money back from a connected account, as far as its balance covers it."""
    only(params, "amount", "description", "metadata")
    found = unit.get(transfer, "transfer")
    left = found["amount"] - found["amount_reversed"]
    if left <= 0:
        raise invalid(f"Transfer {transfer} is already fully reversed.", code="transfer_already_reversed")
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", param="amount", code="parameter_invalid_integer"
        )
    if amount > left:
        raise invalid(f"Reversal amount ({amount}) is greater than the unreversed amount ({left}).", param="amount")
    holder = unit.within(found["destination"])
    taken = _arrived(unit, found, amount)
    # https://docs.stripe.com/connect/separate-charges-and-transfers#reverse-transfers: the balance must cover it;
    # whether that counts pending funds is not documented.
    state = None if unit.settings.reversals_count_pending else "available"
    if balance.funds(holder, taken.currency, state) < taken.amount:
        message = "The connected account's balance is insufficient to reverse this transfer."
        raise StripeError(400, "invalid_request_error", message, code="balance_insufficient")
    return _reverse(unit, found, amount, params)


@route("GET", "/v1/transfers/{transfer}/reversals/{reversal}", "TransferRetrieveReversalParams")
def retrieve_reversal(unit: Unit, params: Json, transfer: str, reversal: str) -> Json:
    """Read a reversal."""
    del params
    found = unit.get(reversal, "transfer_reversal")
    if found["transfer"] != transfer:
        raise not_found("transfer_reversal", reversal, param="id", status=404)
    return found


@route("GET", "/v1/transfers/{transfer}/reversals", "TransferListReversalsParams")
def list_reversals(unit: Unit, params: Json, transfer: str) -> Json:
    """List a transfer's reversals."""
    unit.get(transfer, "transfer")
    return page(unit, "transfer_reversal", f"/v1/transfers/{transfer}/reversals", params, transfer=transfer)


def _check_source(unit: Unit, source: Json | None, amount: int, currency: str) -> int:
    """When the transferred funds become available; refuses what the source or the balance does not cover."""
    if source is None:
        balance.require_available(
            unit, amount, currency,
            "You have insufficient available funds in your Stripe account. Try adding funds directly to your "
            "available balance by creating Charges using the 4000000000000077 test card. See: "
            "https://docs.stripe.com/testing#available-balance",
        )  # fmt: skip
        return unit.now
    if source["status"] != "succeeded" or not source["captured"]:
        raise invalid(f"The charge {source['id']} is not captured.", param="source_transaction")
    settling.settle(unit, source)
    entry = unit.get(source["balance_transaction"], "balance_transaction")
    if entry["currency"] != currency:
        raise invalid(
            f"The currency of source_transaction's balance transaction ({entry['currency']}) must be the same as the "
            f"transfer currency ({currency})",
            param="currency",
        )
    used = sum(transfer["amount"] for transfer in unit.select("transfer", source_transaction=source["id"]))
    if used + amount > entry["amount"]:
        raise invalid(
            "Cannot use the charge as source_transaction: the sum of its transfers would be greater than the charge "
            f"({used + amount} > {entry['amount']}).",
            param="amount",
        )
    return max(unit.now, int(source["_available_on"]))


def _make(
    unit: Unit, params: Json, amount: int, currency: str, source: Json | None, group: str | None, available_on: int
) -> Json:
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
        holder, "payment", payment["id"], gained.amount, gained.currency, available_on=available_on, rate=gained.rate
    )
    payment["balance_transaction"] = entry["id"]
    transfer["destination_payment"] = payment["id"]
    unit.emit("transfer.created", transfer)
    holder.emit("payment.created", payment)
    return transfer


def _reverse(unit: Unit, transfer: Json, amount: int, params: Json) -> Json:
    holder = unit.within(transfer["destination"])
    payment = holder.get(transfer["destination_payment"], "charge")
    reversal = unit.create("transfer_reversal", "trr", {
        "amount": amount, "currency": transfer["currency"], "metadata": params.get("metadata"),
        "source_refund": None, "transfer": transfer["id"],
    })  # fmt: skip
    reversal.pop("livemode")
    refund = holder.create("refund", "pyr", {
        "amount": amount, "charge": payment["id"], "currency": transfer["currency"], "status": "succeeded",
        "source_transfer_reversal": reversal["id"], "metadata": {},
    })  # fmt: skip
    due = unit.get(transfer["balance_transaction"], "balance_transaction")["available_on"]
    taken = _arrived(unit, transfer, amount)
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
