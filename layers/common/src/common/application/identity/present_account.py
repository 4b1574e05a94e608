"""Reading an account that must be there."""

from common.application.ports.identity.accounts import Users
from common.domain.identity.users import User
from common.domain.shared.errors import NotFound


async def present_account(users: Users, user_id: str) -> User:
    """An account whose owner has not left, as read in the present unit of work.

    Raises:
        NotFound: it is gone.
    """
    user = await users.get(user_id)
    if user is None or user.deleted_at is not None:
        raise NotFound("There is no such account.")
    return user
