"""The first super admin, whom the command line appoints."""

from __future__ import annotations

import pytest
from common.domain.identity.roles import Role
from common.domain.shared.errors import Conflict, NotFound

from infra.ops.__main__ import main
from infra.ops.staff import ACTOR, appoint_first, remove_factors
from tests.factories.users import make_user
from tests.support import make_container, store_user
from tests.support.identity import give_factor


async def test_a_confirmed_person_becomes_the_first_super_admin_and_nobody_the_second(
    mongodb_uri: str, own_database: str
) -> None:
    environ = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": own_database}
    container = make_container(mongodb_uri, own_database)
    first, second = make_user(email="first@example.com"), make_user(email="second@example.com")
    unconfirmed = make_user(email="third@example.com", is_verified=False)
    for user in (first, second, unconfirmed):
        await store_user(container, user)
    for email in (unconfirmed.email, "nobody@example.com"):
        with pytest.raises(NotFound):
            await appoint_first(environ, email)
    appointed = await appoint_first(environ, first.email)
    assert Role.SUPER_ADMIN in appointed.roles
    assert appointed.session_epoch > first.session_epoch
    row = await container.mongo.collection("security_events").find_one({"user_id": first.id})
    assert row is not None
    assert row["actor_id"] == ACTOR
    await container.close()
    with pytest.raises(Conflict, match="already"):
        await appoint_first(environ, second.email)


async def test_lost_factors_are_removed_with_every_sign_in_and_it_is_told(mongodb_uri: str, own_database: str) -> None:
    environ = {"MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": own_database}
    container = make_container(mongodb_uri, own_database)
    user = await store_user(container, make_user(email="lost@example.com", roles=[Role.USER, Role.ADMIN]))
    await give_factor(container, user)
    await container.auth.factors.replace_recovery_codes(user.id, ["x"], user.created_at)
    with pytest.raises(NotFound):
        await remove_factors(environ, "nobody@example.com")
    after = await remove_factors(environ, user.email)
    assert (after.factor_kinds, after.session_epoch) == ([], user.session_epoch + 1)
    assert await container.mongo.collection("factors").count_documents({"user_id": user.id}) == 0
    row = await container.mongo.collection("security_events").find_one({"user_id": user.id}) or {}
    assert (row["type"], row["actor_id"]) == ("factors_reset", ACTOR)
    assert await container.mongo.collection("outbox").count_documents({}) == 1
    await container.close()


def test_it_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "a@example.com"], {}) == 2
    assert "MONGODB_URI, MONGODB_DATABASE" in capsys.readouterr().err
