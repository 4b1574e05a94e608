"""Who was asked about a request, why, and the customer's answers to their quotes."""

from typing import Annotated

from common.application.matching.choosing import choose_offer, counter_as_customer
from common.application.matching.declining import decline_offer
from common.application.matching.read import customer_of, list_matches, visible_match
from common.application.matching.states import Answered
from common.domain.shared.actors import ActorKind
from common.runtime.http import CurrentUser
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Path, Response

from functions.matching.container import ContainerDep, MatchingFunction
from functions.matching.presenter import present_match
from functions.matching.schemas import ChooseBody, CounterBody, DeclineBody, MatchView

router = APIRouter(prefix="/v1/job-requests/{request_id}", tags=["matching"], route_class=IdempotentRoute)

RequestId = Annotated[str, Path(max_length=64)]
OfferId = Annotated[str, Path(max_length=64)]


@router.get("/matches")
async def get_matches(
    container: ContainerDep, caller: CurrentUser, request_id: RequestId, limit: Limit = 20, cursor: Cursor = None
) -> Page[MatchView]:
    """Everybody who was asked, the best score first, each score explained part by part."""
    after: tuple[int, str] | None = None
    if cursor is not None:
        points, offer_id = decode_cursor(cursor, int, str)
        after = (points, offer_id)
    rows = await list_matches(container.matching, caller, request_id, limit=limit + 1, after=after)
    return make_page(
        rows,
        limit,
        cursor=lambda row: (row.offer.score.points, row.offer.id),
        item=lambda row: present_match(row.offer, row.request, row.actions),
    )


def _answered(container: MatchingFunction, answered: Answered, response: Response) -> MatchView:
    """What an answer is answered by: the offer after it."""
    seen = visible_match(container.matching, answered.offer, answered.request, customer_of(answered.request))
    response.headers["ETag"] = etag(seen.offer.version)
    return present_match(seen.offer, seen.request, seen.actions)


@router.post("/offers/{offer_id}/choose")
async def post_choose(
    container: ContainerDep,
    caller: CurrentUser,
    request_id: RequestId,
    offer_id: OfferId,
    response: Response,
    expected: IfMatch,
    body: ChooseBody | None = None,
) -> MatchView:
    """Take a quote: it becomes the booking `booking_id`, which waits for its payment, and the others are withdrawn.

    Name what was seen by `accepted_price`, the quote's `total`, or by `If-Match` with the offer's `version`. Without
    either, or where it costs something else by now, the answer is 409 `fee_not_accepted` with the present `quote`.
    """
    values = body.model_dump(exclude_unset=True) if body else {}
    answered = await choose_offer(container.matching, caller, request_id, offer_id, values, expected_version=expected)
    return _answered(container, answered, response)


@router.post("/offers/{offer_id}/counter")
async def post_customer_counter(
    container: ContainerDep,
    caller: CurrentUser,
    request_id: RequestId,
    offer_id: OfferId,
    body: CounterBody,
    response: Response,
    expected: IfMatch,
) -> MatchView:
    """Propose another price for a quote, once; the provider agrees to it, which books, or quotes once more."""
    values = body.model_dump(exclude_unset=True)
    answered = await counter_as_customer(
        container.matching, caller, request_id, offer_id, values, expected_version=expected
    )
    return _answered(container, answered, response)


@router.post("/offers/{offer_id}/decline")
async def post_turn_down(
    container: ContainerDep,
    caller: CurrentUser,
    request_id: RequestId,
    offer_id: OfferId,
    response: Response,
    expected: IfMatch,
    body: DeclineBody | None = None,
) -> MatchView:
    """Turn a quote down; its time is free again, and this provider is not asked again for the request."""
    answered = await decline_offer(
        container.matching,
        caller,
        offer_id,
        body.model_dump(exclude_unset=True) if body else {},
        kind=ActorKind.CUSTOMER,
        request_id=request_id,
        expected_version=expected,
    )
    return _answered(container, answered, response)
