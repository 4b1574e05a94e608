"""POST /v1/webhooks/stripe: only what Stripe signed, each event once."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from typing import TYPE_CHECKING

import pytest
from common.runtime.http import create_app
from common.runtime.loop import get_loop, run
from mangum import Mangum

from functions.webhooks.routes import MAX_EVENT_BYTES, router
from tests.integration.webhooks.conftest import SECRET, event_body, signature
from tests.support import api_client, make_container, make_settings

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.integration.webhooks.conftest import CollectingStripeEvents
    from tests.support.money import MoneyBench

URL = "/v1/webhooks/stripe"
OBJECT = {"id": "pi_1", "object": "payment_intent", "metadata": {"booking_id": "bkg_1"}}


def fresh(type_: str = "payment_intent.succeeded") -> tuple[str, bytes]:
    event_id = f"evt_{uuid.uuid4().hex}"
    return event_id, event_body(event_id, type_, OBJECT)


async def post(container: Container, body: bytes, header: str | None) -> int:
    async with api_client("webhooks", container) as client:
        answer = await client.post(URL, content=body, headers={"stripe-signature": header} if header else {})
    return answer.status_code


@pytest.mark.usefixtures("bench")
async def test_a_signed_event_is_stored_and_queued(container: Container, event_queue: CollectingStripeEvents) -> None:
    event_id, body = fresh()
    assert await post(container, body, signature(body)) == 200
    stored = await container.webhook_events.get(event_id)
    assert stored is not None
    assert stored.object_id == "pi_1"
    assert stored.booking_id == "bkg_1"
    assert event_queue.sent == [event_id]


@pytest.mark.usefixtures("bench")
async def test_a_repeated_event_is_stored_once(container: Container) -> None:
    event_id, body = fresh()
    for _ in range(3):
        assert await post(container, body, signature(body)) == 200
    assert await container.mongo.collection("webhook_events").count_documents({"_id": event_id}) == 1


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize("age", [-600, 600], ids=["future", "past"])
async def test_a_stale_or_premature_signature_is_refused(container: Container, age: float) -> None:
    event_id, body = fresh()
    assert await post(container, body, signature(body, age=age)) == 400
    assert await container.webhook_events.get(event_id) is None


@pytest.mark.usefixtures("bench")
async def test_forgery_is_refused(container: Container, event_queue: CollectingStripeEvents) -> None:
    _, body = fresh()
    good = signature(body)
    forged = [None, "", "t=1", good.replace("v1=", "v0="), signature(body, secret="whsec_other"), "t=x,v1=00"]
    assert [await post(container, body, header) for header in forged] == [400] * len(forged)
    assert await post(container, body + b" ", good) == 400
    assert await post(container, b"\xff\xfe", good) == 400
    assert event_queue.sent == []


@pytest.mark.usefixtures("bench")
async def test_a_signed_body_that_is_no_event_is_refused(container: Container) -> None:
    for body in (b"[]", b"{}", b"not json", b'{"id": 1}'):
        assert await post(container, body, signature(body)) == 422


@pytest.mark.usefixtures("bench")
async def test_an_oversized_body_is_refused(container: Container) -> None:
    body = b"{" + b" " * MAX_EVENT_BYTES + b"}"
    assert await post(container, body, signature(body)) == 413


async def test_an_event_the_queue_does_not_take_is_asked_for_again(
    bench: MoneyBench, event_queue: CollectingStripeEvents
) -> None:
    event_id, body = fresh()
    event_queue.is_unavailable = True
    assert await post(bench.container, body, signature(body)) == 503
    event_queue.is_unavailable = False
    assert await post(bench.container, body, signature(body)) == 200
    assert event_queue.sent == [event_id]


async def test_two_secrets_are_good_while_one_is_rotated(
    mongodb_uri: str, migrated_database: str, event_queue: CollectingStripeEvents
) -> None:
    settings = make_settings(mongodb_uri, migrated_database, STRIPE_WEBHOOK_SECRETS=f"whsec_old,{SECRET}")
    container = make_container(mongodb_uri, migrated_database, settings=settings, stripe_event_queue=event_queue)
    for secret in ("whsec_old", SECRET):
        _, body = fresh()
        assert await post(container, body, signature(body, secret=secret)) == 200
    _, body = fresh()
    assert await post(container, body, signature(body, secret="whsec_older")) == 400
    await container.close()


def test_a_base64_body_of_the_gateway_is_verified_over_its_raw_bytes(
    mongodb_uri: str, migrated_database: str, event_queue: CollectingStripeEvents
) -> None:
    event_id, body = fresh()
    container = make_container(mongodb_uri, migrated_database, stripe_event_queue=event_queue)
    handler = Mangum(create_app(router, service="webhooks", container=container), lifespan="off")
    event = {
        "version": "2.0",
        "routeKey": f"POST {URL}",
        "rawPath": URL,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "stripe-signature": signature(body)},
        "requestContext": {
            "http": {
                "method": "POST",
                "path": URL,
                "sourceIp": "203.0.113.7",
                "protocol": "HTTP/1.1",
                "userAgent": "x",
            },
            "stage": "$default",
        },
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
    asyncio.set_event_loop(get_loop())
    answer = handler(event, None)  # type: ignore[arg-type]
    run(container.close())
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"received": True}
    assert event_queue.sent == [event_id]
