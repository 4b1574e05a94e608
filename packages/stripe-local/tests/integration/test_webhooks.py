"""Webhooks: signed, retried, and as late, repeated or disordered as told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
import stripe

from stripe_local.testing import WebhookReceiver, until
from support.payments import connected, pay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[WebhookReceiver]:
    """A receiver of webhooks."""
    async with WebhookReceiver() as running:
        yield running


async def subscribe(api: V1Services, receiver: WebhookReceiver, *kinds: str, connect: bool = False) -> str:
    """Register the receiver; returns the secret."""
    given: Any = {"url": receiver.url, "enabled_events": list(kinds) or ["*"], "connect": connect}
    endpoint = await api.webhook_endpoints.create_async(given)
    assert endpoint.secret
    return endpoint.secret


async def test_events_arrive_signed(stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver) -> None:
    secret = await subscribe(api, receiver)
    intent = await pay(api)
    await stripe_local.control.deliveries_done()
    events = receiver.events(secret)
    assert {"payment_intent.created", "charge.succeeded", "payment_intent.succeeded"} <= {item.type for item in events}
    succeeded = next(item for item in events if item.type == "payment_intent.succeeded")
    assert succeeded.data.object["id"] == intent.id
    assert succeeded.pending_webhooks == 1


async def test_both_secrets_sign_while_one_is_rolled(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    old = await subscribe(api, receiver)
    (endpoint,) = (await api.webhook_endpoints.list_async()).data
    await stripe_local.control.post(f"/webhook_endpoints/{endpoint.id}/roll", secret="whsec_new")
    await pay(api)
    await stripe_local.control.deliveries_done()
    assert receiver.events(old)
    assert len(receiver.events("whsec_new")) == len(receiver.events(old))
    receiver.seen.clear()
    await stripe_local.control.post(f"/webhook_endpoints/{endpoint.id}/roll", secret="whsec_newer", expire_now=True)
    await pay(api)
    await stripe_local.control.deliveries_done()
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.events("whsec_new")


async def test_events_have_the_version_of_their_endpoint(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    given: Any = {"url": receiver.url, "enabled_events": ["*"], "api_version": "2026-09-30.endive"}
    endpoint = await api.webhook_endpoints.create_async(given)
    assert endpoint.secret
    await pay(api)
    await stripe_local.control.deliveries_done()
    assert {event.api_version for event in receiver.events(endpoint.secret)} == {"2026-09-30.endive"}
    assert {event.api_version for event in (await api.events.list_async()).data} == {stripe.api_version}


async def test_only_wanted_events_arrive(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    secret = await subscribe(api, receiver, "payment_intent.succeeded")
    await pay(api)
    await stripe_local.control.deliveries_done()
    assert [item.type for item in receiver.events(secret)] == ["payment_intent.succeeded"]


async def test_connected_accounts_have_their_own_endpoints(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    secret = await subscribe(api, receiver, connect=True)
    account = await connected(api)
    await pay(api)
    await stripe_local.control.onboard(account.id)
    await stripe_local.control.deliveries_done()
    events = receiver.events(secret)
    assert {item.account for item in events} == {account.id}
    assert "account.updated" in {item.type for item in events}


async def test_a_refusing_receiver_is_tried_again(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    secret = await subscribe(api, receiver, "payment_intent.succeeded")
    receiver.status = 503
    await pay(api)

    async def refused() -> bool:
        return len(receiver.seen) == 1

    await until(refused)
    receiver.status = 200
    await stripe_local.control.deliveries_done()
    first, second = receiver.events(secret)
    assert first.id == second.id


async def test_paused_events_wait(stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver) -> None:
    secret = await subscribe(api, receiver, "payment_intent.succeeded")
    await stripe_local.control.webhooks(paused=True)
    intents = [(await pay(api)).id for _ in range(4)]
    assert receiver.seen == []
    await stripe_local.control.webhooks(paused=False, order="reverse", concurrency=1)
    await stripe_local.control.deliveries_done()
    assert [item.data.object["id"] for item in receiver.events(secret)] == intents[::-1]


async def test_events_can_come_several_times(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    secret = await subscribe(api, receiver, "payment_intent.succeeded")
    await stripe_local.control.webhooks(copies=3)
    await pay(api)
    await stripe_local.control.deliveries_done()
    events = receiver.events(secret)
    assert (len(events), len({item.id for item in events})) == (3, 1)
    await stripe_local.control.redeliver(events[0].id)
    await stripe_local.control.deliveries_done()
    assert len(receiver.seen) == 6


async def test_events_can_come_late(stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver) -> None:
    await subscribe(api, receiver, "payment_intent.succeeded")
    await stripe_local.control.webhooks(delay_seconds=0.4, shuffle_seconds=0.1)
    await pay(api)
    assert receiver.seen == []
    await stripe_local.control.deliveries_done()
    assert len(receiver.seen) == 1


async def test_signatures_follow_the_machines_time(
    stripe_local: RunningStripe, api: V1Services, receiver: WebhookReceiver
) -> None:
    secret = await subscribe(api, receiver, "payment_intent.succeeded")
    await stripe_local.control.advance(86_400)
    await pay(api)
    await stripe_local.control.deliveries_done()
    assert len(receiver.events(secret)) == 1
    await stripe_local.control.webhooks(signed_ago_seconds=301)
    await pay(api)
    await stripe_local.control.deliveries_done()
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.events(secret)
