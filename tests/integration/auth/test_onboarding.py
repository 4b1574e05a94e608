"""From a fresh account to a customer, an applicant, a listed provider; out of order it is 409."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.roles import Role
from common.domain.identity.users import Address, OnboardingStatus

from stripe_local.testing import SECRET_KEY, RunningStripe, running_stripe
from tests.factories.users import make_user
from tests.fakes.geocoder import AwayGeocoder
from tests.support import api_client, sign_in
from tests.support.people import Identity, bearer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

ADDRESS = "12 Ponsonby Road, Auckland 1011, New Zealand"
PERSON = {"full_name": "Tom Fisher", "phone_number": "027 987 6543", "address": ADDRESS}
DETAILS = {**PERSON, "trading_name": "Fisher Garden Care"}


@pytest.fixture(scope="module")
async def stripe_server() -> AsyncIterator[RunningStripe]:
    """A local Stripe."""
    async with running_stripe() as server:
        yield server


@pytest.fixture
async def stripe_at_hand(container: Container, stripe_server: RunningStripe) -> AsyncIterator[RunningStripe]:
    """The container speaks to the local Stripe."""
    client = make_stripe_client(SECRET_KEY, api_base=stripe_server.url)
    container.replace(stripe=client)
    yield stripe_server
    await close_stripe_client(client)


@pytest.fixture
async def moderator(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    """A signed-in moderator of the administration function."""
    headers = await sign_in(container, make_user(roles=[Role.USER, Role.MODERATOR]))
    async with api_client("admin", container) as client:
        client.headers.update(headers)
        yield client


async def _apply(identity: Identity, email: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Register and apply as a provider; returns header fields and the answer."""
    headers = bearer(await identity.register(email))
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    answer = await identity.post("/v1/onboarding/provider", DETAILS, **headers)
    assert answer.status_code == 200, answer.text
    return headers, answer.json()


async def test_a_seeker_completes_a_profile(identity: Identity) -> None:
    first = await identity.register("seeker@example.com")
    answer = await identity.post("/v1/onboarding/profile", PERSON, **bearer(first))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["user"]["onboarding_status"] == "basic_complete"
    assert body["user"]["phone_number"] == "+64279876543"
    assert body["user"]["address"]["is_located"]
    assert body["booking"] is None
    for pair in (first, body):
        assert (await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})).status_code == 200
    path = await identity.post("/v1/onboarding/path", {"path": "seeker"}, **bearer(body))
    assert path.json()["next_steps"] == []


async def test_an_address_may_be_left_out_and_then_stays_as_it_is(identity: Identity) -> None:
    headers = bearer(await identity.register("online@example.com"))
    body = {name: value for name, value in PERSON.items() if name != "address"}
    user = (await identity.post("/v1/onboarding/profile", body, **headers)).json()["user"]
    assert (user["address"], user["onboarding_status"]) == (None, "basic_complete")


async def test_a_provider_whom_customers_come_to_applies_with_an_address_that_can_be_found(
    identity: Identity, container: Container
) -> None:
    headers, answer = await _apply(identity, "salon@example.com")
    now = container.clock.now()
    fields = {"title": "Haircut", "category": "house-cleaning", "duration_minutes": 60, "status": "active"}
    salon = {"id": "svc_salon", "provider_id": answer["provider"]["id"], "place_kinds": ["provider"]}
    await container.services.insert(Service.model_validate({**fields, **salon, "created_at": now, "updated_at": now}))
    lost = {**DETAILS, "address": "Third hut behind the ridge"}
    container.replace(onboarding=replace(container.onboarding, geocoder=AwayGeocoder()))
    refused = await identity.post("/v1/onboarding/provider", lost, **headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "provider_address_needed")
    kept = await container.providers.get(answer["provider"]["id"])
    assert kept is not None
    assert kept.address.is_located
    await container.services.update("svc_salon", {"status": ServiceStatus.PAUSED}, now=now)
    assert (await identity.post("/v1/onboarding/provider", lost, **headers)).status_code == 200


async def test_an_applicant_s_address_that_is_nowhere_is_refused_and_nothing_changes(
    identity: Identity, container: Container
) -> None:
    headers, answer = await _apply(identity, "zzzz@example.com")
    for address in ("zzzz nowhere", "Third hut behind the ridge"):
        refused = await identity.post("/v1/onboarding/provider", {**DETAILS, "address": address}, **headers)
        assert refused.status_code == 422, refused.text
        named = [(each["field"], each["code"]) for each in refused.json()["errors"]]
        assert named == [("address", "unknown_address")]
    kept = await container.providers.get(answer["provider"]["id"])
    assert kept is not None
    assert kept.address.text == ADDRESS


async def test_while_the_geocoder_is_unavailable_an_applicant_s_address_is_accepted_and_marked(
    identity: Identity, container: Container
) -> None:
    container.replace(geocoder=AwayGeocoder())
    _, answer = await _apply(identity, "unlocated@example.com")
    assert answer["user"]["address"]["is_located"] is False


async def test_an_address_nobody_can_locate_is_accepted_and_marked(identity: Identity) -> None:
    headers = bearer(await identity.register("nowhere@example.com"))
    body = {**PERSON, "address": "Third hut behind the ridge"}
    user = (await identity.post("/v1/onboarding/profile", body, **headers)).json()["user"]
    assert user["address"] == {"text": "Third hut behind the ridge", "lat": None, "lng": None, "is_located": False}


@pytest.mark.parametrize("address", ["12 Smith St, Hamilton NSW 2303", "Australia, 12 Smith Street, Hamilton"])
async def test_a_number_is_of_the_country_that_an_address_says_even_where_it_is_not_located(
    identity: Identity, address: str
) -> None:
    headers = bearer(await identity.register(f"{uuid4().hex}@example.com"))
    body = {**PERSON, "address": address, "phone_number": "(02) 9374 4000"}
    user = (await identity.post("/v1/onboarding/profile", body, **headers)).json()["user"]
    assert (user["address"]["is_located"], user["phone_number"]) == (False, "+61293744000")
    changed = await identity.client.patch("/v1/users/me", json={"phone_number": "(02) 9374 4001"}, headers=headers)
    assert changed.json()["phone_number"] == "+61293744001", changed.text


async def test_steps_out_of_order_say_what_is_missing(identity: Identity) -> None:
    headers = bearer(await identity.register("order@example.com"))
    early = await identity.post("/v1/onboarding/provider", DETAILS, **headers)
    assert (early.status_code, early.json()["code"]) == (409, "step_out_of_order")
    assert early.json()["missing"] == ["path"]
    billing = await identity.post("/v1/onboarding/billing", None, **headers)
    assert billing.json()["missing"] == ["path", "provider"]
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    billing = await identity.post("/v1/onboarding/billing", None, **headers)
    assert billing.json()["missing"] == ["provider"]


async def test_a_provider_goes_from_details_over_billing_to_being_listed(
    identity: Identity, stripe_at_hand: RunningStripe, moderator: httpx.AsyncClient
) -> None:
    headers, applied = await _apply(identity, "tom@example.com")
    assert applied["user"]["roles"] == ["user", "provider"]
    assert applied["user"]["onboarding_status"] == "provider_onboarding_complete"
    assert applied["user"]["provider_status"] == "pending"
    assert applied["provider"]["timezone"] == "Pacific/Auckland"
    assert applied["next_steps"] == ["billing", "approval"]

    started = (await identity.post("/v1/onboarding/billing", None, **headers)).json()
    assert started["onboarding_url"].startswith("http")
    assert not started["payouts_enabled"]
    again = (await identity.post("/v1/onboarding/billing", None, **headers)).json()
    assert again["account_id"] == started["account_id"]
    await stripe_at_hand.control.post(f"/accounts/{started['account_id']}/onboarding")
    ready = (await identity.client.get("/v1/onboarding/billing", headers=headers)).json()
    assert ready["payouts_enabled"]
    assert ready["is_billable"]
    assert ready["onboarding_status"] == "billing_setup_complete"
    assert not ready["is_listed"]

    provider_id = applied["provider"]["id"]
    pending = (await moderator.get("/v1/admin/providers?status=pending&limit=100")).json()["items"]
    assert provider_id in [each["id"] for each in pending]
    identity.publisher.events.clear()
    approved = await moderator.post(f"/v1/admin/providers/{provider_id}/approve")
    assert approved.json()["is_listed"]
    assert [event.payload["template"] for event in identity.publisher.events] == ["provider_approved"]
    twice = await moderator.post(f"/v1/admin/providers/{provider_id}/approve")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_pending")
    me = (await identity.client.get("/v1/users/me", headers=headers)).json()
    assert me["provider_status"] == "approved"


async def test_a_provider_of_another_country_is_told_at_the_application(identity: Identity) -> None:
    headers = bearer(await identity.register("sydney@example.com"))
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **headers)
    body = {**DETAILS, "address": "1 Pitt Street, Sydney NSW 2000, Australia"}
    refused = await identity.post("/v1/onboarding/provider", body, **headers)
    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("address", "country_not_supported")
    assert "NZ" in error["message"]
    me = (await identity.client.get("/v1/users/me", headers=headers)).json()
    assert (me["provider_status"], me["roles"]) == ("not_applied", ["user"])


@pytest.mark.usefixtures("stripe_at_hand")
async def test_who_applied_from_another_country_before_gets_no_account_there(
    identity: Identity, container: Container
) -> None:
    headers, applied = await _apply(identity, "perth@example.com")
    provider = applied["provider"]["id"]
    address = Address(text="5 Hay Street, Perth WA", lat=-31.95, lng=115.86, is_located=True)
    await container.providers.update(provider, {"address": address}, now=container.clock.now())
    refused = await identity.post("/v1/onboarding/billing", None, **headers)
    assert refused.status_code == 422
    assert [(each["field"], each["code"]) for each in refused.json()["errors"]] == [
        ("address", "country_not_supported")
    ]
    accounts = await container.stripe.v1.accounts.list_async({"limit": 100})
    assert provider not in [each.metadata.to_dict().get("provider_id") for each in accounts.data if each.metadata]


@pytest.mark.usefixtures("stripe_at_hand")
async def test_a_providers_account_is_of_the_platforms_country_and_may_do_what_stripe_asks(
    identity: Identity, container: Container
) -> None:
    headers, _ = await _apply(identity, "both@example.com")
    started = (await identity.post("/v1/onboarding/billing", None, **headers)).json()
    account = await container.stripe.v1.accounts.retrieve_async(started["account_id"])
    assert account.country == "NZ"
    assert account.capabilities is not None
    assert set(account.capabilities.to_dict()) == {"card_payments", "transfers"}
    assert account.controller is not None
    assert account.controller.stripe_dashboard is not None
    assert account.controller.stripe_dashboard.type == "express"


async def test_one_account_is_made_whatever_stripe_answers(
    identity: Identity, stripe_at_hand: RunningStripe, container: Container
) -> None:
    """Stripe stores an error under the key; then the account is made with another, and the answer is lost."""
    headers, applied = await _apply(identity, "unlucky@example.com")
    control = stripe_at_hand.control
    await control.fault("/v1/accounts", method="POST", action="status", when="before", status=500)
    first = await identity.post("/v1/onboarding/billing", None, **headers)
    await control.fault("/v1/accounts", method="POST", action="status", when="after", status=500, skip=1)
    second = await identity.post("/v1/onboarding/billing", None, **headers)
    third = await identity.post("/v1/onboarding/billing", None, **headers)
    await control.clear_faults()
    assert [answer.status_code for answer in (first, second, third)] == [503, 503, 200]
    accounts = await container.stripe.v1.accounts.list_async({"limit": 100})
    provider_id = applied["provider"]["id"]
    mine = [each.id for each in accounts.data if each.metadata and each.metadata["provider_id"] == provider_id]
    assert mine == [third.json()["account_id"]]


async def test_approved_before_billing_is_listed_when_stripe_is_ready(
    identity: Identity, stripe_at_hand: RunningStripe, moderator: httpx.AsyncClient
) -> None:
    headers, applied = await _apply(identity, "early@example.com")
    approved = await moderator.post(f"/v1/admin/providers/{applied['provider']['id']}/approve")
    assert not approved.json()["is_listed"]
    account = (await identity.post("/v1/onboarding/billing", None, **headers)).json()["account_id"]
    await stripe_at_hand.control.post(f"/accounts/{account}/onboarding")
    assert (await identity.client.get("/v1/onboarding/billing", headers=headers)).json()["is_listed"]


async def test_a_rejected_provider_is_told_why_and_may_apply_again(
    identity: Identity, moderator: httpx.AsyncClient
) -> None:
    headers, applied = await _apply(identity, "again@example.com")
    path = f"/v1/admin/providers/{applied['provider']['id']}"
    identity.publisher.events.clear()
    rejected = await moderator.post(f"{path}/reject", json={"reason": "The trading name is missing a licence."})
    assert rejected.json()["status"] == "rejected"
    [event] = identity.publisher.events
    assert event.payload["data"]["reason"] == "The trading name is missing a licence."
    anew = (await identity.post("/v1/onboarding/provider", DETAILS, **headers)).json()
    assert anew["provider"]["id"] == applied["provider"]["id"]
    assert anew["user"]["provider_status"] == "pending"
    assert (await moderator.post(f"{path}/approve")).status_code == 200


async def test_onboarding_goes_on_where_it_was_left(identity: Identity, stripe_at_hand: RunningStripe) -> None:
    """Each step in a sign-in of its own; the account tells where it stands."""
    del stripe_at_hand
    email = "leaves.and.returns@example.com"
    await identity.register(email)
    stages = []
    for path, body in (
        ("path", {"path": "provider"}),
        ("provider", DETAILS),
        ("provider", {**DETAILS, "trading_name": "Fisher & Daughters"}),
        ("billing", None),
        ("billing", None),
    ):
        headers = bearer((await identity.log_in(email)).json())
        answer = await identity.post(f"/v1/onboarding/{path}", body, **headers)
        assert answer.status_code == 200, answer.text
        me = (await identity.client.get("/v1/users/me", headers=headers)).json()
        stages.append((me["onboarding_path"], me["onboarding_status"], me["provider_status"]))
    waiting = ("provider", "provider_onboarding_complete", "pending")
    assert stages == [("provider", "not_started", "not_applied"), *[waiting] * 4]


async def test_a_seeker_becomes_a_provider_later(identity: Identity) -> None:
    headers = bearer(await identity.register("later@example.com"))
    await identity.post("/v1/onboarding/path", {"path": "seeker"}, **headers)
    done = (await identity.post("/v1/onboarding/profile", PERSON, **headers)).json()
    await identity.post("/v1/onboarding/path", {"path": "provider"}, **bearer(done))
    answer = (await identity.post("/v1/onboarding/provider", DETAILS, **bearer(done))).json()
    assert answer["user"]["roles"] == ["user", "provider"]


async def test_only_staff_decides(identity: Identity, container: Container) -> None:
    headers, applied = await _apply(identity, "self@example.com")
    async with api_client("admin", container) as client:
        path = f"/v1/admin/providers/{applied['provider']['id']}/approve"
        assert (await client.post(path, headers=headers)).status_code == 403
        assert (await client.post(path)).status_code == 401


async def test_billing_may_be_read_before_it_is_begun(identity: Identity) -> None:
    headers, _ = await _apply(identity, "unbilled@example.com")
    billing = await identity.client.get("/v1/onboarding/billing", headers=headers)
    assert billing.status_code == 200, billing.text
    assert (billing.json()["account_id"], billing.json()["is_billable"]) == (None, False)


async def test_a_profile_may_be_corrected_but_brings_no_second_password(identity: Identity) -> None:
    headers = bearer(await identity.register("twice@example.com"))
    await identity.post("/v1/onboarding/path", {"path": "seeker"}, **headers)
    for name in ("Tom Fisher", "Thomas Fisher"):
        answer = await identity.post("/v1/onboarding/profile", {**PERSON, "full_name": name}, **headers)
        assert answer.status_code == 200, answer.text
    again = await identity.post("/v1/onboarding/profile", {**PERSON, "password": "another-quiet-river-1985"}, **headers)
    assert (again.status_code, again.json()["code"]) == (409, "password_exists")


async def test_details_corrected_after_billing_leave_billing_done(identity: Identity, container: Container) -> None:
    headers, applied = await _apply(identity, "corrects@example.com")
    user_id = applied["user"]["id"]
    await container.users.update(user_id, {"onboarding_status": "billing_setup_complete"})
    answer = await identity.post("/v1/onboarding/provider", {**DETAILS, "trading_name": "Fisher & Sons"}, **headers)
    assert answer.status_code == 200, answer.text
    stored = await container.users.get(user_id)
    assert stored is not None
    assert stored.onboarding_status == "billing_setup_complete"
    applications = [e for e in identity.publisher.events if e.payload.get("to_user_id") == user_id]
    assert [e.payload["template"] for e in applications if e.payload["template"] == "provider_applied"] == [
        "provider_applied"
    ]


async def test_a_profile_replaces_the_address_as_a_whole_and_takes_no_step_back(
    identity: Identity, container: Container
) -> None:
    registered = await identity.register()
    user_id, headers = registered["user"]["id"], bearer(registered)
    located = Address(text=ADDRESS, lat=-36.85, lng=174.76, is_located=True)
    step = OnboardingStatus.BILLING_SETUP_COMPLETE
    await container.users.update(user_id, {"onboarding_status": step, "address": located})
    answer = await identity.post("/v1/onboarding/profile", {**PERSON, "address": "$nowhere 1"}, **headers)
    assert answer.status_code == 200, answer.text
    now = await container.users.get(user_id)
    assert now is not None
    assert (now.address, now.onboarding_status) == (Address(text="$nowhere 1"), step)
