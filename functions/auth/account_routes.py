"""The account: reading, changing, its password, its export and deletion."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from common.application.identity import account, account_deletion, email_change, recovery
from common.application.ports.identity.personal_data import ExportPlace
from common.domain.shared.errors import InvalidInput
from common.runtime.http import CurrentUser
from common.runtime.http.dependencies import CurrentAccount
from common.runtime.http.paging import Cursor, decode_cursor, encode_cursor
from common.runtime.http.rate_limits import limit_lookups, rate_limit
from fastapi import APIRouter, Depends, Request, Response

from functions.auth.account_schemas import (
    AccountExport,
    AccountView,
    ChangeEmailRequest,
    ChangePasswordRequest,
    ConfirmEmailRequest,
    UpdateAccountRequest,
)
from functions.auth.client import Client
from functions.auth.container import ContainerDep
from functions.auth.schemas import CHECK_MAIL, Accepted, UserView

router = APIRouter(prefix="/v1/users/me", tags=["account"])
#: Ten exports an hour, and as many pages as a large account has.
_EXPORTS = rate_limit("export", limit=10, per_seconds=3600, by="user")
_EXPORT_PAGES = rate_limit("export-pages", limit=600, per_seconds=3600, by="user")


@router.get("")
async def get_account(container: ContainerDep, user: CurrentAccount) -> AccountView:
    """The caller's account, and whether terms are to be accepted."""
    return AccountView.of_account(user, container.terms)


@router.patch("")
async def update_account(
    body: UpdateAccountRequest, container: ContainerDep, caller: CurrentUser, request: Request, response: Response
) -> UserView:
    """Change the account. The parties of one's accepted bookings see the picture."""
    if body.address is not None:
        await limit_lookups(request, response)
    changes = body.model_dump(exclude_unset=True)
    return UserView.of(await account.update_account(container.onboarding, caller, changes))


@router.put("/password", status_code=HTTPStatus.NO_CONTENT)
async def change_password(
    body: ChangePasswordRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> None:
    """Set or change the password; every other sign-in ends."""
    await recovery.change_password(container.auth, caller, body.current_password, body.new_password, client)


@router.put(
    "/email",
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[Depends(rate_limit("change-email", limit=10, per_seconds=3600, by="user"))],
)
async def change_email(
    body: ChangeEmailRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> Accepted:
    """Ask for another mail address: a code is mailed to it; the answer is the same for every address.

    It asks for a recent sign-in (403 `recent_sign_in_required`), and the present address gets word of it.
    """
    await email_change.request_change(container.auth, caller, body.email, client)
    return CHECK_MAIL


@router.post(
    "/email/confirm",
    status_code=HTTPStatus.OK,
    dependencies=[Depends(rate_limit("confirm-email", limit=30, per_seconds=3600, by="user"))],
)
async def confirm_email(
    body: ConfirmEmailRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> UserView:
    """Use the code that was mailed to the new address; every other sign-in ends, and the old address is told."""
    return UserView.of(await email_change.confirm_change(container.auth, caller, body.token, client))


async def _limit_exports(request: Request, response: Response) -> None:
    """The limit of exports, or of further pages."""
    await (_EXPORT_PAGES if request.query_params.get("cursor") else _EXPORTS)(request, response)


@router.get("/export", dependencies=[Depends(_limit_exports)])
async def export_account(
    container: ContainerDep, caller: CurrentUser, client: Client, cursor: Cursor = None
) -> AccountExport:
    """All that is held about the caller: the account, and rows by subject, the newest first.

    One answer holds some thousands of rows. Where there are more, `next_cursor` leads to the rest, until it is
    null; each answer begins where the one before ended, and together they hold every row once.
    """
    after = _export_place(cursor) if cursor else None
    export = await account_deletion.export_account(container.account_deletion, caller, client, after)
    rest = export.page.rest
    at = rest.at.isoformat() if rest and rest.at else ""
    next_cursor = encode_cursor(rest.subject, rest.row_id, at) if rest else None
    sections: dict[str, Any] = dict(export.page.sections)
    return AccountExport(account=dict(export.account), next_cursor=next_cursor, **sections)


def _export_place(cursor: str) -> ExportPlace:
    subject, row_id, at = decode_cursor(cursor, str, str, str)
    try:
        return ExportPlace(subject, row_id, datetime.fromisoformat(at) if at else None)
    except ValueError as error:
        raise InvalidInput.of("cursor", "This is not a cursor of this list.", "invalid_cursor") from error


@router.delete("", status_code=HTTPStatus.NO_CONTENT)
async def delete_account(container: ContainerDep, caller: CurrentUser, client: Client) -> None:
    """Leave for good: the person goes, bookings and the ledger stay."""
    await account_deletion.delete_account(container.account_deletion, caller, client)
