"""Transfers to connected accounts and their reversals (https://docs.stripe.com/api/transfers)."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, invalid, not_found
from stripe_local.protocol.parameters import only
from stripe_local.reference import currencies
from stripe_local.resources.money import balance, settling, transferring


@route("POST", "/v1/transfers", "TransferCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Move money from the platform's balance to a connected account's."""
    only(params, "amount", "currency", "destination", "source_transaction", "transfer_group", "description", "metadata")
    transferring.check_destination(unit, params["destination"], "destination")
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
    return transferring.make(unit, params, amount, currency, source, group, available_on)


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
    return transferring.reverse(unit, found, amount, params.get("metadata"))


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
