"""Application fees (https://docs.stripe.com/api/application_fees): what a platform keeps of its accounts' charges."""

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import PLATFORM, Unit
from stripe_local.protocol.errors import Json, invalid, not_found
from stripe_local.resources.money import balance


@route("GET", "/v1/application_fees/{fee}", "ApplicationFeeRetrieveParams")
def retrieve(unit: Unit, params: Json, fee: str) -> Json:
    """Read a fee."""
    del params
    return unit.get(fee, "application_fee")


@route("GET", "/v1/application_fees", "ApplicationFeeListParams")
def list_fees(unit: Unit, params: Json) -> Json:
    """List fees."""
    return page(unit, "application_fee", "/v1/application_fees", params)


@route("POST", "/v1/application_fees/{fee}/refunds", "ApplicationFeeCreateRefundParams")
def refund(unit: Unit, params: Json, fee: str) -> Json:
    """Give a fee back, in full or in part."""
    found = unit.get(fee, "application_fee")
    left = found["amount"] - found["amount_refunded"]
    amount = params.get("amount", left)
    if left <= 0:
        raise invalid(f"Application fee {fee} has already been refunded.", code="charge_already_refunded")
    if not 1 <= amount <= left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on fee ({left})", param="amount")
    return give_back(unit, found, amount, params.get("metadata"))


@route("GET", "/v1/application_fees/{fee}/refunds/{refund_id}", "ApplicationFeeRetrieveRefundParams")
def retrieve_refund(unit: Unit, params: Json, fee: str, refund_id: str) -> Json:
    """Read what was given back of a fee."""
    del params
    found = unit.get(refund_id, "fee_refund")
    if found["fee"] != fee:
        raise not_found("fee_refund", refund_id, param="id", status=404)
    return found


@route("GET", "/v1/application_fees/{fee}/refunds", "ApplicationFeeListRefundsParams")
def list_refunds(unit: Unit, params: Json, fee: str) -> Json:
    """List what was given back of a fee."""
    unit.get(fee, "application_fee")
    return page(unit, "fee_refund", f"/v1/application_fees/{fee}/refunds", params, fee=fee)


def collect(
    holder: Unit, charge: str, amount: int, currency: str, available_on: int, *, originating: str | None = None
) -> Json:
    """The platform earns a fee that was taken from a connected account's charge.

    Args:
        holder: The connected account's unit of work.
        charge: Its charge.
        amount: Minor units.
        currency: Of the amount.
        available_on: When the funds may be used.
        originating: The platform's own charge, where the account's came from it.

    Returns:
        The fee.
    """
    platform = holder.within(PLATFORM)
    gained = balance.settled(platform, amount, currency)
    fee = platform.create("application_fee", "fee", {
        "account": holder.account, "amount": amount, "amount_refunded": 0, "application": balance.APPLICATION,
        "charge": charge, "currency": currency, "fee_source": {"charge": charge, "type": "charge"},
        "originating_transaction": originating, "refunded": False,
        "refunds": {"object": "list", "data": [], "has_more": False, "url": ""},
    })  # fmt: skip
    del fee["metadata"]
    fee["refunds"]["url"] = f"/v1/application_fees/{fee['id']}/refunds"
    fee["balance_transaction"] = balance.book(
        platform, "application_fee", fee["id"], gained.amount, gained.currency, available_on=available_on,
        category="platform_earning", rate=gained.rate,
    )["id"]  # fmt: skip
    platform.emit("application_fee.created", fee)
    return fee


def give_back(platform: Unit, fee: Json, amount: int, metadata: object = None) -> Json:
    """Return a fee to the account that it was taken from.

    Args:
        platform: The platform's unit of work.
        fee: The fee.
        amount: At most what was not returned yet, in minor units.
        metadata: Of the refund of the fee.

    Returns:
        The refund of the fee.
    """
    given = platform.create("fee_refund", "fr", {
        "amount": amount, "currency": fee["currency"], "fee": fee["id"], "metadata": metadata,
    })  # fmt: skip
    given.pop("livemode")
    taken = balance.share(platform, fee["balance_transaction"], amount, fee["amount"])
    due = max(platform.now, platform.get(fee["balance_transaction"], "balance_transaction")["available_on"])
    given["balance_transaction"] = balance.book(
        platform, "application_fee_refund", given["id"], -taken.amount, taken.currency, available_on=due,
        category="platform_earning_refund", rate=taken.rate,
    )["id"]  # fmt: skip
    holder = platform.within(fee["account"])
    back = balance.settled(holder, amount, fee["currency"])
    balance.book(
        holder, "adjustment", given["id"], back.amount, back.currency, available_on=due, category="fee", rate=back.rate
    )
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    fee["refunds"]["data"].insert(0, dict(given))
    platform.emit("application_fee.refunded", fee)
    return given
