"""Registration, verification, login, recovery: from a fresh address to a signed-in account and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.people import PASSWORD, Identity, bearer, token_of

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock

NEW_PASSWORD = "nine-tall-kauri-trees"


async def test_registering_and_following_the_link_signs_in(identity: Identity) -> None:
    signed_in = await identity.register("aroha@example.com")

    assert signed_in["user"]["is_verified"]
    assert signed_in["user"]["roles"] == ["user"]
    assert signed_in["token_type"] == "Bearer"
    assert signed_in["expires_in"] == 900
    me = await identity.client.get("/v1/users/me", headers=bearer(signed_in))
    assert me.json()["email"] == "aroha@example.com"
    assert (await identity.log_in("Aroha@Example.com")).status_code == 200


async def test_nothing_of_a_token_or_password_is_stored_in_clear(identity: Identity) -> None:
    answer = await identity.post("/v1/auth/register", {"email": "clear@example.com", "password": PASSWORD})
    assert answer.status_code == 202
    token = await identity.mailed_token("clear@example.com")
    stored = await _everything(identity)
    assert PASSWORD not in stored
    assert token not in stored
    pair = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    stored = await _everything(identity)
    assert pair["refresh_token"] not in stored
    assert pair["access_token"] not in stored


async def test_registering_a_taken_address_answers_the_same_and_changes_nothing(identity: Identity) -> None:
    await identity.register("taken@example.com")
    again = await identity.post("/v1/auth/register", {"email": "taken@example.com", "password": NEW_PASSWORD})
    fresh = await identity.post("/v1/auth/register", {"email": "fresh@example.com", "password": NEW_PASSWORD})

    assert (again.status_code, again.json()) == (fresh.status_code, fresh.json())
    [mail] = await identity.mails("taken@example.com")
    assert mail.template == "account_exists"
    assert "token" not in mail.data["link"]
    assert (await identity.log_in("taken@example.com", NEW_PASSWORD)).status_code == 401
    assert (await identity.log_in("taken@example.com")).status_code == 200


async def test_a_link_works_once_and_for_a_day(identity: Identity, clock: FakeClock) -> None:
    await identity.post("/v1/auth/register", {"email": "once@example.com", "password": PASSWORD})
    token = await identity.mailed_token("once@example.com")
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 200
    again = await identity.post("/v1/auth/verify-email", {"token": token})
    assert again.status_code == 422
    assert again.json()["errors"][0]["code"] == "token_invalid"

    await identity.post("/v1/auth/register", {"email": "late@example.com", "password": PASSWORD})
    late = await identity.mailed_token("late@example.com")
    clock.advance(hours=25)
    assert (await identity.post("/v1/auth/verify-email", {"token": late})).status_code == 422


async def test_a_verification_can_be_mailed_again(identity: Identity) -> None:
    await identity.post("/v1/auth/register", {"email": "again@example.com", "password": PASSWORD})
    first = await identity.mailed_token("again@example.com")
    answer = await identity.post("/v1/auth/resend-verification", {"email": "again@example.com"})
    unknown = await identity.post("/v1/auth/resend-verification", {"email": "nobody@example.com"})
    assert (answer.status_code, answer.json()) == (unknown.status_code, unknown.json()) == (202, answer.json())
    assert await identity.mails("nobody@example.com") == []

    second = await identity.mailed_token("again@example.com")
    assert (await identity.post("/v1/auth/verify-email", {"token": first})).status_code == 422
    assert (await identity.post("/v1/auth/verify-email", {"token": second})).status_code == 200
    assert (await identity.log_in("again@example.com")).status_code == 200


async def test_an_unverified_address_cannot_sign_in(identity: Identity) -> None:
    await identity.post("/v1/auth/register", {"email": "unproven@example.com", "password": PASSWORD})
    refused = await identity.log_in("unproven@example.com")
    unknown = await identity.log_in("unknown@example.com")
    assert refused.status_code == unknown.status_code == 401
    same = ("code", "detail", "title", "type", "status")
    assert {name: refused.json()[name] for name in same} == {name: unknown.json()[name] for name in same}


async def test_a_forgotten_password_is_reset_and_every_sign_in_ends_at_once(identity: Identity) -> None:
    signed_in = await identity.register("forgot@example.com")
    answer = await identity.post("/v1/auth/forgot-password", {"email": "forgot@example.com"})
    unknown = await identity.post("/v1/auth/forgot-password", {"email": "stranger@example.com"})
    assert (answer.status_code, answer.json()) == (unknown.status_code, unknown.json())
    assert await identity.mails("stranger@example.com") == []

    token = await identity.mailed_token("forgot@example.com")
    weak = await identity.post("/v1/auth/reset-password", {"token": token, "password": "password1"})
    assert weak.status_code == 422
    done = await identity.post("/v1/auth/reset-password", {"token": token, "password": NEW_PASSWORD})
    assert done.status_code == 202
    assert (await identity.client.get("/v1/users/me", headers=bearer(signed_in))).status_code == 401
    old = await identity.post("/v1/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    assert old.status_code == 401
    assert (await identity.log_in("forgot@example.com")).status_code == 401
    assert (await identity.log_in("forgot@example.com", NEW_PASSWORD)).status_code == 200
    again = await identity.post("/v1/auth/reset-password", {"token": token, "password": PASSWORD})
    assert again.status_code == 422


async def test_changing_the_password_needs_the_present_one_and_ends_other_sign_ins(identity: Identity) -> None:
    here = await identity.register("change@example.com")
    there = (await identity.log_in("change@example.com")).json()
    path = "/v1/users/me/password"
    wrong = await identity.client.put(
        path, json={"current_password": "not-it-at-all", "new_password": NEW_PASSWORD}, headers=bearer(here)
    )
    assert wrong.status_code == 403
    body = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert (await identity.client.put(path, json=body, headers=bearer(here))).status_code == 204
    elsewhere = await identity.post("/v1/auth/refresh", {"refresh_token": there["refresh_token"]})
    assert elsewhere.status_code == 401
    kept = await identity.post("/v1/auth/refresh", {"refresh_token": here["refresh_token"]})
    assert kept.status_code == 200
    assert (await identity.log_in("change@example.com", NEW_PASSWORD)).status_code == 200


async def test_of_two_registrations_a_resent_link_brings_no_strangers_password_into_force(identity: Identity) -> None:
    for password in (PASSWORD, NEW_PASSWORD):
        await identity.post("/v1/auth/register", {"email": "both@example.com", "password": password})
        identity.client.cookies.clear()
    assert len(await identity.mails("both@example.com")) == 2
    await identity.post("/v1/auth/resend-verification", {"email": "both@example.com"})
    [mail] = await identity.mails("both@example.com")
    page = {"Origin": "http://web.test"}
    signed_in = await identity.post("/v1/auth/verify-email", {"token": token_of(mail)}, **page)
    assert signed_in.json()["user"]["requires_password_setup"]
    assert (await identity.log_in("both@example.com")).status_code == 401
    assert (await identity.log_in("both@example.com", NEW_PASSWORD)).status_code == 401


async def test_of_two_registrations_of_one_program_a_resent_link_brings_the_last(
    identity: Identity, clock: FakeClock
) -> None:
    for password in (PASSWORD, NEW_PASSWORD):
        clock.advance(minutes=1)
        await identity.post("/v1/auth/register", {"email": "changed.mind@example.com", "password": password})
    assert len(await identity.mails("changed.mind@example.com")) == 2
    await identity.post("/v1/auth/resend-verification", {"email": "changed.mind@example.com"})
    token = await identity.mailed_token("changed.mind@example.com")
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 200
    assert (await identity.log_in("changed.mind@example.com", NEW_PASSWORD)).status_code == 200


async def test_the_owner_may_refuse_a_password_somebody_else_registered(identity: Identity) -> None:
    await identity.post("/v1/auth/register", {"email": "victim@example.com", "password": PASSWORD})
    token = await identity.mailed_token("victim@example.com")
    answer = await identity.post("/v1/auth/verify-email", {"token": token, "discard_password": True})
    assert answer.json()["user"]["requires_password_setup"]
    assert (await identity.log_in("victim@example.com")).status_code == 401


async def test_addresses_are_compared_in_their_normal_form(identity: Identity) -> None:
    first = await identity.register("jürgen@bücher.example")
    second = await identity.log_in("JÜRGEN@xn--bcher-kva.example")
    assert second.status_code == 200
    assert second.json()["user"]["id"] == first["user"]["id"]


async def _everything(identity: Identity) -> str:
    """All documents of the database, as text."""
    database = identity.container.mongo.db
    found = []
    for name in await database.list_collection_names():
        found += [str(row) async for row in database[name].find({})]
    return "\n".join(found)


async def test_what_is_no_address_is_refused_like_a_wrong_password(identity: Identity) -> None:
    answer = await identity.log_in("not an address")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")


async def test_a_stolen_access_token_is_no_way_to_guess_the_password(identity: Identity) -> None:
    signed_in = bearer(await identity.register("guessed@example.com"))
    body = {"current_password": "not-it-at-all", "new_password": NEW_PASSWORD}
    answers = [
        (await identity.client.put("/v1/users/me/password", json=body, headers=signed_in)).status_code for _ in range(8)
    ]
    assert answers[0] == 403
    assert answers[-1] == 429
    right = {**body, "current_password": PASSWORD}
    assert (await identity.client.put("/v1/users/me/password", json=right, headers=signed_in)).status_code == 429
