"""What cannot be a card's id never becomes a part of an address at Stripe."""

from __future__ import annotations

import pytest
import stripe
from common.adapters.stripe.cards import StripeCards
from common.domain.shared.errors import NotFound


@pytest.mark.parametrize(
    "card_id", ["", ".", "..", "../customers", "pm_1/detach", "pm_1?expand[]=customer", "\r\nX-Evil: 1", "pm_\u0661"]
)
async def test_an_impossible_id_is_not_found_without_asking(card_id: str) -> None:
    nowhere = stripe.StripeClient("sk_test_none", base_addresses={"api": "http://127.0.0.1:9"})
    with pytest.raises(NotFound):
        await StripeCards(nowhere).get_card(card_id)
