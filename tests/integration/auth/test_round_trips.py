"""What identity's writing routes ask of the database: commands, how many in turn, and transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo

from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.people import bearer
from tests.support.watched import TIMES, Counted

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.support.watched import Commands, WatchedMongo

PROFILE = {"full_name": "Mere Tui", "phone_number": "+64211234567", "address": "1 Queen Street, Auckland"}


@pytest.fixture
def container(watched_container: Container) -> Container:
    return watched_container


@pytest.mark.parametrize(
    ("path", "body", "status", "asked"),
    [
        ("/v1/onboarding/profile", PROFILE, 200, {"round_trips": 4, "commands": 6, "transactions": 0}),
        ("/v1/onboarding/path", {"path": "seeker"}, 200, {"round_trips": 3, "commands": 3, "transactions": 0}),
        ("/v1/auth/logout", None, 204, {"round_trips": 7, "commands": 7, "transactions": 1}),
        ("/v1/auth/logout-all", None, 204, {"round_trips": 8, "commands": 8, "transactions": 1}),
    ],
)
async def test_what_a_write_asks(
    container: Container,
    watched: WatchedMongo[Commands],
    path: str,
    body: dict[str, Any] | None,
    status: int,
    asked: dict[str, int],
) -> None:
    counted = Counted(watched)
    async with api_client("auth", container) as client:
        for number in range(TIMES + 1):
            user = make_user()
            await sign_in(container, user)
            pair = await open_session(container.auth, user, ClientInfo("203.0.113.9", "Browser/1"), "email_link")
            headers = bearer(vars(pair))
            if number == 0:  # reads the public keys, which a process keeps, and opens connections
                await client.post(path, json=body, headers=headers)
                continue
            with counted.once_more():
                answer = await client.post(path, json=body, headers=headers)
            assert answer.status_code == status, answer.text
    counted.check(**asked)
