"""What the package gives to other people's tests: servers, clients, fixtures, a receiver of webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
import stripe

from stripe_local import Settings
from stripe_local.testing import (
    SECRET_KEY,
    Control,
    SyncControl,
    WebhookReceiver,
    make_client,
    running_stripe,
    until,
    wait_until,
)

if TYPE_CHECKING:
    from stripe_local.testing import RunningStripe

MAIN = """
import pytest

from stripe_local import Settings

pytest_plugins = ["stripe_local.testing.pytest_plugin"]


@pytest.fixture(scope="session")
def stripe_settings():
    return Settings(country="US")
"""
USES = """
import stripe


def client(server):
    return stripe.StripeClient("sk_test_any", base_addresses={"api": server.url})


def test_a_customer_is_kept(stripe_local):
    with_client = client(stripe_local).v1
    made = with_client.customers.create({"email": "customer@example.com"})
    assert with_client.customers.retrieve(made.id).email == "customer@example.com"
    stripe_local.sync_control.fault("/customers$", "POST", status=503)


def test_every_test_begins_anew(stripe_local):
    with_client = client(stripe_local).v1
    assert with_client.customers.list().data == []
    with_client.customers.create()
    assert with_client.balance.retrieve().available[0].currency == "usd"
"""


def test_the_fixtures_serve_ordinary_tests(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(MAIN)
    pytester.makepyfile(USES)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


def test_a_server_runs_without_an_event_loop() -> None:
    with WebhookReceiver() as receiver, running_stripe(webhooks=[(receiver.url, None)]) as running:
        client = stripe.StripeClient(SECRET_KEY, base_addresses={"api": running.url}, http_client=stripe.UrllibClient())
        params: stripe.params.PaymentIntentCreateParams = {
            "amount": 5_000, "currency": "nzd", "payment_method": "pm_card_visa", "confirm": True,
            "allowed_payment_method_types": ["card"], "capture_method": "manual",
        }  # fmt: skip
        intent = client.v1.payment_intents.create(params)
        assert intent.status == "requires_capture"
        before = running.sync_control.now()
        running.sync_control.advance(8 * 86_400)
        assert running.sync_control.now() >= before + 8 * 86_400
        assert client.v1.payment_intents.retrieve(intent.id).cancellation_reason == "expired"
        running.sync_control.deliveries_done()
        kinds = [event.type for event in receiver.events(running.webhook_secrets[receiver.url])]
    assert kinds.index("payment_intent.amount_capturable_updated") < kinds.index("payment_intent.canceled")


async def test_its_clients_are_closed_with_it() -> None:
    async with running_stripe(settings=Settings(country="AU")) as running:
        api = make_client(running.url).v1
        assert (await api.balance.retrieve_async()).available[0].currency == "aud"
        await running.control.health()
    with pytest.raises(stripe.APIConnectionError, match="RuntimeError"):
        await api.balance.retrieve_async()


def test_both_clients_have_the_same_calls() -> None:
    own = {"aclose", "close"}
    asynchronous, ordinary = ({name for name in dir(each) if name[0] != "_"} for each in (Control, SyncControl))
    assert asynchronous ^ ordinary == own


async def test_a_refused_call_says_why(stripe_local: RunningStripe) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="Stripe has no accounts in this country: XX"):
        await stripe_local.control.settings(country="XX")
    with pytest.raises(httpx.HTTPStatusError, match=r"404 .*No such charge"):
        stripe_local.sync_control.dispute("ch_unknown")


async def test_waiting_ends_sometime() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(TimeoutError):
        await until(never, 0.05)
    with pytest.raises(TimeoutError):
        wait_until(lambda: False, 0.05)
