"""Accepted terms: from every route that may accept them, kept with the account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.identity.terms import Terms

from tests.support.people import PASSWORD, Identity, bearer

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

TERMS = Terms("2026-11", "https://web.test/terms", "2026-10", "https://web.test/privacy", is_required_of_providers=True)
DETAILS = {"full_name": "Tom Fisher", "phone_number": "+64279876543", "address": "7 Quiet Lane, Nelson"}


@pytest.fixture
async def container(container: Container) -> Container:
    """One with terms in force."""
    return container.replace(terms=TERMS)


async def _state(identity: Identity, tokens: dict[str, Any]) -> tuple[str | None, bool]:
    terms = (await identity.client.get("/v1/users/me", headers=bearer(tokens))).json()["terms"]
    assert terms["current_version"] == "2026-11"
    return terms["accepted_version"], terms["must_accept"]


async def test_who_registers_with_them_has_accepted_them(identity: Identity, container: Container) -> None:
    body = {"email": "willing@example.com", "password": PASSWORD, "accepted_terms_version": "2026-10"}
    outdated = await identity.post("/v1/auth/register", body)
    assert outdated.status_code == 422
    assert outdated.json()["errors"][0] == {
        "field": "accepted_terms_version", "message": "The version in force is 2026-11.", "code": "terms_outdated",
    }  # fmt: skip
    assert (await identity.post("/v1/auth/register", {**body, "accepted_terms_version": "2026-11"})).status_code == 202
    token = await identity.mailed_token("willing@example.com")
    tokens = (await identity.post("/v1/auth/verify-email", {"token": token})).json()
    assert await _state(identity, tokens) == ("2026-11", False)
    export = (await identity.client.get("/v1/users/me/export", headers=bearer(tokens))).json()
    [kept] = export["account"]["accepted_terms"]
    assert (kept["version"], kept["privacy_version"], kept["route"]) == ("2026-11", "2026-10", "register")
    assert kept["at"]
    log = container.mongo.collection("security_events")
    assert await log.count_documents({"user_id": tokens["user"]["id"], "type": "terms_accepted"}) == 1
    assert (await identity.client.delete("/v1/users/me", headers=bearer(tokens))).status_code == 204
    user = await container.users.get(tokens["user"]["id"])
    assert user is not None
    assert user.accepted_terms == []


async def test_who_has_not_is_told_and_a_provider_refused_where_required(identity: Identity) -> None:
    tokens = await identity.register()
    assert await _state(identity, tokens) == (None, True)
    shown = (await identity.client.get("/v1/terms")).json()
    assert shown == {
        "version": "2026-11", "url": "https://web.test/terms",
        "privacy_version": "2026-10", "privacy_url": "https://web.test/privacy",
    }  # fmt: skip
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **bearer(tokens))
    application = {**DETAILS, "trading_name": "Fisher Garden Care"}
    refused = await identity.post("/v1/onboarding/provider", application, **bearer(tokens))
    assert (refused.status_code, refused.json()["code"]) == (403, "terms_not_accepted")
    assert refused.json()["current_version"] == "2026-11"
    body = {**application, "accepted_terms_version": "2026-11"}
    assert (await identity.post("/v1/onboarding/provider", body, **bearer(tokens))).status_code == 200
    assert await _state(identity, tokens) == ("2026-11", False)


async def test_a_new_version_is_accepted_once_and_earlier_ones_are_kept(
    identity: Identity, container: Container
) -> None:
    tokens = await identity.register()
    profile = {**DETAILS, "accepted_terms_version": "2026-11"}
    assert (await identity.post("/v1/onboarding/profile", profile, **bearer(tokens))).status_code == 200
    for _ in range(2):
        assert (await identity.post("/v1/users/me/terms", {"version": "2026-11"}, **bearer(tokens))).status_code == 200
    refused = await identity.post("/v1/users/me/terms", {"version": "other"}, **bearer(tokens))
    assert refused.json()["errors"][0]["field"] == "version"
    user = await container.users.get(tokens["user"]["id"])
    assert user is not None
    assert [each.route for each in user.accepted_terms] == ["profile"]
    assert Terms("2027-01").must_accept(user.accepted_terms)
    assert not Terms().must_accept([])
