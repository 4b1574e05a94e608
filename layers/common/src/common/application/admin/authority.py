"""What only a super admin may do, decided when it commits."""

from common.application.admin.deps import AdminDeps
from common.domain.identity.roles import Principal, Role
from common.domain.shared.errors import Forbidden


async def require_super_admin(deps: AdminDeps, staff: Principal) -> None:
    """Refuse anyone who is no super admin, as the account stands in the present transaction.

    The caller's account is written too, so that of two super admins who stop each other at the same moment the later
    one is refused: else nobody would be left to undo it.

    Raises:
        Forbidden: the caller is none, or has ceased to be one.
    """
    account = await deps.users.get(staff.user_id)
    if account is None:
        raise Forbidden("Only a super admin may do this to staff.")
    if not account.is_active or Role.SUPER_ADMIN not in account.roles:
        raise Forbidden("Only a super admin may do this to staff.")
    await deps.users.touch(account.id)
