"""Describing a job, following it, widening it and calling it off."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.matching import read
from common.application.matching.change_request import cancel_request, extend_request
from common.application.matching.create_request import RequestInput, create_request
from common.application.payments.cards import require_own_card
from common.domain.matching.job_requests import JobRequest, JobRequestStatus
from common.domain.shared.actors import Actor
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import CurrentAccount, container_of, current_user
from common.runtime.http.etags import IfMatch, etag
from common.runtime.http.idempotency import IdempotencyKey, IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Path, Query, Request, Response

from functions.matching.container import ContainerDep, MatchingFunction
from functions.matching.presenter import present_brief, present_photos, present_request
from functions.matching.schemas import (
    CancelBody,
    ExtendBody,
    JobPhotoView,
    JobRequestBody,
    JobRequestBrief,
    JobRequestView,
)

router = APIRouter(prefix="/v1/job-requests", tags=["matching"], route_class=IdempotentRoute)

RequestId = Annotated[str, Path(max_length=64)]


async def show_request(container: MatchingFunction, request: JobRequest, actor: Actor) -> JobRequestView:
    """A request with who was asked, what may be done, and addresses of its photographs that are made now."""
    seen = await read.visible_request(container.matching, request, actor)
    return present_request(seen.request, actor.kind, seen.offers, seen.actions, await _photos(container, request))


async def _photos(container: MatchingFunction, request: JobRequest) -> list[JobPhotoView]:
    """The photographs of a request, with addresses that are made now."""
    media = await container.matching.attachments.find_many(request.media_ids)
    return present_photos(request.media_ids, media, container.media_bucket)


async def _photos_again(request: Request, kept: Mapping[str, Any]) -> dict[str, Any]:
    """The addresses of the photographs, which end, made anew."""
    container, caller = container_of(request, MatchingFunction), await current_user(request)
    found, _ = await read.find_request(container.matching, caller, kept["id"])
    return {"media": [each.model_dump(mode="json") for each in await _photos(container, found)]}


@router.post("", status_code=HTTPStatus.CREATED)
@keeps_out(_photos_again, "media")
async def post_job_request(
    container: ContainerDep,
    customer: CurrentAccount,
    body: JobRequestBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> JobRequestView:
    """Describe a job once; a few good providers are asked, then a few more, until one takes it.

    With `service_id` the provider of that service is asked first and alone, which is how something without a price is
    booked (`quote_required` carries such a body). At most 10 a day and 5 at once; an account without a name or a
    telephone number is refused (`profile_incomplete`).
    """
    if body.payment_method_id is not None:
        await require_own_card(container.cards, customer.id, body.payment_method_id)
    made = await create_request(container.matching, customer, request_input(body), idempotency_key=idempotency_key)
    response.headers["ETag"] = etag(made.version)
    response.headers["Location"] = f"/v1/job-requests/{made.id}"
    return await show_request(container, made, read.customer_of(made))


def request_input(body: JobRequestBody) -> RequestInput:
    """The use case's input of a body."""
    values = dict(body)
    window, budget = values.pop("window"), values.pop("budget")
    return RequestInput(
        **values,
        start_at=window.start_at,
        end_at=window.end_at,
        budget=budget.to_domain() if budget else None,
    )


@router.get("")
async def list_job_requests(
    container: ContainerDep,
    caller: CurrentUser,
    status: Annotated[list[JobRequestStatus] | None, Query(max_length=len(JobRequestStatus))] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[JobRequestBrief]:
    """The caller's requests, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    rows = await read.list_requests(container.matching, caller, statuses=status or (), limit=limit + 1, before=before)
    return make_page(rows, limit, cursor=lambda row: (row.id,), item=present_brief)


@router.get("/{request_id}")
async def get_job_request(
    container: ContainerDep, caller: CurrentUser, request_id: RequestId, response: Response
) -> JobRequestView:
    """One request: who was asked, when the next are, and why others did not come into question.

    Its customer and operators see it; a provider who was asked sees the offer.
    """
    found, actor = await read.find_request(container.matching, caller, request_id)
    response.headers["ETag"] = etag(found.version)
    return await show_request(container, found, actor)


@router.post("/{request_id}/cancel")
@keeps_out(_photos_again, "media")
async def post_cancel(
    container: ContainerDep,
    caller: CurrentUser,
    request_id: RequestId,
    response: Response,
    expected: IfMatch,
    body: CancelBody | None = None,
) -> JobRequestView:
    """Call a request off; open offers are withdrawn. Once somebody has taken it, cancel the booking instead."""
    reason = body.reason if body else ""
    changed, actor = await cancel_request(
        container.matching, caller, request_id, reason=reason, expected_version=expected
    )
    response.headers["ETag"] = etag(changed.version)
    return await show_request(container, changed, actor)


@router.post("/{request_id}/extend")
@keeps_out(_photos_again, "media")
async def post_extend(
    container: ContainerDep,
    caller: CurrentUser,
    request_id: RequestId,
    body: ExtendBody,
    response: Response,
    expected: IfMatch,
) -> JobRequestView:
    """Look further for what nobody could take: a wider radius, a longer window, a higher budget."""
    changed, actor = await extend_request(
        container.matching, caller, request_id, body.model_dump(exclude_none=True), expected_version=expected
    )
    response.headers["ETag"] = etag(changed.version)
    return await show_request(container, changed, actor)
