"""What an account has done, as staff may see it."""

from collections.abc import Sequence

from common.application.admin.deps import AdminDeps
from common.domain.identity.activity import ActivityEntry, without_money
from common.domain.identity.permissions import Permission, may
from common.domain.identity.roles import Principal
from common.domain.shared.errors import NotFound


async def list_activity(
    deps: AdminDeps, staff: Principal, user_id: str, *, limit: int, before: str | None
) -> Sequence[ActivityEntry]:
    """What happened to or by an account, newest first; amounts only for who may see money.

    Raises:
        NotFound: there never was such an account.
    """
    user = await deps.users.get(user_id)
    if user is None:
        raise NotFound("There is no such account.")
    found = await deps.activities.list_by_account(user.id, user.provider_id, limit=limit, before=before)
    return found if may(staff, Permission.SEE_MONEY) else [without_money(each) for each in found]
