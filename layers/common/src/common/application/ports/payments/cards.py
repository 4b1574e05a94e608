"""Saved cards at the payment provider."""

from collections.abc import Sequence
from typing import Protocol

from common.domain.shared.model import Model


class Card(Model):
    """A saved card: what may be shown of it."""

    id: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    customer_id: str | None = None


class CardGateway(Protocol):
    """Saved cards. Errors are those of ``PaymentGateway``."""

    async def list_cards(self, customer_id: str, *, limit: int, after: str | None) -> Sequence[Card]:
        """A customer's cards, newest first; ``after`` is the id of the last one seen."""
        ...

    async def get_card(self, card_id: str) -> Card:
        """One card.

        Raises:
            NotFound: there is none.
        """
        ...

    async def detach_card(self, card_id: str) -> None:
        """Forget a card: it cannot be used any more."""
        ...
