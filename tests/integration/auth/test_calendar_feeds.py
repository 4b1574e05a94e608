"""Private calendar feeds end with what ends every other way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.shared.opaque_tokens import digest

from tests.factories.users import make_user
from tests.support.people import PASSWORD

if TYPE_CHECKING:
    from tests.support.people import Identity


async def _open_feeds(identity: Identity, user_id: str) -> tuple[str, str]:
    """A feed of the account and one of its provider's profile; the digests of their tokens."""
    container = identity.container
    provider_id = user_id.replace("usr_", "prv_")
    await container.users.update(user_id, {"provider_id": provider_id})
    tokens = digest(user_id), digest(provider_id)
    for owner, token in zip((user_id, provider_id), tokens, strict=True):
        await container.auth.feeds.save(owner, token, container.clock.now())
    return tokens


async def test_a_reset_ends_calendar_feeds_and_says_so(identity: Identity) -> None:
    user_id = (await identity.register("feeds@example.com"))["user"]["id"]
    feeds = await _open_feeds(identity, user_id)
    identity.publisher.events.clear()
    await identity.post("/v1/auth/forgot-password", {"email": "feeds@example.com"})
    body = {"token": await identity.mailed_token("feeds@example.com"), "password": f"{PASSWORD}-new"}
    assert (await identity.post("/v1/auth/reset-password", body)).status_code == 202
    assert [await identity.container.auth.feeds.find_owner(each) for each in feeds] == [None, None]
    [told] = [each.payload for each in identity.publisher.events if each.payload.get("template") == "password_changed"]
    assert told["data"]["feeds_ended"] is True


async def test_a_claim_ends_calendar_feeds(identity: Identity) -> None:
    squatted = make_user(email="squatted.feeds@example.com", email_key="squatted.feeds@example.com", is_verified=False)
    await identity.container.auth.users.insert(squatted)
    feeds = await _open_feeds(identity, squatted.id)
    await identity.register("squatted.feeds@example.com")
    assert [await identity.container.auth.feeds.find_owner(each) for each in feeds] == [None, None]
