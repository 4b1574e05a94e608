"""From a captured charge to the platform's balance."""

from stripe_local.core.routing import timer
from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json
from stripe_local.reference import cards, currencies
from stripe_local.resources.money import balance

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
    entry = balance.book(
        unit, "charge", charge["id"], gained.amount, gained.currency, fee=currencies.fee(gained.amount, unit.settings),
        available_on=due, rate=gained.rate,
    )  # fmt: skip
    charge["balance_transaction"] = entry["id"]
    charge["_available_on"] = due
