"""Billing follows Stripe while others write: what was read before Stripe answered is stale after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from common.application.admin.users import suspend_user
from common.application.identity.account_deletion import delete_account
from common.application.identity.onboarding.billing import read_billing, start_billing, sync_billing
from common.application.payments.gone_accounts import ACCOUNT_CHECK_REQUESTED
from common.application.payments.payouts import PayoutDeps, make_dashboard_link
from common.application.ports.payments.connect import ConnectStatus
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import OnboardingStatus
from common.domain.payments.operations import ACCOUNT_GONE
from common.domain.shared.errors import Conflict, NotFound

from functions.payments.payment_checks_queue import process
from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.fakes.payouts import FakeAccounts, FakePayoutGateway
from tests.integration.races.gates import Held
from tests.support import api_client, sign_in, store_user

if TYPE_CHECKING:
    from common.application.identity.onboarding.deps import OnboardingDeps
    from common.domain.catalogue.providers import Provider
    from common.runtime.container.bootstrap import Container

CLIENT = ClientInfo("203.0.113.9", "Browser/1")
STAFF = Principal("usr_staff", frozenset({Role.USER, Role.ADMIN}))


async def open_provider(container: Container, **fields: object) -> Provider:
    """A provider with its account and an active service."""
    provider = make_provider(**fields)
    user = make_user(id=provider.user_id, provider_id=provider.id, roles=[Role.USER, Role.PROVIDER])
    await store_user(container, user)
    await container.providers.insert(provider)
    await container.services.insert(make_service(provider))
    return provider


def with_stripe(container: Container, connect: object) -> OnboardingDeps:
    """Onboarding with another Stripe."""
    return replace(container.onboarding, connect=lambda: connect)  # type: ignore[arg-type]


def says(account_id: str | None, *, is_active: bool) -> FakeAccounts:
    """A Stripe that knows one account."""
    assert account_id is not None
    state = "active" if is_active else "inactive"
    return FakeAccounts({account_id: ConnectStatus(account_id=account_id, transfers=state, payouts_enabled=is_active)})


def caller_of(provider: Provider) -> Principal:
    roles = frozenset({Role.USER, Role.PROVIDER})
    return Principal(provider.user_id, roles, provider_id=provider.id, signed_in_at=START)


async def stored(container: Container, provider: Provider) -> Provider:
    found = await container.providers.get(provider.id)
    assert found is not None
    return found


async def is_found(container: Container, provider: Provider) -> bool:
    return await container.mongo.collection("service_listings").count_documents({"provider_id": provider.id}) > 0


@pytest.mark.parametrize("was_billable", [True, False])
@pytest.mark.parametrize("is_active", [True, False])
async def test_an_older_answer_of_stripe_is_never_the_last_one_stored(
    container: Container, was_billable: bool, is_active: bool
) -> None:
    """One worker read an account just before it changed; another has stored what it became."""
    provider = await open_provider(container, is_billable=was_billable, is_listed=was_billable)
    account = provider.stripe_account_id or ""
    older = says(account, is_active=not is_active)
    held = Held(older, "status")
    newer = with_stripe(container, says(account, is_active=is_active))

    async def other() -> None:
        await sync_billing(newer, account)
        older.statuses = says(account, is_active=is_active).statuses

    await held.meanwhile(sync_billing(with_stripe(container, held), account), other)
    found = await stored(container, provider)
    assert (found.is_billable, found.is_listed) == (is_active, is_active)
    assert await is_found(container, provider) is is_active


async def test_a_provider_who_is_suspended_while_stripe_answers_is_not_listed_again(container: Container) -> None:
    provider = await open_provider(container, is_billable=False, is_listed=False)
    account = provider.stripe_account_id or ""
    held = Held(says(account, is_active=True), "status")
    await held.meanwhile(
        sync_billing(with_stripe(container, held), account),
        lambda: suspend_user(container.admin, STAFF, provider.user_id, CLIENT, "Fraud"),
    )
    found = await stored(container, provider)
    assert (found.is_billable, found.is_listed) == (True, False)
    assert not await is_found(container, provider)


async def test_an_account_that_is_deleted_while_stripe_answers_stays_deleted(container: Container) -> None:
    provider = await open_provider(container, is_billable=False, is_listed=False)
    account = provider.stripe_account_id or ""
    held = Held(says(account, is_active=True), "status")
    await held.meanwhile(
        sync_billing(with_stripe(container, held), account),
        lambda: delete_account(container.account_deletion, caller_of(provider), CLIENT),
    )
    found = await stored(container, provider)
    assert (found.is_listed, found.trading_name) == (False, "Deleted provider")
    assert not await is_found(container, provider)


@pytest.mark.parametrize("step", ["create_account", "status"])
async def test_two_starts_of_billing_at_once_make_one_account(container: Container, step: str) -> None:
    provider = await open_provider(container, stripe_account_id=None, is_billable=False, is_listed=False)
    stripe = FakeAccounts()
    held = Held(stripe, step)
    first = await held.meanwhile(
        start_billing(with_stripe(container, held), caller_of(provider)),
        lambda: start_billing(with_stripe(container, stripe), caller_of(provider)),
    )
    assert first.link is not None
    assert (await stored(container, provider)).stripe_account_id == next(iter(stripe.statuses))
    assert len(stripe.statuses) == 1


async def test_a_provider_who_disconnects_their_account_is_not_bookable_and_may_start_again(
    container: Container,
) -> None:
    provider = await open_provider(container)
    old = provider.stripe_account_id or ""
    stripe = FakeAccounts()
    deps = with_stripe(container, stripe)
    for _ in range(2):
        await sync_billing(deps, old)
    found = await stored(container, provider)
    assert (found.is_billable, found.is_listed, found.stripe_account_id, found.closed_account_id) == (
        False,
        False,
        None,
        old,
    )
    assert not await is_found(container, provider)
    told = [each for each in container.publisher.events if each.payload.get("template") == "payout_account_closed"]  # type: ignore[attr-defined]
    assert [each.payload["to_user_id"] for each in told] == [provider.user_id]
    user = await container.users.get(provider.user_id)
    assert user is not None
    assert user.onboarding_status is OnboardingStatus.PROVIDER_ONBOARDING_COMPLETE

    assert (await read_billing(deps, caller_of(provider))).status is None
    again = await start_billing(deps, caller_of(provider))
    assert again.provider.stripe_account_id not in {None, old}
    assert again.link is not None
    assert stripe.closed == [old]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_billing_of_a_gone_account_answers_before_any_webhook_has_come(container: Container, method: str) -> None:
    provider = await open_provider(container)
    container.replace(connect=FakeAccounts())
    user = await container.users.get(provider.user_id)
    assert user is not None
    headers = await sign_in(container, user)
    async with api_client("auth", container) as client:
        answer = await client.request(method, "/v1/onboarding/billing", headers=headers)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["is_billable"], body["is_listed"]) == (False, False)
    assert (body["account_id"] is None) is (method == "GET")
    assert (body["onboarding_url"] is None) is (method == "GET")


class _Gone(FakePayoutGateway):
    """Stripe lets us into the account no more."""

    async def dashboard_link(self, account_id: str) -> str:
        raise NotFound(account_id, code=ACCOUNT_GONE)


async def test_anyone_who_meets_a_gone_account_has_it_read_again(container: Container) -> None:
    provider = await open_provider(container)
    container.replace(connect=FakeAccounts())
    deps = PayoutDeps(**vars(container.payments), payouts=_Gone())
    with pytest.raises(Conflict) as refused:
        await make_dashboard_link(deps, caller_of(provider))
    assert refused.value.wire_code == "no_payout_account"
    events = [each for each in container.publisher.events if each.type == ACCOUNT_CHECK_REQUESTED]  # type: ignore[attr-defined]
    assert [each.payload for each in events] == [{"account_id": provider.stripe_account_id}]
    await process(container, events[0])
    found = await stored(container, provider)
    assert (found.is_billable, found.stripe_account_id) == (False, None)


async def test_an_account_is_found_on_an_index(container: Container) -> None:
    await open_provider(container)
    find = container.mongo.collection("providers").find({"stripe_account_id": "acct_1"})
    plan = (await find.explain())["queryPlanner"]["winningPlan"]
    assert plan["inputStage"]["indexName"] == "stripe_account"
