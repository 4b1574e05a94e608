"""A described job on the deployed cloud: asked in a wave, seen at once, taken by a function that dies on the way."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from infra.local.demo.people import wait_for
from tests.e2e.test_main_job import PATIENCE_SECONDS, Market, stamp

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage


def _answer(cloud: LocalCloud, who: Person, path: str, body: dict[str, Any]) -> httpx.Response:
    """Post an answer; returns whatever comes."""
    headers = {"Authorization": f"Bearer {who.access_token}", "Idempotency-Key": uuid.uuid4().hex}
    return httpx.post(f"{cloud.base_url}{path}", json=body, headers=headers, timeout=PATIENCE_SECONDS)


@pytest.mark.timeout(300)
def test_a_job_is_taken_once_whatever_dies(cloud: LocalCloud, stage: Stage) -> None:
    market = Market(cloud, stage)
    aroha, tom = market.customer, market.provider
    aroha.call("POST", "/v1/realtime/tickets")
    start = market.stage.now() + timedelta(days=11)
    body = {
        "service_id": market.service["id"],
        "description": "As the last time.",
        "address": "1 Queen Street, Auckland",
        "window": {"start_at": stamp(start), "end_at": stamp(start + timedelta(days=2))},
        "budget": {"amount": 100_000, "currency": "nzd"},
    }
    job = aroha.call("POST", "/v1/job-requests", body, Idempotency_Key=uuid.uuid4().hex)

    def asked() -> dict[str, Any] | None:
        offers: list[dict[str, Any]] = tom.call("GET", "/v1/offers?status=open&limit=100")["items"]
        return next((each for each in offers if each["request_id"] == job["id"]), None)

    offer = wait_for("the wave", asked)
    stage.wait_for_mail(tom.email, "request for you")
    assert offer["accepting"] == "booking"
    path = f"/v1/offers/{offer['id']}/accept"
    cloud.crash_next("MatchingFunction", 0.02)
    first = _answer(cloud, tom, path, {})
    assert first.status_code in {200, 500}, first.text

    def retried() -> dict[str, Any] | None:
        answer = _answer(cloud, tom, path, {})
        assert answer.status_code in {200, 409, 503}, answer.text
        return answer.json() if answer.status_code == 200 else None

    taken = wait_for("the retry", retried, patience=150)
    assert taken["status"] == "accepted"
    own = aroha.call("GET", "/v1/bookings?limit=100")["items"]
    (booking,) = [each for each in own if each["id"] == taken["booking_id"]]
    assert (booking["status"], booking["price"]["currency"]) == ("pending_payment", "nzd")
    (only,) = aroha.call("GET", f"/v1/job-requests/{job['id']}/matches")["items"]
    assert only["booking_id"] == booking["id"]

    def seen() -> bool | None:
        events = aroha.call("GET", "/v1/realtime/events?after_seq=0")
        replayed = aroha.call("GET", f"/v1/realtime/events?epoch={events['epoch']}&after_seq=0")["events"]
        types = {each["type"] for each in replayed if each["ids"].get("job_request_id") == job["id"]}
        return True if {"job_request.wave_sent", "offer.made", "job_request.matched"} <= types else None

    wait_for("the customer's stream", seen)
