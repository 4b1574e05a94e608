"""Jobs that a provider was asked about, and the answers."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from common.application.matching import offer_access
from common.application.matching.accepting import accept_offer
from common.application.matching.declining import decline_offer
from common.application.matching.quoting import counter_as_provider
from common.application.matching.read import VisibleMatch, visible_match
from common.application.matching.states import Answered
from common.domain.identity.roles import Principal
from common.domain.matching.offers import OfferStatus
from common.domain.shared.actors import Actor, ActorKind
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import container_of, current_user
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Path, Query, Request, Response

from functions.matching.container import ContainerDep, MatchingFunction
from functions.matching.presenter import present_offer, present_photos
from functions.matching.schemas import AcceptBody, CounterBody, DeclineBody, OfferView

router = APIRouter(prefix="/v1/offers", tags=["matching"], route_class=IdempotentRoute)

OfferId = Annotated[str, Path(max_length=64)]


async def _views(container: MatchingFunction, seen: Iterable[VisibleMatch]) -> list[OfferView]:
    """Offers with what may be done, and addresses of the jobs' photographs that are made now."""
    shown = list(seen)
    media = await container.matching.attachments.find_many([each for one in shown for each in one.request.media_ids])
    return [
        present_offer(
            each.offer,
            each.request,
            each.actions,
            present_photos(each.request.media_ids, media, container.media_bucket),
        )
        for each in shown
    ]


async def _view(container: MatchingFunction, caller: Principal, offer_id: str) -> OfferView:
    """An offer as it stands now."""
    deps = container.matching
    found = await offer_access.find_offer_as(deps, caller, offer_id, ActorKind.PROVIDER)
    (view,) = await _views(container, [visible_match(deps, *found)])
    return view


async def _photos_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses of the job's photographs, which end, made anew."""
    view = await _view(container_of(request, MatchingFunction), await current_user(request), kept["id"])
    return {"job.media": view.model_dump(mode="json")["job"]["media"]}


async def _answered(container: MatchingFunction, answered: Answered, response: Response) -> OfferView:
    """What an answer is answered by: the offer after it."""
    actor = Actor(kind=ActorKind.PROVIDER, id=answered.offer.provider_user_id)
    (view,) = await _views(container, [visible_match(container.matching, answered.offer, answered.request, actor)])
    response.headers["ETag"] = etag(view.version)
    return view


@router.get("")
async def list_offers(
    container: ContainerDep,
    caller: CurrentUser,
    status: Annotated[list[OfferStatus] | None, Query(max_length=len(OfferStatus))] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[OfferView]:
    """Jobs that the caller was asked about, newest first; whoever is no provider has none."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    deps = container.matching
    rows = await offer_access.list_offers(deps, caller, statuses=status or (), limit=limit + 1, before=before)
    actor = Actor(kind=ActorKind.PROVIDER, id=caller.user_id)
    views = await _views(container, (visible_match(deps, *row, actor) for row in rows))
    return make_page(views, limit, cursor=lambda view: (view.id,), item=lambda view: view)


@router.get("/{offer_id}")
async def get_offer(container: ContainerDep, caller: CurrentUser, offer_id: OfferId, response: Response) -> OfferView:
    """One job that the caller was asked about, with why, and what may be answered now."""
    view = await _view(container, caller, offer_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.post("/{offer_id}/accept")
@keeps_out(_photos_again, "job.media")
async def post_accept(
    container: ContainerDep,
    caller: CurrentUser,
    offer_id: OfferId,
    response: Response,
    expected: IfMatch,
    body: AcceptBody | None = None,
) -> OfferView:
    """Take the job, or quote for it; `accepting` of the offer says which it will be.

    The first valid accept wins: everybody else gets 409 `offer_gone`. Where the time is taken meanwhile the answer is
    409 `slot_unavailable`, and another `start_at` may be tried.
    """
    values = body.model_dump(exclude_unset=True) if body else {}
    answered = await accept_offer(container.matching, caller, offer_id, values, expected_version=expected)
    return await _answered(container, answered, response)


@router.post("/{offer_id}/counter")
@keeps_out(_photos_again, "job.media")
async def post_counter(
    container: ContainerDep,
    caller: CurrentUser,
    offer_id: OfferId,
    body: CounterBody,
    response: Response,
    expected: IfMatch,
) -> OfferView:
    """Answer the price that the customer proposes by another quote, once; to agree to theirs, accept the offer."""
    values = body.model_dump(exclude_unset=True)
    answered = await counter_as_provider(container.matching, caller, offer_id, values, expected_version=expected)
    return await _answered(container, answered, response)


@router.post("/{offer_id}/decline")
@keeps_out(_photos_again, "job.media")
async def post_decline(
    container: ContainerDep,
    caller: CurrentUser,
    offer_id: OfferId,
    response: Response,
    expected: IfMatch,
    body: DeclineBody | None = None,
) -> OfferView:
    """Say no, which is an answer too: others are asked the sooner."""
    values = body.model_dump(exclude_unset=True) if body else {}
    answered = await decline_offer(container.matching, caller, offer_id, values, expected_version=expected)
    return await _answered(container, answered, response)
