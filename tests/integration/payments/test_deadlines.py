"""Stripe too slow to answer: anyone who waits is answered in time, and what was recorded before is made good later."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.adapters.stripe.gateway import StripeGateway
from common.application.payments.intents import ensure_intent
from common.application.shared.deadline import LEAST_SECONDS, RECORDING_SECONDS, deadline, seconds_left
from common.domain.payments.operations import OperationStatus
from common.domain.shared.errors import GatewayUncertain, OutOfTime, Unavailable
from stripe import APIConnectionError

from stripe_local.testing import SECRET_KEY
from tests.integration.payments.test_gateway_contract import OWNER
from tests.support import api_client, sign_in
from tests.support.http import with_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

#: Longer than the shrunk deadlines, and no longer, since the local Stripe is asked to end at once afterwards.
SLOW = 4.0


@pytest.fixture
async def own_client(stripe_server: RunningStripe) -> AsyncIterator[stripe.StripeClient]:
    """A client with the product's own time-outs."""
    client = make_stripe_client(SECRET_KEY, api_base=stripe_server.url)
    yield client
    await stripe_server.control.clear_faults()
    await close_stripe_client(client)


async def test_a_call_ends_with_the_deadline_and_leaves_time_to_record_what_came_of_it(
    stripe_server: RunningStripe, own_client: stripe.StripeClient
) -> None:
    await stripe_server.control.fault(action="delay", delay_seconds=SLOW, times=-1)
    gateway = StripeGateway(own_client, OWNER)
    async with asyncio.timeout(30):
        with deadline(RECORDING_SECONDS + 1):
            with pytest.raises(GatewayUncertain):
                await gateway.get_intent("pi_1")
            assert seconds_left() > 0
            with pytest.raises(OutOfTime):
                await gateway.get_intent("pi_1")


async def test_without_time_a_call_is_not_begun(stripe_server: RunningStripe, own_client: stripe.StripeClient) -> None:
    await stripe_server.control.fault(action="drop", when="before", times=1)
    with deadline(RECORDING_SECONDS + LEAST_SECONDS / 2), pytest.raises(OutOfTime):
        await StripeGateway(own_client, OWNER).find_customer("usr_1", "a@example.com")
    with pytest.raises(APIConnectionError):
        await own_client.v1.customers.list_async()  # the fault was still there: nothing had been sent


async def test_the_sdk_repeats_no_call(stripe_server: RunningStripe, own_client: stripe.StripeClient) -> None:
    await stripe_server.control.fault(action="drop", when="before", times=1)
    with pytest.raises(Unavailable):
        await StripeGateway(own_client, OWNER).find_customer("usr_1", "a@example.com")
    assert await StripeGateway(own_client, OWNER).find_customer("usr_1", "a@example.com") is None


async def test_a_slow_stripe_is_answered_for_in_time_and_the_payment_goes_on_later(
    real_bench: MoneyBench, stripe_server: RunningStripe, own_client: stripe.StripeClient
) -> None:
    bench = real_bench
    slow = await bench.create()
    container = bench.container
    patient = container.stripe
    container.replace(stripe=own_client)
    for name in ("gateway", "payments"):
        container.__dict__.pop(name, None)
    headers = await sign_in(container, bench.customer)
    await stripe_server.control.fault(action="delay", delay_seconds=SLOW, times=-1)
    async with api_client("payments", container) as api, asyncio.timeout(60):
        with with_time(api, seconds=6):
            response = await api.post(f"/v1/bookings/{slow.id}/payment/confirm", headers=headers)
    assert response.status_code == 503, response.text
    assert int(response.headers["retry-after"]) > 0

    await stripe_server.control.clear_faults()
    container.replace(stripe=patient)
    for name in ("gateway", "payments"):
        container.__dict__.pop(name, None)
    bench.clock.advance(minutes=1)
    booking, action = await ensure_intent(container.payments, await bench.read(slow))
    assert action is not None
    made = await container.payments.operations.list_by_booking(booking.id)
    assert OperationStatus.UNCERTAIN not in {each.status for each in made}


async def test_a_key_that_was_rolled_is_read_again_and_the_call_made_once_more(stripe_server: RunningStripe) -> None:
    keys = [SECRET_KEY]
    client = make_stripe_client("rolled_away", api_base=stripe_server.url, reread_key=keys.pop)
    try:
        assert await StripeGateway(client, OWNER).find_customer("usr_1", "a@example.com") is None
        assert await StripeGateway(client, OWNER).find_customer("usr_1", "a@example.com") is None
    finally:
        await close_stripe_client(client)
    assert keys == [], "read once; the later call knows it"


async def test_a_key_that_is_refused_and_has_not_changed_is_an_outage(stripe_server: RunningStripe) -> None:
    client = make_stripe_client("wrong", api_base=stripe_server.url, reread_key=lambda: "wrong")
    try:
        with pytest.raises(Unavailable):
            await StripeGateway(client, OWNER).find_customer("usr_1", "a@example.com")
    finally:
        await close_stripe_client(client)
