from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
import stripe
from common.application.payments.payouts import PayoutDeps

from tests.fakes.payment_gateway import FakePaymentGateway
from tests.fakes.payouts import FakeAccounts, FakePayoutGateway
from tests.support.money import MoneyBench

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

SECRET = "whsec_local"


@dataclass
class CollectingStripeEvents:
    """Implements ``StripeEventQueue``."""

    sent: list[str] = field(default_factory=list)
    is_unavailable: bool = False

    async def send(self, event_id: str) -> bool:
        if not self.is_unavailable:
            self.sent.append(event_id)
        return not self.is_unavailable


@pytest.fixture
def gateway(clock: FakeClock) -> FakePaymentGateway:
    return FakePaymentGateway(now=clock.now())


@pytest.fixture
def event_queue() -> CollectingStripeEvents:
    return CollectingStripeEvents()


@pytest.fixture
def payout_gateway() -> FakePayoutGateway:
    return FakePayoutGateway()


@pytest.fixture
async def bench(
    container: Container,
    gateway: FakePaymentGateway,
    event_queue: CollectingStripeEvents,
    payout_gateway: FakePayoutGateway,
) -> MoneyBench:
    container.replace(gateway=gateway, stripe_event_queue=event_queue, connect=FakeAccounts())
    container.replace(payouts=PayoutDeps(**vars(container.payments), payouts=payout_gateway))
    return await MoneyBench(container).prepare()


def event_body(event_id: str, type_: str, object_: dict[str, Any]) -> bytes:
    """A body as Stripe sends it."""
    event = {"id": event_id, "object": "event", "type": type_, "created": int(time.time()), "data": {"object": object_}}
    return json.dumps(event).encode()


def signature(body: bytes, *, secret: str = SECRET, age: float = 0) -> str:
    """The ``Stripe-Signature`` header of a body that was signed some seconds ago."""
    return str(stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(time.time() - age)))
