"""Who else gets a part of a payment: the destination of its funds, the platform's fee.

Sources: https://docs.stripe.com/connect/destination-charges and https://docs.stripe.com/connect/direct-charges.
"""

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError, invalid
from stripe_local.protocol.parameters import only
from stripe_local.resources.money import transferring

#: What an intent is told of it.
MEMBERS = ("application_fee_amount", "transfer_data")


def take_terms(unit: Unit, intent: Json, params: Json) -> None:
    """Take over `application_fee_amount` and `transfer_data`, after checking them.

    Args:
        unit: The unit of work.
        intent: The intent, with its amount; changed in place.
        params: The request's; the two members are taken out.

    Raises:
        StripeError: They do not go together, exceed the amount, or name an account that nothing can be sent to.
    """
    given = {name: params.pop(name) for name in MEMBERS if name in params}
    if "transfer_data" in given:
        intent["transfer_data"] = _transfer_data(unit, intent, given["transfer_data"])
    if "application_fee_amount" in given:
        intent["application_fee_amount"] = given["application_fee_amount"] or None
    if given:
        _check_together(unit, intent)


def check_direct(unit: Unit) -> None:
    """Refuse a charge on a connected account that cannot make any.

    Raises:
        StripeError: Its capability is not active.
    """
    if not unit.account:
        return
    account = unit.within("").get(unit.account, "account")
    if account["capabilities"].get("card_payments") != "active":
        message = "Your account cannot currently make charges: the card_payments capability is not active."
        raise StripeError(400, "invalid_request_error", message, code="charge_not_allowed")


def _transfer_data(unit: Unit, intent: Json, given: Json) -> Json:
    before = intent.get("transfer_data") or {}
    only(given, "amount", "destination")
    if unit.account:
        message = "stripe-local does not support destination charges made by connected accounts."
        raise invalid(message, param="transfer_data", code="not_supported")
    destination = given.get("destination", before.get("destination"))
    if destination is None:
        raise invalid(
            "Missing required param: transfer_data[destination].", param="transfer_data[destination]",
            code="parameter_missing",
        )  # fmt: skip
    transferring.check_destination(unit, destination, "transfer_data[destination]")
    return {"amount": given.get("amount", before.get("amount")), "destination": destination}


def _check_together(unit: Unit, intent: Json) -> None:
    fee, data = intent.get("application_fee_amount"), intent.get("transfer_data")
    if fee is not None and not unit.account and data is None:
        raise invalid(
            "Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an "
            "OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).",
            param="application_fee_amount",
        )
    part = None if data is None else data["amount"]
    if fee is not None and part is not None:
        raise invalid(
            "You may not provide the application_fee_amount parameter and the transfer_data[amount] parameter "
            "simultaneously. They are mutually exclusive.",
            param="application_fee_amount",
        )
    for name, value in (("application_fee_amount", fee), ("transfer_data[amount]", part)):
        if value is not None and not 1 <= value <= intent["amount"]:
            message = f"The {name} ({value}) must be between 1 and the amount of the payment ({intent['amount']})."
            raise invalid(message, param=name)
