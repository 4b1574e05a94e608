"""Guests: a booking before an account, and an account nobody but its address's owner has power over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from common.application.identity.sessions import open_session
from common.domain.identity.clients import ClientInfo

from tests.support import api_client
from tests.support.booking_world import ADDRESS
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from tests.support.booking_world import BookingWorld

GUEST = {"full_name": "Guest Person", "phone_number": "021 123 4567"}


async def _intent(world: BookingWorld, email: str, days: int = 2) -> dict[str, Any]:
    """Ask for a slot as a guest."""
    request = {
        "service_id": world.service.id,
        "start_at": world.start_in(days=days).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "address": ADDRESS,
        "customer": {**GUEST, "email": email},
    }
    async with api_client("bookings", world.container) as client:
        answer = await client.post("/v1/booking-intents", json=request)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_guest_follows_the_mail_completes_the_account_and_has_a_booking(
    identity: Identity, world: BookingWorld
) -> None:
    intent = await _intent(world, "guest@example.com")
    [mail] = await identity.mails("guest@example.com")
    assert mail.template == "booking_intent"
    token = mail.data["link"].rpartition("=")[2]
    signed_in = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert signed_in["booking_intent_id"] == intent["id"]
    assert signed_in["user"]["is_provisional"]
    assert signed_in["user"]["requires_password_setup"]

    profile = {**GUEST, "address": ADDRESS, "password": PASSWORD, "booking_intent_id": intent["id"]}
    done = await identity.post("/v1/onboarding/profile", profile, **bearer(signed_in))
    assert done.status_code == 200, done.text
    body = done.json()
    assert not body["user"]["is_provisional"]
    assert not body["user"]["requires_password_setup"]
    assert body["booking"]["status"] == "pending_payment"
    assert body["booking"]["client_secret"]
    assert (await identity.client.get("/v1/users/me", headers=bearer(body))).status_code == 200
    guest_session = await identity.post("/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    assert guest_session.status_code == 401
    assert (await identity.log_in("guest@example.com")).status_code == 200


async def test_asking_for_a_slot_gives_no_power_over_the_account(identity: Identity, world: BookingWorld) -> None:
    """The attacker types the victim's address; the victim alone follows the mail."""
    intent = await _intent(world, "target@example.com")
    assert not {"access_token", "refresh_token", "token"} & intent.keys()
    refused = await identity.log_in("target@example.com")
    assert refused.status_code == 401
    token = await identity.mailed_token("target@example.com")
    victim = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert victim["user"]["full_name"] == ""
    assert victim["user"]["phone_number"] is None


async def test_a_password_the_attacker_registered_dies_with_the_victims_mail_link(
    identity: Identity, world: BookingWorld
) -> None:
    await identity.post("/v1/auth/register", {"email": "claimed@example.com", "password": PASSWORD})
    [attackers] = await identity.mails("claimed@example.com")
    await _intent(world, "claimed@example.com", days=3)
    token = await identity.mailed_token("claimed@example.com")
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 200
    assert (await identity.log_in("claimed@example.com")).status_code == 401
    stale = attackers.data["link"].rpartition("=")[2]
    assert (await identity.post("/v1/auth/verify-email", {"token": stale})).status_code == 422


async def test_claiming_revokes_whatever_was_set_up_before(identity: Identity, world: BookingWorld) -> None:
    """Even credentials and sessions that stand on an unproven account by any way die when it is claimed."""
    await _intent(world, "squatted@example.com", days=4)
    auth = identity.container.auth
    user = await auth.users.find_by_email_key("squatted@example.com")
    assert user is not None
    await auth.credentials.set_password(user.id, await auth.passwords.hash(PASSWORD), auth.clock.now())
    assert (await identity.log_in("squatted@example.com")).status_code == 401
    opened = await open_session(auth, user, ClientInfo(), "password")
    squatter = {"access_token": opened.access_token, "refresh_token": opened.refresh_token}
    token = await identity.mailed_token("squatted@example.com")
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 200
    assert (await identity.log_in("squatted@example.com")).status_code == 401
    assert (await identity.client.get("/v1/users/me", headers=bearer(squatter))).status_code == 401
    stale = await identity.post("/v1/auth/refresh", {"refresh_token": squatter["refresh_token"]})
    assert stale.status_code == 401


async def test_an_account_that_was_proven_before_keeps_its_password(identity: Identity, world: BookingWorld) -> None:
    owner = await identity.register("regular@example.com")
    await _intent(world, "regular@example.com", days=5)
    token = await identity.mailed_token("regular@example.com")
    back = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert back["user"]["id"] == owner["user"]["id"]
    assert (await identity.log_in("regular@example.com")).status_code == 200


async def test_a_reset_claims_a_provisional_account(identity: Identity, world: BookingWorld) -> None:
    await _intent(world, "reset@example.com", days=6)
    await identity.mails("reset@example.com")
    await identity.post("/v1/auth/forgot-password", {"email": "reset@example.com"})
    token = await identity.mailed_token("reset@example.com")
    done = await identity.post("/v1/auth/reset-password", {"token": token, "password": PASSWORD})
    assert done.status_code == 202
    assert (await identity.log_in("reset@example.com")).json()["user"]["is_verified"]
