"""The queue of moderators: what people have reported, what waits to be shown, proposed bans, and appeals."""

from http import HTTPStatus
from typing import Annotated

from common.application.admin.moderation.claim import claim_item
from common.application.admin.moderation.decide import Result, Verdict, decide_item, decide_items
from common.domain.identity.permissions import may
from common.domain.moderation.items import ItemKind, ItemState
from common.domain.moderation.rules import deciding_permission
from common.runtime.http.clients import Client
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.paging import Cursor, Limit, decode_cursor, encode_cursor
from common.runtime.http.schemas import Page
from fastapi import APIRouter, Query

from functions.admin.access import ContentModerator, Id
from functions.admin.container import AdminFunction, ContainerDep
from functions.admin.moderation_presenter import present_items
from functions.admin.moderation_schemas import (
    DecideManyRequest,
    DecideManyResult,
    DecideManyView,
    DecideRequest,
    ModerationItemView,
)

router = APIRouter(prefix="/v1/admin/moderation", tags=["administration"], route_class=CsvListRoute)


@router.get("")
async def list_moderation_items(
    container: ContainerDep,
    staff: ContentModerator,
    kind: Annotated[list[ItemKind] | None, Query(max_length=len(ItemKind), description="Any of these")] = None,
    state: Annotated[ItemState | None, Query(description="What waits, appeals among it, without")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[ModerationItemView]:
    """What was reported, the longest waiting first, as it was written; proposed bans for who may decide on them.

    Of a conversation staff see what was reported and the messages around it, and nothing else. What concerns a
    moderator's own self is not shown to them.
    """
    after = decode_cursor(cursor, str)[0] if cursor else None
    kinds = [each for each in kind or ItemKind if may(staff, deciding_permission(each))]
    if not kinds:
        return Page(items=[], next_cursor=None)
    asked = kinds if len(kinds) < len(ItemKind) else []
    rows = await container.moderation.list_by_state(state, kinds=asked, limit=limit + 1, after=after)
    page = rows[:limit]
    shown = [each for each in page if staff.user_id not in {each.reporter_id, each.reported_id}]
    following = encode_cursor(page[-1].id) if len(rows) > limit else None
    return Page(items=await present_items(container, shown), next_cursor=following)


@router.post("/decide-many", status_code=HTTPStatus.OK)
async def decide_moderation_items(
    body: DecideManyRequest, container: ContainerDep, staff: ContentModerator, client: Client
) -> DecideManyView:
    """Decide the same on up to 50 items, each on its own; the answer has a result for each."""
    verdict = Verdict(body.outcome, body.reason, body.propose_ban)
    results = await decide_items(container.moderating, staff, body.ids, verdict, client)
    return DecideManyView(items=[await _result(container, each) for each in results])


@router.post("/{id}/claim", status_code=HTTPStatus.OK)
async def claim_moderation_item(id: Id, container: ContainerDep, staff: ContentModerator) -> ModerationItemView:  # noqa: A002
    """Take an item for five minutes, so that nobody else decides on it meanwhile; taking it again goes on.

    Another moderator's is refused with `claimed`, `claimed_by` and `claimed_until`.
    """
    return (await present_items(container, [await claim_item(container.moderating, staff, id)]))[0]


@router.post("/{id}/decide", status_code=HTTPStatus.OK)
async def decide_moderation_item(
    id: Id,  # noqa: A002
    body: DecideRequest,
    container: ContainerDep,
    staff: ContentModerator,
    client: Client,
) -> ModerationItemView:
    """Decide on an item, which does to the thing what is decided; the author is told, and may appeal once.

    With `propose_ban` the author's account comes into the queue, too, for another member of staff. An appeal is decided
    by a moderator who has not decided before: `uphold` or `restore`. What was hidden, and a ban, is taken back by
    `restore`.
    """
    verdict = Verdict(body.outcome, body.reason, body.propose_ban)
    decided = await decide_item(container.moderating, staff, id, verdict, client)
    return (await present_items(container, [decided]))[0]


async def _result(container: AdminFunction, result: Result) -> DecideManyResult:
    if result.error is not None:
        error = result.error
        return DecideManyResult(
            id=result.item_id, status=error.status, item=None, code=error.wire_code, detail=error.detail
        )
    item = (await present_items(container, [result.item]))[0] if result.item else None
    return DecideManyResult(id=result.item_id, status=HTTPStatus.OK, item=item, code=None, detail=None)
