"""Private calendar feeds give access too: their address keeps working until the feed is ended."""

from common.application.identity.deps import AuthDeps
from common.domain.identity.users import User


async def end_feeds(deps: AuthDeps, user: User) -> bool:
    """End the feeds of a person and of the person's profile as a provider. Call it inside a unit of work.

    Returns:
        Whether there was one.
    """
    owners = [user.id, *([user.provider_id] if user.provider_id else [])]
    return any([await deps.feeds.delete_by_owner(owner) for owner in owners])
