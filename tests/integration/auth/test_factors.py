"""Second factors: adding, signing in with, using up, removing; and what staff may not do without."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.adapters.identity.one_time_codes import codes_of
from common.domain.identity.roles import Role

from tests.support import api_client
from tests.support.authenticator import PRESENT, Authenticator, tampered
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

CODES = "/v1/users/me/recovery-codes"
FACTORS = "/v1/users/me/factors"


class Person:
    """Somebody with an account, and the app or key they add to it."""

    def __init__(self, identity: Identity, email: str, tokens: dict[str, Any]) -> None:
        self.identity = identity
        self.email = email
        self.tokens = tokens
        self.secret = ""
        self.recovery: list[str] = []

    @property
    def headers(self) -> dict[str, str]:
        return bearer(self.tokens)

    def code(self) -> str:
        """What the app shows now."""
        return codes_of(self.secret, self.identity.container.clock.now())[1][1]

    async def post(self, path: str, json: dict[str, Any] | None = None) -> httpx.Response:
        return await self.identity.post(path, json or {}, **self.headers)

    async def add_app(self) -> None:
        begun = (await self.post(f"{FACTORS}/totp")).json()
        self.secret = begun["secret"]
        body = {"factor_id": begun["factor_id"], "code": self.code()}
        added = await self.post(f"{FACTORS}/totp/confirm", body)
        assert added.status_code == 200, added.text
        self.recovery = added.json()["recovery_codes"]

    async def add_passkey(self, key: Authenticator) -> httpx.Response:
        begun = (await self.post(f"{FACTORS}/passkeys/options")).json()
        body = {"challenge_token": begun["challenge_token"], "credential": key.create(begun["options"]), "name": "Key"}
        added = await self.post(f"{FACTORS}/passkeys", body)
        self.recovery = added.json().get("recovery_codes") or self.recovery
        return added

    async def challenge(self) -> str:
        """Give the password, and get what waits for the factor."""
        answer = await self.identity.log_in(self.email)
        assert (answer.status_code, answer.json()["code"]) == (403, "factor_required"), answer.text
        assert "access_token" not in answer.text
        return str(answer.json()["challenge_token"])

    async def prove(self, token: str, **proof: Any) -> httpx.Response:
        return await self.identity.post("/v1/auth/factor", {"challenge_token": token, **proof})

    async def options(self, token: str) -> dict[str, Any]:
        answer = await self.identity.post("/v1/auth/factor/options", {"challenge_token": token})
        assert answer.status_code == 200, answer.text
        options: dict[str, Any] = answer.json()["options"]
        return options

    async def sign_in(self) -> None:
        """Sign in with password and app, half a minute later, since each code works once."""
        self.identity.container.clock.advance(seconds=30)  # type: ignore[attr-defined] # the fake clock
        answer = await self.prove(await self.challenge(), code=self.code())
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()


@pytest.fixture
async def person(identity: Identity) -> Person:
    await identity.container.mongo.collection("rate_limits").delete_many({})
    email = f"{uuid4().hex}@example.com"
    return Person(identity, email, await identity.register(email))


def _mails(person: Person) -> list[str]:
    return [each.payload["template"] for each in person.identity.publisher.events if each.type == "mail.requested"]


async def test_a_password_alone_opens_nothing_once_an_app_was_added(person: Person, clock: FakeClock) -> None:
    await person.add_app()
    assert len(set(person.recovery)) == 10
    token = await person.challenge()
    wrong = await person.prove(token, code="000000")
    assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_factor")
    used = await person.prove(token, code=person.code())
    assert used.json()["code"] == "invalid_factor", "the code that confirmed the app is used"
    clock.advance(seconds=30)
    opened = await person.prove(token, code=person.code())
    assert opened.status_code == 200, opened.text
    assert opened.json()["user"]["factor_kinds"] == ["totp"]
    again = await person.prove(token, code=person.code())
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "challenge_invalid")
    person.tokens = opened.json()
    sessions = (await person.identity.client.get("/v1/auth/sessions", headers=person.headers)).json()["items"]
    assert {each["is_current"]: (each["method"], each["amr"]) for each in sessions} == {
        True: ("password", ["pwd", "otp", "mfa"]),
        False: ("email_link", []),
    }
    assert "factor_added" in _mails(person)


async def test_every_way_in_asks_alike(person: Person) -> None:
    await person.add_app()
    await person.identity.post("/v1/auth/mail-sign-in", {"email": person.email})
    token = await person.identity.mailed_token(person.email)
    linked = await person.identity.post("/v1/auth/verify-email", {"token": token})
    assert (linked.status_code, linked.json()["code"]) == (403, "factor_required")
    assert linked.json()["factors"] == ["totp", "recovery_code"]
    assert linked.json()["expires_in"] == 300
    await person.identity.post("/v1/auth/forgot-password", {"email": person.email})
    reset = {"token": await person.identity.mailed_token(person.email), "password": PASSWORD}
    assert (await person.identity.post("/v1/auth/reset-password", reset)).status_code == 202
    await person.challenge()


async def test_a_challenge_ends_with_its_time_and_with_what_was_proven(person: Person, clock: FakeClock) -> None:
    await person.add_app()
    late = await person.challenge()
    clock.advance(minutes=6)
    assert (await person.prove(late, code=person.code())).status_code == 422
    await person.sign_in()
    waiting = await person.challenge()
    body = {"current_password": PASSWORD, "new_password": f"{PASSWORD}-2"}
    changed = await person.identity.client.put("/v1/users/me/password", json=body, headers=person.headers)
    assert changed.status_code == 204, changed.text
    clock.advance(seconds=30)
    assert (await person.prove(waiting, code=person.code())).status_code == 422


async def test_of_many_at_once_with_one_code_or_one_challenge_one_gets_in(person: Person, clock: FakeClock) -> None:
    await person.add_app()
    one, other = await person.challenge(), await person.challenge()
    clock.advance(seconds=30)
    answers = await asyncio.gather(*(person.prove(token, code=person.code()) for token in (one, other, one, other)))
    assert sorted(each.status_code for each in answers).count(200) == 1
    codes = person.recovery[:2]
    token = await person.challenge()
    answers = await asyncio.gather(*(person.prove(token, recovery_code=code) for code in codes))
    assert [each.status_code for each in answers].count(200) == 1, "a challenge works once"


async def test_a_recovery_code_works_once_however_it_is_typed(person: Person) -> None:
    await person.add_app()
    code = person.recovery[0]
    first = await person.prove(await person.challenge(), recovery_code=code.upper().replace("-", " "))
    assert first.status_code == 200, first.text
    assert (await person.prove(await person.challenge(), recovery_code=code)).status_code == 401
    listed = (await person.identity.client.get(FACTORS, headers=person.headers)).json()
    assert listed["recovery_codes_left"] == 9
    assert "recovery_code_used" in _mails(person)
    person.tokens = first.json()
    fresh = (await person.post(CODES)).json()["recovery_codes"]
    assert (await person.prove(await person.challenge(), recovery_code=person.recovery[1])).status_code == 401
    assert (await person.prove(await person.challenge(), recovery_code=fresh[0])).status_code == 200


async def test_guesses_are_slowed_for_the_account(person: Person) -> None:
    await person.add_app()
    token = await person.challenge()
    seen = [(await person.prove(token, code=f"00000{number}")).status_code for number in range(8)]
    assert seen[:4] == [401] * 4
    assert seen[-1] == 429


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
async def test_a_passkey_signs_in_as_second_factor_and_alone(person: Person, algorithm: int) -> None:
    key = Authenticator(algorithm=algorithm)
    added = await person.add_passkey(key)
    assert added.status_code == 200, added.text
    assert len(person.recovery) == 10
    token = await person.challenge()
    opened = await person.prove(token, credential=key.get(await person.options(token)))
    assert opened.status_code == 200, opened.text
    begun = (await person.identity.post("/v1/auth/passkey/options")).json()
    assert begun["options"]["userVerification"] == "required"
    alone = await person.prove(begun["challenge_token"], credential=key.get(begun["options"]))
    assert alone.status_code == 200, alone.text
    assert alone.json()["user"]["email"] == person.email
    person.tokens = alone.json()
    assert (await person.identity.client.delete("/v1/users/me", headers=person.headers)).status_code == 204


async def test_what_a_passkey_does_not_prove(person: Person, identity: Identity) -> None:
    key = Authenticator()
    for broken in (
        Authenticator(origin="https://evil.example"),
        Authenticator(cross_origin=True),
        Authenticator(flags=0),
    ):
        assert (await person.add_passkey(broken)).status_code == 422
    assert (await person.add_passkey(key)).status_code == 200
    token = await person.challenge()
    answers = [
        tampered(key.get(await person.options(token)), part)
        for part in ("signature", "authenticatorData", "userHandle")
    ]
    for answer in answers:
        await person.options(token)
        assert (await person.prove(token, credential=answer)).json()["code"] == "invalid_factor"
    old = key.get(await person.options(token))
    await person.options(token)
    assert (await person.prove(token, credential=old)).status_code == 401, "another nonce by now"
    unverified = (await identity.post("/v1/auth/passkey/options")).json()
    key.flags = PRESENT
    alone = await person.prove(unverified["challenge_token"], credential=key.get(unverified["options"]))
    assert alone.status_code == 401, "alone, it must verify the person"
    second = await person.prove(token, credential=key.get(await person.options(token)))
    assert second.status_code == 200, "beside the password, presence is enough"
    person.tokens = second.json()
    assert (await person.add_passkey(key)).json()["code"] == "passkey_exists"
    key.counter -= 2
    token = await person.challenge()
    copied = await person.prove(token, credential=key.get(await person.options(token)))
    assert copied.status_code == 401, "a counter that does not rise is a copied key's"


async def test_a_strangers_passkey_and_challenge_open_nothing(person: Person, identity: Identity) -> None:
    other = Person(identity, f"{uuid4().hex}@example.com", {})
    other.tokens = await identity.register(other.email)
    key, theirs = Authenticator(), Authenticator()
    await person.add_passkey(key)
    await other.add_passkey(theirs)
    token = await person.challenge()
    assert (await person.prove(token, credential=theirs.get(await person.options(token)))).status_code == 401
    assert (await other.prove(token, recovery_code=other.recovery[0])).status_code == 401
    begun = (await person.post(f"{FACTORS}/passkeys/options")).json()
    assert begun.get("code") == "recent_sign_in_required", "it has a factor now, and this sign-in used none"
    mine = (await identity.client.get(FACTORS, headers=person.headers)).json()["items"][0]["id"]
    opened = await person.prove(token, recovery_code=person.recovery[0])
    other.tokens = (await other.prove(await other.challenge(), recovery_code=other.recovery[0])).json()
    assert (await identity.client.delete(f"{FACTORS}/{mine}", headers=other.headers)).status_code == 404
    person.tokens = opened.json()
    begun = (await person.post(f"{FACTORS}/passkeys/options")).json()
    body = {"challenge_token": begun["challenge_token"], "credential": Authenticator().create(begun["options"])}
    assert (await other.post(f"{FACTORS}/passkeys", body)).status_code == 422


async def test_adding_and_removing_ask_for_a_recent_factor(person: Person, clock: FakeClock) -> None:
    await person.add_app()
    for method, path in (("POST", f"{FACTORS}/totp"), ("POST", CODES), ("DELETE", f"{FACTORS}/fac_x")):
        refused = await person.identity.client.request(method, path, json={}, headers=person.headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "recent_sign_in_required")
        assert refused.json()["needs_factor"] is True
    clock.advance(seconds=30)
    asked = await person.post("/v1/auth/reauthenticate", {"password": PASSWORD})
    assert asked.json()["code"] == "factor_required"
    renewed = await person.prove(asked.json()["challenge_token"], code=person.code())
    assert renewed.status_code == 200, renewed.text
    person.tokens = renewed.json()
    added = (await person.identity.client.get(FACTORS, headers=person.headers)).json()["items"][0]["id"]
    gone = await person.identity.client.delete(f"{FACTORS}/{added}", headers=person.headers)
    assert gone.status_code == 204, gone.text
    assert (await person.identity.log_in(person.email)).status_code == 200
    assert (await person.post(CODES)).json()["code"] == "no_factor"
    assert {"factor_added", "factor_removed"} <= set(_mails(person))


async def test_proving_oneself_again_renews_the_same_sign_in(person: Person, clock: FakeClock) -> None:
    clock.advance(minutes=14)
    refreshed = await person.identity.post("/v1/auth/refresh", {"refresh_token": person.tokens["refresh_token"]})
    person.tokens = refreshed.json()
    clock.advance(minutes=14)
    person.tokens = (
        await person.identity.post("/v1/auth/refresh", {"refresh_token": person.tokens["refresh_token"]})
    ).json()
    clock.advance(minutes=5)
    assert (await person.post(f"{FACTORS}/totp")).json()["code"] == "recent_sign_in_required"
    assert (await person.post("/v1/auth/reauthenticate", {})).status_code == 422
    assert (await person.post("/v1/auth/reauthenticate", {"password": "wrong"})).json()["code"] == "wrong_password"
    person.tokens = (await person.post("/v1/auth/reauthenticate", {"password": PASSWORD})).json()
    assert (await person.post(f"{FACTORS}/totp")).status_code == 200
    sessions = (await person.identity.client.get("/v1/auth/sessions", headers=person.headers)).json()["items"]
    assert [(each["is_current"], each["amr"]) for each in sessions] == [(True, ["pwd"])]


async def test_staff_can_only_enrol_without_a_factor(person: Person, container: Container) -> None:
    user_id = person.tokens["user"]["id"]
    await container.users.update(user_id, {"roles": [Role.USER, Role.OPERATOR]})
    async with api_client("admin", container) as admin, api_client("bookings", container) as bookings:

        async def ask(client: httpx.AsyncClient, path: str) -> tuple[int, str, bool | None]:
            answer = await client.get(path, headers=person.headers)
            body = answer.json()
            return answer.status_code, body.get("code", ""), body.get("has_factor")

        refused = (403, "staff_factor_required")
        assert await ask(admin, "/v1/admin/disputes") == (*refused, False)
        assert await ask(bookings, "/v1/bookings/bkg_none") == (*refused, False)
        await person.add_app()
        assert await ask(admin, "/v1/admin/disputes") == (*refused, True), "a sign-in of before does not count"
        await person.sign_in()
        assert (await ask(admin, "/v1/admin/disputes"))[0] == 200
        assert (await ask(bookings, "/v1/bookings/bkg_none"))[0] == 404
        only = (await person.identity.client.get(FACTORS, headers=person.headers)).json()["items"][0]["id"]
        kept = await person.identity.client.delete(f"{FACTORS}/{only}", headers=person.headers)
        assert kept.json()["code"] == "last_factor"


async def test_factors_are_exported_without_secrets_and_erased(person: Person, container: Container) -> None:
    await person.add_app()
    await person.sign_in()
    export = (await person.identity.client.get("/v1/users/me/export", headers=person.headers)).json()
    assert {each["kind"] for each in export["factors"]} == {"totp", "recovery_codes"}
    assert not {"sealed_secret", "digests"} & {name for each in export["factors"] for name in each}
    user_id = person.tokens["user"]["id"]
    stored = await container.mongo.collection("factors").find({"user_id": user_id}).to_list()
    assert person.secret not in str(stored), "the secret rests encrypted"
    assert not any(code in str(stored) for code in person.recovery)
    await person.challenge()
    assert (await person.identity.client.delete("/v1/users/me", headers=person.headers)).status_code == 204
    for name in ("factors", "factor_challenges"):
        assert await container.mongo.collection(name).count_documents({"user_id": user_id}) == 0


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/auth/factor", {"challenge_token": "x"}, ""),
        ("/v1/auth/factor", {"challenge_token": "x", "code": "123456"}, "challenge_token"),
        ("/v1/auth/factor", {"challenge_token": "x", "code": "12345"}, "code"),
        ("/v1/auth/factor", {"challenge_token": "x", "code": "123456", "recovery_code": "y"}, ""),
        ("/v1/auth/factor", {"challenge_token": "x", "credential": {"id": "y"}}, "credential.rawId"),
        ("/v1/auth/factor/options", {"challenge_token": "unknown"}, "challenge_token"),
        (f"{FACTORS}/totp", {"name": "<b>"}, "name"),
        (f"{FACTORS}/totp/confirm", {"factor_id": "fac_none"}, "code"),
        (f"{FACTORS}/passkeys", {"challenge_token": "x"}, "credential"),
    ],
)
async def test_bad_input_names_its_field(person: Person, path: str, body: dict[str, Any], field: str) -> None:
    answer = await person.post(path, body)
    assert answer.status_code == 422, answer.text
    assert field in answer.json()["errors"][0]["field"]


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("junk", ["", "AA", "!!", "e30", "W10", "gaRjZm10", "é", "oA", "AAAA" * 40])
async def test_a_malformed_passkey_is_refused(person: Person, part: str, junk: str) -> None:
    begun = (await person.post(f"{FACTORS}/passkeys/options")).json()
    credential = Authenticator().create(begun["options"])
    credential["response"][part] = junk
    body = {"challenge_token": begun["challenge_token"], "credential": credential}
    answer = await person.post(f"{FACTORS}/passkeys", body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "passkey_invalid")
