"""Saved cards at Stripe: the ``CardGateway`` port."""

import re
from collections.abc import Sequence

import stripe
from stripe import params

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.payments.cards import Card
from common.domain.shared.errors import NotFound

#: Stripe's ids have a prefix, an underscore and letters or digits, up to 255 characters in all
#: (https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backward-compatible).
_ID = re.compile(r"[A-Za-z0-9_]{1,255}")


class StripeCards:
    """``CardGateway`` over Stripe's payment methods of type ``card``."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._v1 = client.v1

    async def list_cards(self, customer_id: str, *, limit: int, after: str | None) -> Sequence[Card]:
        """A customer's cards, newest first; ``after`` is the id of the last one seen."""
        wanted: params.PaymentMethodListParams = {"customer": customer_id, "type": "card", "limit": limit}
        if after is not None:
            wanted["starting_after"] = after
        with translated():
            found = await self._v1.payment_methods.list_async(wanted)
        return [_card(each) for each in found.data]

    async def get_card(self, card_id: str) -> Card:
        """One card.

        Raises:
            NotFound: there is none, or the id cannot be Stripe's: one such as ``..`` would name another resource.
        """
        if not _ID.fullmatch(card_id):
            raise NotFound("There is no such card.")
        with translated():
            found = await self._v1.payment_methods.retrieve_async(card_id)
        return _card(found)

    async def detach_card(self, card_id: str) -> None:
        """Forget a card: it cannot be used any more."""
        with translated():
            await self._v1.payment_methods.detach_async(card_id)


def _card(source: stripe.PaymentMethod) -> Card:
    if source.card is None:
        raise NotFound("This payment method is no card.")
    return Card(
        id=source.id,
        brand=source.card.brand,
        last4=source.card.last4 or "",
        exp_month=source.card.exp_month,
        exp_year=source.card.exp_year,
        customer_id=mapping.identifier(source.customer),
    )
