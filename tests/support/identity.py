"""Signing in without the identity function."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from common.domain.identity.factors import Factor, FactorKind
from common.domain.identity.sessions import is_staff
from common.domain.shared.ids import new_id

from infra.bench.tokens import access_token, publish_keys

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

TOKEN_LIFETIME = timedelta(days=365)


async def store_user(container: Container, user: User) -> User:
    """Write an account as it is stored, over an earlier one of the same id."""
    row = user.model_dump(exclude={"id"})
    await container.mongo.collection("users").replace_one({"_id": user.id}, row, upsert=True)
    return user


async def give_factor(container: Container, user: User) -> str:
    """Give an account an authenticator app, as confirming one would have; returns the shared secret in base 32."""
    secret, sealed = container.codes.new_secret(user.id)
    now = container.clock.now()
    factor = Factor(
        id=new_id("fac", now), user_id=user.id, kind=FactorKind.TOTP, name="App", created_at=now, confirmed_at=now,
        sealed_secret=sealed,
    )  # fmt: skip
    await container.auth.factors.insert(factor)
    await container.users.update(user.id, {"factor_kinds": [FactorKind.TOTP]})
    return secret


async def sign_in(container: Container, user: User) -> dict[str, str]:
    """Store the account, if it is not, and return the header fields of a signed-in caller.

    Staff have a second factor, and have used it.

    The token is valid for a year of the fake clock, so that a test may move time freely.
    """
    if await container.mongo.collection("users").count_documents({"_id": user.id}, limit=1) == 0:
        await store_user(container, user)
        if is_staff(user):
            await give_factor(container, user)
    now = container.clock.now()
    await publish_keys(container, now)
    return {"Authorization": f"Bearer {access_token(container, user, now, TOKEN_LIFETIME)}"}
