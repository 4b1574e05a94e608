"""The main job on the deployed cloud, with parts of the world failing on the way."""

from __future__ import annotations

import contextlib
import os
import signal
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from infra.local import ports
from infra.local.demo.people import wait_for
from infra.local.demo.stage import Stage
from tests.support.processes import descendants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.cloud import LocalCloud

PATIENCE_SECONDS = 60.0


class Market:
    """A customer and a service to book, on the running cloud."""

    def __init__(self, cloud: LocalCloud, stage: Stage) -> None:
        self.cloud = cloud
        self.stage = stage
        self.customer = self.stage.seeded_person("customer")
        self.provider = self.stage.seeded_person("provider")
        own = self.provider.call("GET", "/v1/providers/me/services")["items"]
        self.service = next(s for s in own if s["status"] == "active" and s["price_type"] != "quote")

    def free_start(self, days: int) -> str:
        """The first free slot so many days from now."""
        day = self.stage.now() + timedelta(days=days)
        window = f"from={stamp(day)}&to={stamp(day + timedelta(days=2))}"
        slots = self.customer.call("GET", f"/v1/services/{self.service['id']}/slots?{window}")["items"]
        return str(slots[0]["start_at"])

    def book(self, days: int) -> dict[str, Any]:
        """Book a free time so many days from now; again where the function was still starting."""
        request = self._request(self.free_start(days))
        made: dict[str, Any] = self.customer.call("POST", "/v1/bookings", request, Idempotency_Key=uuid.uuid4().hex)
        return made

    def _request(self, start_at: str) -> dict[str, Any]:
        return {"service_id": self.service["id"], "start_at": start_at, "address": "1 Queen Street, Auckland"}

    def post_booking(self, start_at: str, key: str) -> httpx.Response:
        """Ask for a booking at the seeded provider's door; returns whatever is answered."""
        request = self._request(start_at)
        headers = {"Authorization": f"Bearer {self.customer.access_token}", "Idempotency-Key": key}
        url = f"{self.cloud.base_url}/v1/bookings"
        return httpx.post(url, json=request, headers=headers, timeout=PATIENCE_SECONDS)

    def history(self, booking_id: str) -> list[str]:
        """Names of the actions that were recorded."""
        rows = self.customer.call("GET", f"/v1/bookings/{booking_id}/history?limit=100")["items"]
        return [row["action"] for row in rows]

    def control(self, method: str, path: str, /, **body: object) -> None:
        """Steer the local Stripe."""
        httpx.request(method, f"{self.cloud.stripe_url}/_control{path}", json=body, timeout=10).raise_for_status()


def stamp(instant: Any) -> str:
    return str(instant.strftime("%Y-%m-%dT%H:%M:%SZ"))


@pytest.fixture
def market(cloud: LocalCloud) -> Iterator[Market]:
    with Stage(cloud) as stage:
        yield Market(cloud, stage)


@pytest.fixture
def stripe_faults(market: Market) -> Iterator[Market]:
    """The market; afterwards the local Stripe behaves again."""
    yield market
    market.control("DELETE", "/faults")
    market.control("POST", "/webhooks", copies=1, delay_seconds=0)


@contextlib.contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a process as a black hole would: connections stay open and nothing answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.timeout(200)
def test_webhooks_that_come_three_times_and_late_move_a_booking_once(stripe_faults: Market) -> None:
    market = stripe_faults
    market.control("POST", "/webhooks", copies=3, delay_seconds=1)
    booking = market.book(2)
    market.stage.pay(booking["payment"]["client_secret"], "pm_card_visa")

    def moved() -> list[str] | None:
        actions = market.history(booking["id"])
        return actions if "confirm_payment" in actions else None

    wait_for("the webhook", moved)
    wait_for("all deliveries", lambda: _nothing_pending(market))
    assert market.history(booking["id"]).count("confirm_payment") == 1


@pytest.mark.timeout(200)
def test_while_stripe_is_unavailable_booking_answers_503_and_recovers_with_the_same_key(stripe_faults: Market) -> None:
    market = stripe_faults
    start_at, key = market.free_start(3), uuid.uuid4().hex
    market.control("POST", "/faults", path="/v1/", method=".*", action="drop", when="before", times=-1)
    refused = market.post_booking(start_at, key)
    assert refused.status_code == 503, refused.text
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["code"]
    market.control("DELETE", "/faults")

    def healed() -> httpx.Response | None:
        answer = market.post_booking(start_at, key)
        return answer if answer.status_code == 201 else None  # until the payment's backoff has passed

    made = wait_for("Stripe to be asked again", healed, patience=120)
    assert made.json()["payment"]["client_secret"]
    assert len(_bookings_at(market, start_at)) == 1


@pytest.mark.timeout(300)
def test_a_function_killed_in_the_midst_of_a_booking_leaves_at_most_one(market: Market) -> None:
    start_at, key = market.free_start(4), uuid.uuid4().hex
    market.cloud.crash_next("BookingsFunction", 0.02)
    first = market.post_booking(start_at, key)
    assert first.status_code in {201, 500}

    def retried() -> httpx.Response | None:
        answer = market.post_booking(start_at, key)
        assert answer.status_code in {201, 409, 503}, answer.text
        return answer if answer.status_code == 201 else None  # the dead one's claims have to lapse

    wait_for("the retry", retried, patience=150)
    assert len(_bookings_at(market, start_at)) == 1


@pytest.mark.timeout(200)
def test_while_the_database_is_unavailable_requests_answer_503_and_then_it_recovers(market: Market) -> None:
    database = int(market.cloud.mongodb_uri.split(":")[2].split("/")[0])
    pid = next(
        pid
        for root in market.cloud.process_ids
        for pid in descendants(root)
        if any(port == database for _, port in ports.listening_sockets(pid))
    )
    url = f"{market.cloud.base_url}/v1/services/{market.service['id']}"
    assert httpx.get(url, timeout=PATIENCE_SECONDS).status_code == 200
    with frozen(pid):
        answer = httpx.get(url, headers={"Cache-Control": "no-cache"}, timeout=PATIENCE_SECONDS)
        mine = httpx.get(
            f"{market.cloud.base_url}/v1/bookings",
            headers={"Authorization": f"Bearer {market.customer.access_token}"},
            timeout=PATIENCE_SECONDS,
        )
    assert mine.status_code == 503, mine.text
    assert int(mine.headers["retry-after"]) > 0
    assert answer.status_code in {200, 503}, "a public read may still be answered from the instance's cache"
    wait_for("recovery", lambda: market.customer.call("GET", "/v1/bookings?limit=1"))


def _bookings_at(market: Market, start_at: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = market.customer.call("GET", "/v1/bookings?limit=100")["items"]
    return [booking for booking in found if booking["start_at"] == start_at]


def _nothing_pending(market: Market) -> bool | None:
    health = httpx.get(f"{market.cloud.stripe_url}/_control/health", timeout=10).json()
    return True if health["pending_webhooks"] == 0 else None
