"""Access tokens of sign-ins that nobody made: for what measures or tests more than signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.identity.factors import MULTIPLE, ONE_TIME_CODE, PASSWORD
from common.domain.identity.sessions import is_staff
from common.domain.shared.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container


async def publish_keys(container: Container, now: datetime) -> None:
    """Publish the keys that access tokens are verified by.

    Args:
        container: Whose tokens.
        now: The time.
    """
    for key in container.token_issuer.keys:
        await container.signing_keys.publish(key.kid, key.public_jwk(), now)


def access_token(container: Container, user: User, now: datetime, lifetime: timedelta) -> str:
    """An access token of a sign-in right now; staff used their second factor.

    Args:
        container: Which issues it.
        user: Whose.
        now: The time.
        lifetime: How long it is good for.
    """
    return container.token_issuer.issue(
        user_id=user.id,
        session_id=new_id("ses", now),
        epoch=user.session_epoch,
        roles=[role.value for role in user.roles],
        token_id=new_id("tok", now),
        signed_in_at=now,
        now=now,
        lifetime=lifetime,
        amr=[PASSWORD, ONE_TIME_CODE, MULTIPLE] if is_staff(user) else [PASSWORD],
    )
