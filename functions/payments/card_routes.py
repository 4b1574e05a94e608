"""Saved cards."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from common.application.payments import cards
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import container_of
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Request, Response

from functions.payments.access import Id
from functions.payments.container import ContainerDep, PaymentsFunction
from functions.payments.schemas import CardView, PaymentActionView

router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=IdempotentRoute)

#: Stripe gives at most this many objects a page (https://docs.stripe.com/api/pagination).
_MOST_AT_STRIPE = 100


def _intent_id(client_secret: str | None) -> str | None:
    """The intent of a client secret, which begins with its id (https://docs.stripe.com/api/setup_intents/object)."""
    return client_secret and client_secret.partition("_secret")[0]


async def _secret_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The secret of the same intent, read anew from Stripe."""
    container, intent_id = container_of(request, PaymentsFunction), kept["client_secret"]
    return {
        "client_secret": (await container.payments.gateway.get_intent(intent_id)).client_secret if intent_id else None
    }


@router.post("/setup-intents", status_code=HTTPStatus.CREATED)
@keeps_out(_secret_again, client_secret=_intent_id)
async def create_setup_intent(container: ContainerDep, caller: CurrentUser) -> PaymentActionView:
    """Begin saving a card; give ``client_secret`` to Stripe.js."""
    return PaymentActionView.model_validate(await cards.start_saving_card(container.cards, caller))


@router.get("/methods")
async def list_payment_methods(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None
) -> Page[CardView]:
    """The caller's saved cards, newest first."""
    after = decode_cursor(cursor, str)[0] if cursor else None
    wanted = min(limit + 1, _MOST_AT_STRIPE)
    found = await cards.list_cards(container.cards, caller, limit=wanted, after=after)
    return make_page(found, min(limit, wanted - 1), cursor=lambda card: (card.id,), item=CardView.of)


@router.delete("/methods/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_payment_method(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """Forget a card."""
    await cards.remove_card(container.cards, caller, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
