"""The inbox in the app, preferences, push subscriptions, and mails that are switched off."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from common.application.notifications import inbox
from common.domain.shared.errors import InvalidInput, NotFound
from common.runtime.container.settings import PushSettings
from common.runtime.http import CurrentUser
from common.runtime.http.idempotency import IdempotentRoute, keeps_out
from common.runtime.http.paging import Cursor, Limit, decode_cursor, make_page
from common.runtime.http.rate_limits import rate_limit
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from functions.notifications.container import ContainerDep
from functions.notifications.schemas import (
    Inbox,
    NotificationView,
    PreferencesSchema,
    PushEndpoint,
    PushKey,
    PushSubscriptionRequest,
    PushSubscriptionView,
    ReadAll,
)

Id = Annotated[str, Path(max_length=64)]
#: What a mail's header has is a third of this.
MailToken = Annotated[str, Query(max_length=512)]

router = APIRouter(prefix="/v1/notifications", tags=["notifications"], route_class=IdempotentRoute)


@router.get("")
async def list_notifications(
    container: ContainerDep, caller: CurrentUser, limit: Limit = 20, cursor: Cursor = None, unread_only: bool = False
) -> Inbox:
    """The caller's inbox, newest first."""
    before = decode_cursor(cursor, str)[0] if cursor else None
    entries, unread = await inbox.list_notifications(
        container.inbox, caller.user_id, unread_only=unread_only, limit=limit + 1, before=before
    )
    page = make_page(entries, limit, cursor=lambda entry: (entry.id,), item=NotificationView.model_validate)
    return Inbox(items=page.items, next_cursor=page.next_cursor, unread_count=unread)


@router.put("/read-all")
async def read_all_notifications(container: ContainerDep, caller: CurrentUser) -> ReadAll:
    """Mark every entry as read."""
    return ReadAll(marked=await inbox.read_all_notifications(container.inbox, caller.user_id))


@router.get("/preferences")
async def get_preferences(container: ContainerDep, caller: CurrentUser) -> PreferencesSchema:
    """What the caller is told how."""
    return PreferencesSchema.of(await container.inbox.preferences.get(caller.user_id))


@router.put("/preferences")
async def put_preferences(container: ContainerDep, caller: CurrentUser, body: PreferencesSchema) -> PreferencesSchema:
    """Replace the caller's preferences."""
    return PreferencesSchema.of(await inbox.change_preferences(container.inbox, body.to_domain(caller.user_id)))


def _one_click(body: bytes) -> None:
    """Refuse what is no mail program's own request: that is one field of a form (RFC 8058 section 3.2).

    Raises:
        InvalidInput: the body lacks the field.
    """
    if b"List-Unsubscribe" not in body or b"One-Click" not in body:
        raise InvalidInput.of("List-Unsubscribe", "Send the form field List-Unsubscribe=One-Click.")


@router.post(
    "/unsubscribe",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[Depends(rate_limit("unsubscribe", limit=600, per_seconds=60))],
)
async def unsubscribe_mails(request: Request, container: ContainerDep, token: MailToken) -> Response:
    """Switch off mails of one kind, as mail programs do it for who presses their button (RFC 8058).

    The `token` of a mail's header is the only proof. The body is the form field `List-Unsubscribe=One-Click`. The
    answer is the same whatever the token is worth, and the second time.
    """
    _one_click(await request.body())
    await inbox.unsubscribe_mails(container.inbox, token)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.get("/unsubscribe", status_code=HTTPStatus.FOUND, response_class=RedirectResponse)
async def show_unsubscribe(container: ContainerDep, token: MailToken = "") -> RedirectResponse:  # noqa: ARG001 - opening changes nothing
    """Leads to the page where mails are switched off, for mail programs that open the address of their button."""
    page = f"{container.frontend_base_url}/account/notifications"
    return RedirectResponse(page, HTTPStatus.FOUND, headers={"Cache-Control": "no-store"})


@router.get("/push-key")
async def get_push_key(container: ContainerDep, caller: CurrentUser) -> PushKey:  # noqa: ARG001 - signed-in people subscribe
    """The key with which a browser subscribes to push messages.

    Raises:
        NotFound: this deployment pushes nothing (code ``push_not_offered``).
    """
    if not container.settings.of(PushSettings).push_public_key:
        raise NotFound("Push messages are not offered here.", code="push_not_offered")
    return PushKey(application_server_key=container.settings.of(PushSettings).push_public_key)


async def _endpoint_again(request: Request, _: Mapping[str, Any]) -> dict[str, Any]:
    """The browser's address, which lets whoever knows it push, as the same request names it."""
    return {"endpoint": PushSubscriptionRequest.model_validate_json(await request.body()).endpoint}


@router.post("/push-subscriptions", status_code=HTTPStatus.CREATED)
@keeps_out(_endpoint_again, "endpoint")
async def create_push_subscription(
    container: ContainerDep, caller: CurrentUser, body: PushSubscriptionRequest
) -> PushSubscriptionView:
    """Store a browser that takes push messages, until this sign-in ends; sending it again renews it.

    An account has ten browsers at most; one more takes the place of the one renewed longest ago.
    """
    stored = await inbox.subscribe_push(container.inbox, caller, body.endpoint, body.keys.p256dh, body.keys.auth)
    return PushSubscriptionView.model_validate(stored)


@router.delete("/push-subscriptions", status_code=HTTPStatus.NO_CONTENT)
async def delete_push_subscription(container: ContainerDep, caller: CurrentUser, body: PushEndpoint) -> Response:
    """Forget a browser."""
    await inbox.unsubscribe_push(container.inbox, caller.user_id, body.endpoint)
    return Response(status_code=HTTPStatus.NO_CONTENT)


@router.put("/{id}/read")
async def read_notification(container: ContainerDep, caller: CurrentUser, id: Id) -> NotificationView:  # noqa: A002
    """Mark one entry as read."""
    entry = await inbox.read_notification(container.inbox, caller.user_id, id)
    return NotificationView.model_validate(entry)


@router.delete("/{id}", status_code=HTTPStatus.NO_CONTENT)
async def delete_notification(container: ContainerDep, caller: CurrentUser, id: Id) -> Response:  # noqa: A002
    """Remove one entry."""
    await inbox.delete_notification(container.inbox, caller.user_id, id)
    return Response(status_code=HTTPStatus.NO_CONTENT)
