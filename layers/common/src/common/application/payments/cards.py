"""Saved cards of an account."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.payments.intents import PaymentAction, action_of
from common.application.payments.operations.steps import as_customer
from common.application.ports.payments.cards import Card, CardGateway
from common.application.ports.payments.gateway import Intent
from common.domain.identity.roles import Principal
from common.domain.payments.operations import CUSTOMER_GONE
from common.domain.shared.errors import InvalidInput, NotFound


@dataclass(frozen=True)
class CardDeps(PaymentDeps):
    """Ports of the card use cases."""

    cards: CardGateway


async def start_saving_card(deps: CardDeps, principal: Principal) -> PaymentAction:
    """A setup intent with which the caller's client saves a card."""

    async def act(customer_id: str) -> Intent:
        return await deps.gateway.create_setup_intent(customer_id=customer_id, payment_method_id=None, call=None)

    return action_of(await as_customer(deps, principal.user_id, act))


async def list_cards(deps: CardDeps, principal: Principal, *, limit: int, after: str | None) -> Sequence[Card]:
    """The caller's cards, newest first; none where the caller never paid."""
    user = await deps.users.get(principal.user_id)
    if user is None or user.stripe_customer_id is None:
        return []
    try:
        return await deps.cards.list_cards(user.stripe_customer_id, limit=limit, after=after)
    except NotFound as missing:
        if missing.wire_code != CUSTOMER_GONE:
            raise
        return []


async def own_card(deps: CardDeps, user_id: str, card_id: str) -> Card:
    """A card of the account.

    Raises:
        NotFound: it does not exist or is somebody else's.
    """
    user = await deps.users.get(user_id)
    card = await deps.cards.get_card(card_id)
    if user is None or user.stripe_customer_id is None or card.customer_id != user.stripe_customer_id:
        raise NotFound("There is no such card.")
    return card


async def require_own_card(deps: CardDeps, user_id: str, card_id: str) -> None:
    """Refuse to pay with a card that is not the account's.

    Raises:
        InvalidInput: it does not exist or is somebody else's.
    """
    try:
        await own_card(deps, user_id, card_id)
    except NotFound:
        raise InvalidInput.of("payment_method_id", "You have no such saved card.", "unknown_payment_method") from None


async def remove_card(deps: CardDeps, principal: Principal, card_id: str) -> None:
    """Remove one of the caller's saved cards.

    Raises:
        NotFound: it does not exist or is somebody else's.
    """
    card = await own_card(deps, principal.user_id, card_id)
    await deps.cards.detach_card(card.id)
