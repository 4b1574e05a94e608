"""A person follows one payment through the logs of HTTP, webhooks and workers by its booking's id alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Role
from common.domain.shared.events import Event, Topic
from common.runtime.budget import Budget
from common.runtime.observability import logging
from common.runtime.observability.log_format import make_logger
from common.runtime.sqs import Queue

from functions.payments import payment_checks_queue, stripe_events_queue
from functions.payments.stripe_event_message import StripeEventMessage
from tests.factories.users import make_user
from tests.integration.webhooks.conftest import CollectingStripeEvents, event_body, signature
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    import pytest
    import stripe

    from tests.support.money import MoneyBench


def lines_of(captured: str, booking_id: str) -> list[dict[str, Any]]:
    """What a search for the booking's id in all logs shows, in order."""
    lines = [json.loads(line) for line in captured.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("booking_id") == booking_id]


async def work(bench: MoneyBench) -> None:
    """The worker of payments, as its Lambda handler works, until its queue is empty."""
    queue = Queue("payment-checks-queue", Event, "id", payment_checks_queue.process)
    while waiting := [each for each in bench.publisher.events if each.topic is Topic.PAYMENTS]:
        records = [{"messageId": each.id, "body": each.model_dump_json()} for each in waiting[:1]]
        assert await queue.work_batch(bench.container, {"Records": records}, Budget(30)) == {"batchItemFailures": []}
        bench.publisher.events.remove(waiting[0])


async def test_one_payment_can_be_followed_by_its_bookings_id(
    real_bench: MoneyBench,
    stripe_client: stripe.StripeClient,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A logger of its own: one of a name that was used before in this process would write to that test's output.
    monkeypatch.setitem(logging._state, "logger", make_logger(uuid4().hex, logging.context_fields))
    bench = real_bench
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    booking, other = await bench.create(), await bench.create()
    customer = await sign_in(bench.container, bench.customer)
    operator = await sign_in(bench.container, make_user(roles=[Role.USER, Role.OPERATOR]))
    async with api_client("payments", bench.container) as client:
        url = f"/v1/bookings/{booking.id}/payment"
        confirmed = await client.post(f"{url}/confirm", headers=customer)
        intent_id = confirmed.json()["action"]["client_secret"].split("_secret_")[0]
        await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
        assert (await client.get(url, headers=customer)).status_code == 200
        assert (await client.post(f"/v1/bookings/{other.id}/payment/confirm", headers=customer)).status_code == 200

    body = event_body(
        f"evt_{booking.id}",
        "payment_intent.amount_capturable_updated",
        {"id": intent_id, "object": "payment_intent", "metadata": {"booking_id": booking.id}},
    )
    async with api_client("webhooks", bench.container) as client:
        sent = await client.post("/v1/webhooks/stripe", content=body, headers={"stripe-signature": signature(body)})
        assert sent.status_code == 200
    events = Queue("stripe-events-queue", StripeEventMessage, "event_id", stripe_events_queue.process)
    message = {"messageId": "m1", "body": json.dumps({"event_id": f"evt_{booking.id}"})}
    await events.work_batch(bench.container, {"Records": [message]}, Budget(30))
    booking = await bench.accept_and_start(await bench.read(booking))
    await bench.perform(booking, "complete", ActorKind.PROVIDER, settle=False)
    await work(bench)
    async with api_client("payments", bench.container) as client:
        refund = {"amount": {"amount": 500, "currency": "nzd"}, "reason": "Late"}
        url = f"/v1/admin/bookings/{booking.id}/refunds"
        assert (await client.post(url, json=refund, headers=operator)).status_code == 201
    await work(bench)

    lines = lines_of(capsys.readouterr().out, booking.id)
    story = [(line["message"], line.get("path") or line.get("outcome") or line.get("payment")) for line in lines]
    assert story == [
        ("Request", f"/v1/bookings/{booking.id}/payment/confirm"),
        ("Request", "/v1/webhooks/stripe"),
        ("Stripe event processed", "processed"),
        ("Payment worked on", "captured"),
        ("Request", f"/v1/admin/bookings/{booking.id}/refunds"),
        ("Payment worked on", "partially_refunded"),
    ]
    assert all(line["request_id"] and line["timestamp"] and line["service"] for line in lines)
    assert [line["status"] for line in lines if line["message"] == "Request"] == [200, 200, 201]
    assert bench.customer.email not in json.dumps(lines)
