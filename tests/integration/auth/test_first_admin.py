"""The first super admin, whom the command line appoints."""

from __future__ import annotations

import pytest
from common.domain.identity.roles import Role
from common.domain.shared.errors import Conflict, NotFound

from infra.ops.__main__ import main
from infra.ops.staff import ACTOR, appoint_first
from tests.factories.users import make_user
from tests.support import make_container, store_user


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


def test_it_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "a@example.com"], {}) == 2
    assert "MONGODB_URI, MONGODB_DATABASE" in capsys.readouterr().err
