"""Getting in on the deployed cloud: by mail, at Google through a browser's dance, as a guest who books first."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from infra.local.demo.people import Person, RequestRefused, token_in

if TYPE_CHECKING:
    from infra.local.demo.stage import Stage

PASSWORD = "a-quiet-river-runs-1984"


def somebody(stage: Stage) -> Person:
    return stage.person("Somebody", f"{uuid.uuid4().hex[:12]}@example.com")


def member(stage: Stage) -> Person:
    """Somebody who registered, followed the mail and is signed in."""
    person = somebody(stage)
    person.call("POST", "/v1/auth/register", {"email": person.email, "password": PASSWORD})
    code = token_in(stage.wait_for_mail(person.email, "confirm"))
    person.take_tokens(person.call("POST", "/v1/auth/verify-email", {"token": code}))
    return person


def refusal(person: Person, method: str, path: str, json: dict[str, Any] | None = None) -> int:
    """The status with which a request is refused."""
    with pytest.raises(RequestRefused) as refused:
        person.call(method, path, json)
    return refused.value.response.status_code


def approve_at_google(authorization_url: str, email: str) -> dict[str, str]:
    """Sign in on the provider's page, as a browser's form would; returns what the browser is sent back with."""
    with httpx.Client(timeout=20) as browser:
        assert browser.get(authorization_url).status_code == 200
        form = {"email": email, "name": "Some Body", "verified": "yes"}
        sent_back = browser.post(authorization_url, data=form)
    assert sent_back.status_code in {302, 303}, sent_back.text
    query = parse_qs(urlsplit(sent_back.headers["location"]).query)
    return {"code": query["code"][0], "state": query["state"][0]}


@pytest.mark.timeout(200)
def test_signing_in_at_google_and_a_used_code_is_worth_nothing(stage: Stage) -> None:
    person = somebody(stage)
    started = person.call("GET", "/v1/auth/oauth/google/authorize")
    assert "code_challenge_method=S256" in started["authorization_url"]
    answer = approve_at_google(started["authorization_url"], person.email)
    body = {**answer, "binding": started["binding"]}
    person.take_tokens(person.call("POST", "/v1/auth/oauth/google/callback", body))
    me = person.call("GET", "/v1/users/me")
    assert me["email"] == person.email
    assert me["is_oauth_registered"]
    with pytest.raises(RequestRefused) as refused:
        person.call("POST", "/v1/auth/oauth/google/callback", body)
    assert 400 <= refused.value.response.status_code < 500


@pytest.mark.timeout(200)
def test_a_guest_books_first_and_becomes_a_customer_by_mail(stage: Stage) -> None:
    provider = stage.seeded_person("provider")
    own = provider.call("GET", "/v1/providers/me/services")["items"]
    service = next(s for s in own if s["status"] == "active" and s["price_type"] != "quote")
    start_at = free_start(stage, provider, service["id"])
    guest = somebody(stage)
    customer = {"email": guest.email, "full_name": "Guest One", "phone_number": "+64211234568"}
    request = {"service_id": service["id"], "start_at": start_at, "address": "1 Queen Street, Auckland"}
    intent = guest.call("POST", "/v1/booking-intents", {**request, "customer": customer})
    assert intent["secret"]

    tokens = guest.call("POST", "/v1/auth/verify-email", {"token": token_in(stage.wait_for_mail(guest.email, "book"))})
    guest.take_tokens(tokens)
    assert tokens["booking_intent_id"] == intent["id"]
    profile = {
        "full_name": "Guest One",
        "phone_number": "+64211234568",
        "address": "1 Queen Street, Auckland",
        "password": PASSWORD,
        "booking_intent_id": intent["id"],
    }
    completed = guest.call("POST", "/v1/onboarding/profile", profile)
    assert completed["booking"]["status"] == "pending_payment"
    guest.take_tokens(completed)
    booking = guest.call("GET", f"/v1/bookings/{completed['booking']['id']}")
    assert booking["start_at"] == start_at
    guest.sign_in(PASSWORD)


@pytest.mark.timeout(200)
def test_an_attacker_who_registers_first_gets_nothing_when_the_owner_follows_the_mail(stage: Stage) -> None:
    victim = somebody(stage)
    attacker = stage.person("Attacker", victim.email)
    attacker.call("POST", "/v1/auth/register", {"email": victim.email, "password": PASSWORD})
    code = token_in(stage.wait_for_mail(victim.email, "confirm"))
    opened = victim.call("POST", "/v1/auth/verify-email", {"token": code}, Origin="http://localhost:3000")
    assert opened["user"]["requires_password_setup"]
    assert refusal(attacker, "POST", "/v1/auth/login", {"email": victim.email, "password": PASSWORD}) == 401
    victim.take_tokens(opened)
    victim.call("PUT", "/v1/users/me/password", {"new_password": f"{PASSWORD}-mine"})
    victim.sign_in(f"{PASSWORD}-mine")


@pytest.mark.timeout(200)
def test_facebook_is_linked_and_unlinked_and_is_not_taken_from_its_owner(stage: Stage) -> None:
    owner, other = member(stage), member(stage)

    def answer(person: Person) -> dict[str, str]:
        started = person.call("GET", "/v1/auth/oauth/facebook/authorize")
        back = approve_at_google(started["authorization_url"], f"fb.{owner.email}")
        return {**back, "binding": started["binding"]}

    path = "/v1/users/me/identities/facebook"
    owner.call("POST", path, answer(owner))
    linked = owner.call("GET", "/v1/users/me/identities")["items"]
    assert [each["provider"] for each in linked] == ["facebook"]
    assert refusal(other, "POST", path, answer(other)) == 409
    owner.call("DELETE", path)
    assert owner.call("GET", "/v1/users/me/identities")["items"] == []


@pytest.mark.timeout(200)
def test_a_reset_ends_every_session_at_once(stage: Stage) -> None:
    person = member(stage)
    person.call("POST", "/v1/auth/forgot-password", {"email": person.email})
    code = token_in(stage.wait_for_mail(person.email, "password"))
    person.call("POST", "/v1/auth/reset-password", {"token": code, "password": f"{PASSWORD}-anew"})
    with pytest.raises(RequestRefused) as refused:
        person.call("GET", "/v1/users/me")
    assert refused.value.response.status_code == 401
    person.forget()
    person.sign_in(f"{PASSWORD}-anew")
    assert person.call("GET", "/v1/users/me")["email"] == person.email


def free_start(stage: Stage, person: Person, service_id: str) -> str:
    day = stage.now() + timedelta(days=6)
    window = f"from={day:%Y-%m-%dT%H:%M:%SZ}&to={day + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    return str(person.call("GET", f"/v1/services/{service_id}/slots?{window}")["items"][0]["start_at"])
