"""Injected faults: errors, delays, lost requests and lost answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
import stripe

from stripe_local.testing import make_client
from support.payments import authorize

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

PARAMS: Any = {"amount": 4_000, "currency": "nzd"}


async def test_a_locked_object_says_that_another_try_is_worth_it(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.fault("/v1/payment_intents$", "POST", status=429, code="lock_timeout")
    with pytest.raises(stripe.RateLimitError) as caught:
        await api.payment_intents.create_async(PARAMS)
    assert cast("Any", caught.value.error).code == "lock_timeout"
    assert (caught.value.headers or {})["stripe-should-retry"] == "true"
    patient = make_client(stripe_local.url, retries=1).v1
    await stripe_local.control.fault("/v1/payment_intents$", "POST", status=429, code="lock_timeout")
    assert (await patient.payment_intents.create_async(PARAMS)).id


async def test_an_account_may_ask_only_so_often(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.settings(rate_limit=1)
    answers = await asyncio.gather(*(api.customers.list_async({"limit": 1}) for _ in range(20)), return_exceptions=True)
    refused = [each for each in answers if isinstance(each, stripe.RateLimitError)]
    assert refused
    assert (refused[0].headers or {})["stripe-rate-limited-reason"] == "global-rate"
    assert len(refused) < len(answers)


async def intents(api: V1Services) -> int:
    return len((await api.payment_intents.list_async({"limit": 100})).data)


@pytest.mark.parametrize(
    ("status", "error"), [(500, stripe.APIError), (503, stripe.APIError), (429, stripe.RateLimitError)]
)
async def test_an_error_in_place_of_the_deed(
    stripe_local: RunningStripe, api: V1Services, status: int, error: type[Exception]
) -> None:
    await stripe_local.control.fault("/v1/payment_intents$", "POST", status=status)
    with pytest.raises(error):
        await api.payment_intents.create_async(PARAMS)
    assert await intents(api) == 0
    await api.payment_intents.create_async(PARAMS)
    assert await intents(api) == 1


async def test_a_500_is_replayed_for_its_key(stripe_local: RunningStripe, api: V1Services) -> None:
    options: Any = {"idempotency_key": "key-500"}
    await stripe_local.control.fault("/v1/payment_intents$", "POST", status=500, when="after")
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            await api.payment_intents.create_async(PARAMS, options)
    assert await intents(api) == 1


async def test_a_503_leaves_the_key_free(stripe_local: RunningStripe, api: V1Services) -> None:
    options: Any = {"idempotency_key": "key-503"}
    await stripe_local.control.fault("/v1/payment_intents$", "POST", status=503)
    with pytest.raises(stripe.APIError):
        await api.payment_intents.create_async(PARAMS, options)
    assert (await api.payment_intents.create_async(PARAMS, options)).status == "requires_payment_method"
    assert await intents(api) == 1


async def test_a_request_lost_on_its_way_does_nothing(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api)
    await stripe_local.control.fault("/capture$", action="drop", when="before")
    with pytest.raises(stripe.APIConnectionError):
        await api.payment_intents.capture_async(intent.id)
    assert (await api.payment_intents.retrieve_async(intent.id)).status == "requires_capture"


async def test_an_answer_lost_on_its_way_leaves_the_deed_done(stripe_local: RunningStripe, api: V1Services) -> None:
    intent = await authorize(api)
    await stripe_local.control.fault("/capture$", action="drop", when="after")
    options: Any = {"idempotency_key": "capture-1"}
    with pytest.raises(stripe.APIConnectionError):
        await api.payment_intents.capture_async(intent.id, {}, options)
    assert (await api.payment_intents.retrieve_async(intent.id)).status == "succeeded"
    assert (await api.payment_intents.capture_async(intent.id, {}, options)).status == "succeeded"


async def test_the_sdk_heals_a_lost_answer_by_itself(stripe_local: RunningStripe) -> None:
    patient = make_client(stripe_local.url, retries=2).v1
    await stripe_local.control.fault("/v1/payment_intents$", "POST", action="drop", when="after")
    await patient.payment_intents.create_async(PARAMS)
    assert await intents(patient) == 1


async def test_a_delayed_request_can_run_into_a_timeout(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.fault("/v1/customers$", "POST", action="delay", delay_seconds=0.5, when="after")
    async with httpx.AsyncClient(base_url=stripe_local.url, timeout=0.2) as hasty:
        with pytest.raises(httpx.ReadTimeout):
            await hasty.post("/v1/customers", headers={"authorization": "Bearer sk_test_x"})
    assert len((await api.customers.list_async()).data) == 1


async def test_a_key_in_use_conflicts(stripe_local: RunningStripe, api: V1Services) -> None:
    options: Any = {"idempotency_key": "slow"}
    await stripe_local.control.fault("/v1/payment_intents$", "POST", action="delay", delay_seconds=0.3)
    first = asyncio.create_task(api.payment_intents.create_async(PARAMS, options))
    await asyncio.sleep(0.1)
    with pytest.raises(stripe.StripeError) as caught:
        await api.payment_intents.create_async(PARAMS, options)
    assert (caught.value.http_status, cast("Any", caught.value.error).code) == (409, "idempotency_key_in_use")
    intent = await first
    assert (await api.payment_intents.create_async(PARAMS, options)).id == intent.id


async def test_faults_hit_what_they_are_meant_for(stripe_local: RunningStripe, api: V1Services) -> None:
    await stripe_local.control.fault("/v1/customers", "POST", status=500, times=2, skip=1)
    outcomes = []
    for _ in range(4):
        try:
            await api.customers.create_async()
            outcomes.append("done")
        except stripe.APIError:
            outcomes.append("failed")
    assert outcomes == ["done", "failed", "failed", "done"]
    await stripe_local.control.fault(status=500, times=-1)
    await stripe_local.control.clear_faults()
    assert len((await api.customers.list_async()).data) == 2


async def test_keys_are_forgotten_after_a_day(stripe_local: RunningStripe, api: V1Services) -> None:
    options: Any = {"idempotency_key": "daily"}
    first = await api.payment_intents.create_async(PARAMS, options)
    await stripe_local.control.advance(24 * 3600 + 1)
    second = await api.payment_intents.create_async(PARAMS, options)
    assert first.id != second.id
