"""Signing in at an OpenID provider: the whole dance with a local one, over real HTTP semantics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from common.adapters.identity.oidc import OidcProviders

from infra.local.openid.app import create_app
from infra.local.openid.people import LocalProvider
from infra.local.openid.settings import CLIENT_ID, CLIENT_SECRET, oauth_settings
from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

ISSUER = "http://oidc.test"


@dataclass
class Dance:
    """A browser between the identity function and the provider."""

    identity: Identity
    provider: LocalProvider
    browser: httpx.AsyncClient

    async def start(self, name: str = "google") -> dict[str, Any]:
        """Ask where to go."""
        answer = await self.identity.client.get(f"/v1/auth/oauth/{name}/authorize")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def visit(
        self, url: str, email: str, *, is_verified: bool = True, called: str = "Kiri Teata"
    ) -> dict[str, str]:
        """Sign in at the provider; returns what it sends the browser back with."""
        form = {"email": email, "name": called, **({"verified": "yes"} if is_verified else {})}
        answer = await self.browser.post(url, data=form)
        assert answer.status_code == 302, answer.text
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        return {"code": query["code"][0], "state": query["state"][0]}

    async def sign_in(
        self, email: str, name: str = "google", *, is_verified: bool = True, called: str = "Kiri Teata"
    ) -> httpx.Response:
        """All of it."""
        started = await self.start(name)
        back = await self.visit(started["authorization_url"], email, is_verified=is_verified, called=called)
        return await self.identity.post(f"/v1/auth/oauth/{name}/callback", back)


@pytest.fixture
async def dance(identity: Identity, container: Container) -> AsyncIterator[Dance]:
    await container.mongo.collection("rate_limits").delete_many({})
    provider = LocalProvider(ISSUER)
    transport = httpx.ASGITransport(app=create_app(provider))
    async with httpx.AsyncClient(transport=transport, base_url=ISSUER) as browser:
        settings = oauth_settings(ISSUER)
        container.replace(identity_providers=OidcProviders(lambda: settings, lambda: browser))
        yield Dance(identity, provider, browser)


async def test_a_first_sign_in_makes_a_verified_account_and_the_next_finds_it(dance: Dance) -> None:
    first = (await dance.sign_in("kiri@example.com")).json()
    assert first["user"]["is_verified"]
    assert first["user"]["is_oauth_registered"]
    assert first["user"]["full_name"] == "Kiri Teata"
    second = (await dance.sign_in("kiri@example.com")).json()
    assert second["user"]["id"] == first["user"]["id"]
    listed = (await dance.identity.client.get("/v1/users/me/identities", headers=bearer(second))).json()["items"]
    assert [each["provider"] for each in listed] == ["google"]


async def test_the_request_carries_pkce_state_and_nonce(dance: Dance) -> None:
    started = await dance.start()
    query = parse_qs(urlsplit(started["authorization_url"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert query["state"] == [started["state"]]
    assert query["nonce"]
    stored = await dance.identity.container.mongo.collection("sign_in_attempts").find({}).to_list()
    assert started["state"] not in str(stored)
    assert started["binding"] not in str(stored)


async def test_a_state_works_once_in_its_own_browser_and_for_ten_minutes(dance: Dance, clock: FakeClock) -> None:
    path = "/v1/auth/oauth/google/callback"
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "once@example.com")
    assert (await dance.identity.post(path, back)).status_code == 200
    again = await dance.identity.post(path, back)
    assert again.json()["errors"][0]["code"] == "oauth_state_invalid"

    attacker = await dance.start()
    stolen = await dance.visit(attacker["authorization_url"], "attacker@example.com")
    dance.identity.client.cookies.clear()
    victim = await dance.identity.post(path, stolen)
    assert (victim.status_code, victim.json()["errors"][0]["code"]) == (422, "oauth_state_invalid")

    late = await dance.start()
    back = await dance.visit(late["authorization_url"], "late@example.com")
    clock.advance(minutes=10, seconds=1)
    assert (await dance.identity.post(path, back)).status_code == 422


async def test_a_client_without_cookies_sends_the_binding_itself(dance: Dance) -> None:
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "native@example.com")
    dance.identity.client.cookies.clear()
    answer = await dance.identity.post("/v1/auth/oauth/google/callback", {**back, "binding": started["binding"]})
    assert answer.status_code == 200


async def test_a_code_of_another_attempt_is_refused(dance: Dance) -> None:
    """PKCE: a stolen code cannot be put into one's own attempt."""
    victim = await dance.start()
    stolen = await dance.visit(victim["authorization_url"], "victim2@example.com")
    own = await dance.start()
    answer = await dance.identity.post(
        "/v1/auth/oauth/google/callback", {"code": stolen["code"], "state": own["state"]}
    )
    assert answer.json()["errors"][0]["code"] == "oauth_code_invalid"


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"aud": "another-client"},
        {"iss": "http://evil.test"},
        {"exp": 1_000_000_000},
        {"azp": "another-client"},
    ],
)
async def test_an_id_token_that_is_wrong_in_one_claim_is_refused(
    dance: Dance, claims: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "wrong@example.com")
    honest = dance.provider.id_token
    monkeypatch.setattr(dance.provider, "id_token", lambda name, given: honest(name, {**given, **claims}))
    answer = await dance.identity.post("/v1/auth/oauth/google/callback", back)
    assert answer.json()["errors"][0]["code"] == "oauth_code_invalid"


async def test_an_id_token_signed_by_somebody_else_is_refused(dance: Dance, monkeypatch: pytest.MonkeyPatch) -> None:
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "forged@example.com")
    other = LocalProvider(ISSUER)
    other._kid = dance.provider._kid
    monkeypatch.setattr(dance.provider, "id_token", other.id_token)
    answer = await dance.identity.post("/v1/auth/oauth/google/callback", back)
    assert answer.json()["errors"][0]["code"] == "oauth_code_invalid"


async def test_the_attacker_who_registered_first_keeps_nothing(dance: Dance) -> None:
    """An attacker's pending password dies when the victim signs in with Google."""
    identity = dance.identity
    await identity.post("/v1/auth/register", {"email": "victim@example.com", "password": PASSWORD})
    [mail] = await identity.mails("victim@example.com")
    victim = await dance.sign_in("victim@example.com")
    assert victim.status_code == 200
    assert (await identity.log_in("victim@example.com")).status_code == 401
    token = mail.data["link"].rpartition("=")[2]
    assert (await identity.post("/v1/auth/verify-email", {"token": token})).status_code == 422


async def test_an_unverified_address_of_the_provider_links_nothing_before_its_mail_is_followed(dance: Dance) -> None:
    identity = dance.identity
    owner = await identity.register("owner3@example.com")
    refused = await dance.sign_in("owner3@example.com", "facebook")
    assert (refused.status_code, refused.json()["code"]) == (403, "email_confirmation_required")
    [mail] = await identity.mails("owner3@example.com")
    assert mail.template == "account_exists"
    listed = (await identity.client.get("/v1/users/me/identities", headers=bearer(owner))).json()["items"]
    assert listed == []

    fresh = await dance.sign_in("fresh3@example.com", "facebook")
    assert fresh.json()["code"] == "email_confirmation_required"
    token = await identity.mailed_token("fresh3@example.com")
    confirmed = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert confirmed["user"]["is_verified"]
    again = await dance.sign_in("fresh3@example.com", "facebook")
    assert again.json()["user"]["id"] == confirmed["user"]["id"]


async def test_a_stranger_who_names_the_victims_address_at_the_provider_is_not_let_in(dance: Dance) -> None:
    """The victim follows the mail; the identity that asked for it does not come into force."""
    identity = dance.identity
    refused = await dance.sign_in("named.by.another@example.com", "facebook")
    assert refused.json()["code"] == "email_confirmation_required"
    token = await identity.mailed_token("named.by.another@example.com")
    identity.client.cookies.clear()
    victim = await identity.post("/v1/auth/verify-email", {"token": token}, Origin="http://web.test")
    assert victim.json()["user"]["requires_password_setup"]
    listed = await identity.client.get("/v1/users/me/identities", headers=bearer(victim.json()))
    assert listed.json()["items"] == []
    identity.client.cookies.clear()
    again = await dance.sign_in("named.by.another@example.com", "facebook")
    assert again.json()["code"] == "email_confirmation_required"


async def test_a_suspended_account_gets_no_new_way_in(dance: Dance, container: Container) -> None:
    owner = (await dance.identity.register("suspended.owner@example.com"))["user"]
    await container.users.update(owner["id"], {"is_active": False}, end_sessions=True)
    refused = await dance.sign_in("suspended.owner@example.com")
    assert (refused.status_code, refused.json()["code"]) == (403, "account_suspended")
    assert await container.auth.credentials.list_identities(owner["id"]) == []


async def test_linking_and_unlinking(dance: Dance) -> None:
    identity = dance.identity
    owner = await identity.register("linker@example.com")
    path = "/v1/users/me/identities/google"
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "other.address@example.com")
    assert (await identity.post(path, back, **bearer(owner))).status_code == 204
    through = (await dance.sign_in("other.address@example.com")).json()
    assert through["user"]["id"] == owner["user"]["id"]

    stranger = await identity.register("stranger4@example.com")
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "other.address@example.com")
    taken = await identity.post(path, back, **bearer(stranger))
    assert (taken.status_code, taken.json()["code"]) == (409, "identity_taken")

    assert (await identity.client.delete(path, headers=bearer(owner))).status_code == 204
    assert (await identity.client.delete(path, headers=bearer(owner))).status_code == 404
    only = (await dance.sign_in("only.google@example.com")).json()
    last = await identity.client.delete(path, headers=bearer(only))
    assert (last.status_code, last.json()["code"]) == (409, "last_credential")


async def test_a_provider_that_is_not_offered_or_unavailable(identity: Identity, container: Container) -> None:
    assert (await identity.client.get("/v1/auth/oauth/google/authorize")).status_code == 404
    assert (await identity.client.get("/v1/auth/oauth/myspace/authorize")).status_code == 422

    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    settings = {"google": {"issuer": ISSUER, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}}
    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as away:
        container.__dict__.pop("oauth", None)
        container.replace(identity_providers=OidcProviders(lambda: settings, lambda: away))
        assert (await identity.client.get("/v1/auth/oauth/google/authorize")).status_code == 503


async def test_an_identity_that_keeps_its_address_to_itself_opens_no_account(
    dance: Dance, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "secretive@example.com")
    honest = dance.provider.id_token
    monkeypatch.setattr(
        dance.provider,
        "id_token",
        lambda name, given: honest(name, {key: value for key, value in given.items() if key != "email"}),
    )
    answer = await dance.identity.post("/v1/auth/oauth/google/callback", back)
    assert answer.json()["errors"][0]["code"] == "oauth_email_missing"


async def test_a_name_somebody_has_chosen_is_not_replaced_by_the_provider_s(dance: Dance, container: Container) -> None:
    owner = (await dance.identity.register("named@example.com"))["user"]
    await container.users.update(owner["id"], {"full_name": "Chosen Name"})
    assert (await dance.sign_in("named@example.com")).json()["user"]["full_name"] == "Chosen Name"


@pytest.mark.parametrize(
    ("called", "kept"),
    [
        ("Kiri Teata", "Kiri Teata"),
        ("Kiri\r\nBcc: Teata", "Kiri Bcc: Teata"),
        ("Kiri\N{RIGHT-TO-LEFT OVERRIDE} Teata", "Kiri Teata"),
        ("k" * 20_000, ""),
        ("Win at https://evil.example/x", ""),
    ],
    ids=["plain", "lines", "override", "long", "link"],
)
async def test_a_name_from_elsewhere_is_put_right_or_left_out_and_the_sign_in_goes_on(
    dance: Dance, called: str, kept: str
) -> None:
    answer = await dance.sign_in(f"{uuid4().hex}@example.com", called=called)
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["full_name"] == kept


def _told(identity: Identity, user_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Mails to an account about itself, oldest first; each is read once."""
    found = []
    for event in list(identity.publisher.events):
        if event.type == "mail.requested" and event.payload["to_user_id"] == user_id:
            identity.publisher.events.remove(event)
            found.append((event.payload["template"], dict(event.payload["data"])))
    return [told for told in found if told[0] != "new_sign_in"]


async def _link(dance: Dance, owner: dict[str, Any], email: str) -> None:
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], email)
    answer = await dance.identity.post("/v1/users/me/identities/google", back, **bearer(owner))
    assert answer.status_code == 204, answer.text


async def test_the_owner_is_told_of_every_sign_in_that_is_linked_or_unlinked(dance: Dance) -> None:
    identity = dance.identity
    owner = await identity.register("told@example.com")
    user_id = owner["user"]["id"]
    await _link(dance, owner, "intruder@example.org")
    named = {"provider": "Google", "linked_email": "intruder@example.org"}
    assert _told(identity, user_id) == [("identity_linked", named)]
    await identity.client.delete("/v1/users/me/identities/google", headers=bearer(owner))
    assert _told(identity, user_id) == [("identity_unlinked", named)]
    assert (await dance.sign_in("told@example.com")).json()["user"]["id"] == user_id
    assert _told(identity, user_id) == [("identity_linked", {"provider": "Google", "linked_email": "told@example.com"})]


async def test_unlinking_ends_the_sign_ins_that_were_opened_by_it(dance: Dance) -> None:
    identity = dance.identity
    owner = await identity.register("ousts@example.com")
    await _link(dance, owner, "ousted@example.org")
    intruder = (await dance.sign_in("ousted@example.org")).json()
    assert intruder["user"]["id"] == owner["user"]["id"]
    await identity.client.delete("/v1/users/me/identities/google", headers=bearer(owner))
    assert (await identity.client.get("/v1/users/me", headers=bearer(intruder))).status_code == 401
    refused = await identity.post("/v1/auth/refresh", {"refresh_token": intruder["refresh_token"]})
    assert refused.status_code == 401
    assert (await identity.client.get("/v1/users/me", headers=bearer(owner))).status_code == 200


async def test_a_reset_drops_an_intruders_linked_sign_in_and_names_it(dance: Dance) -> None:
    identity = dance.identity
    owner = await identity.register("recovers@example.com")
    user_id = owner["user"]["id"]
    await _link(dance, owner, "intruder.stays@example.org")
    _told(identity, user_id)
    await identity.post("/v1/auth/forgot-password", {"email": "recovers@example.com"})
    body = {"token": await identity.mailed_token("recovers@example.com"), "password": f"{PASSWORD}-new"}
    assert (await identity.post("/v1/auth/reset-password", body)).status_code == 202
    dropped = ["Google (intruder.stays@example.org)"]
    assert _told(identity, user_id) == [("password_changed", {"dropped": dropped})]
    stranger = await dance.sign_in("intruder.stays@example.org")
    assert stranger.json()["user"]["id"] != user_id
    own = await dance.sign_in("recovers@example.com")
    assert own.json()["user"]["id"] == user_id, "the owner's own links itself again"


async def test_what_a_provider_calls_the_address_is_kept_only_if_it_is_one(
    dance: Dance, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await dance.identity.register("keeps@example.com")
    started = await dance.start()
    back = await dance.visit(started["authorization_url"], "odd@example.com")
    honest = dance.provider.id_token
    odd = {"email": "see https://evil.example\r\n" + "x" * 20_000}
    monkeypatch.setattr(dance.provider, "id_token", lambda name, given: honest(name, {**given, **odd}))
    path = "/v1/users/me/identities/google"
    assert (await dance.identity.post(path, back, **bearer(owner))).status_code == 204
    listed = await dance.identity.client.get("/v1/users/me/identities", headers=bearer(owner))
    assert [each["email"] for each in listed.json()["items"]] == [""]
