"""From a captured charge to the platform's balance."""

from stripe_local.core.routing import timer
from stripe_local.core.unit import PLATFORM, Unit
from stripe_local.protocol.errors import Json
from stripe_local.reference import cards, currencies
from stripe_local.resources.money import application_fees, balance, transferring

_LATER_SECONDS = 1


def settle_soon(unit: Unit, charge: Json) -> None:
    """Give a charge of `automatic_async` its balance transaction after the answer and the first events.

    See https://docs.stripe.com/payments/payment-intents/asynchronous-capture.
    """
    unit.later(unit.now + _LATER_SECONDS, "charge_settles", charge["id"])


@timer("charge_settles")
def settle_later(unit: Unit, charge_id: str) -> None:
    """A charge of `automatic_async` gets its balance transaction after the answer and the first events."""
    charge = unit.get(charge_id, "charge")
    if charge["balance_transaction"] is None:
        settle(unit, charge)
        unit.emit("charge.updated", charge, {"balance_transaction": None})


def settle(unit: Unit, charge: Json) -> None:
    """Book what was captured, in the currency that it settles in: one balance transaction, whatever was authorized.

    See https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
    """
    if charge["balance_transaction"] is not None:
        return
    card = cards.of(unit.get(charge["payment_method"], "payment_method"))
    due = balance.settlement(unit, at_once=card.settles_at_once)
    gained = balance.settled(unit, charge["amount_captured"], charge["currency"])
    # https://docs.stripe.com/connect/direct-charges: the fee is at most what was captured.
    wanted = min(charge.get("application_fee_amount") or 0, charge["amount_captured"])
    kept = balance.settled(unit, wanted, charge["currency"]).amount
    stripe_fee = currencies.fee(gained.amount, unit.settings)
    entry = balance.book(
        unit, "charge", charge["id"], gained.amount, gained.currency, available_on=due, rate=gained.rate,
        fee=0 if _platform_pays(unit) else stripe_fee, application_fee=kept if unit.account else 0,
    )  # fmt: skip
    charge["balance_transaction"] = entry["id"]
    charge["_available_on"] = due
    if _platform_pays(unit):
        home = balance.settled(unit.within(PLATFORM), stripe_fee, gained.currency)
        balance.book(
            unit.within(PLATFORM), "stripe_fee", charge["id"], 0, home.currency, fee=home.amount, category="fee"
        )
    if unit.account and kept:
        fee = application_fees.collect(unit, charge["id"], kept, gained.currency, due)
        charge["application_fee"] = fee["id"]
    if charge.get("transfer_data"):
        _send_on(unit, charge, gained, kept, due)


def _send_on(unit: Unit, charge: Json, gained: balance.Settled, kept: int, due: int) -> None:
    """A destination charge goes on to its account, less the platform's fee.

    See https://docs.stripe.com/connect/destination-charges.
    """
    data = charge["transfer_data"]
    part = min(data["amount"] or charge["amount_captured"], charge["amount_captured"])
    moved = balance.share(unit, charge["balance_transaction"], part, charge["amount_captured"])
    charge["transfer_group"] = charge["transfer_group"] or f"group_{charge['id']}"
    group, to = charge["transfer_group"], {"destination": data["destination"]}
    transfer = transferring.make(
        unit, to, moved.amount, gained.currency, charge, group, due, application_fee=kept
    )  # fmt: skip
    charge["transfer"] = transfer["id"]
    if kept:
        holder = unit.within(data["destination"])
        payment = transfer["destination_payment"]
        fee = application_fees.collect(holder, payment, kept, gained.currency, due, originating=charge["id"])
        charge["application_fee"] = fee["id"]
        holder.get(payment, "charge").update(application_fee=fee["id"], application_fee_amount=kept)


def _platform_pays(unit: Unit) -> bool:
    """Whether Stripe's fees of a connected account's own charges are the platform's."""
    if not unit.account:
        return False
    account = unit.within(PLATFORM).get(unit.account, "account")
    return bool(account["controller"]["fees"]["payer"] == "application")
