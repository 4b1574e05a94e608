"""The story that a load is made of: who asks what, and where it stops."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.load import plan
from infra.load.story import Answer, Request, Story, StoryStops

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
SOON, LATER = (f"{NOW + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}" for minutes in (15, 45))
BOOKING = {"id": "bkg_1", "conversation_id": "cnv_1", "payment": {"client_secret": "pi_1_secret_2"}, "start_at": SOON}
SEEN = {**BOOKING, "status": "requested", "start_code": "1", "payment": {"state": "captured"}}
COUPLE = plan.Couple(plan.Account("a@b.nz", "p"), "svc_1", plan.Account("c@d.nz", "q"), photo_id="med_1")
PLAN = plan.Plan("http://x", 1, 1, 1, [COUPLE], stripe_url="http://stripe", stripe_key="pk")
ANSWERS: dict[str, tuple[int, Any]] = {
    "POST /v1/auth/login": (200, {"access_token": "t"}),
    "GET /v1/services/{id}/slots": (200, {"items": [{"start_at": SOON}]}),
    "POST /v1/bookings": (201, BOOKING),
    "POST Stripe: confirm": (200, {}),
    "GET /v1/bookings/{id}": (200, SEEN),
    "GET /v1/conversations/{id}/messages": (200, {"items": [{"seq": 1}]}),
    "POST /v1/reports": (201, {"id": "rep_1"}),
}  # fmt: skip


@dataclass
class Asked:
    """Answers as it is told, and remembers what it was asked."""

    answers: dict[str, tuple[int, Any]] = field(default_factory=lambda: dict(ANSWERS))
    names: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def ask(self, request: Request) -> Answer:
        assert request.url.startswith(("http://x/v1/", "http://stripe/v1/payment_intents/pi_1/confirm"))
        assert request.json is None or request.form is None
        assert ("Idempotency-Key" in request.headers) is (request.json is not None)
        assert request.fine in {(), (409,)}
        self.names.append(request.name)
        return Answer(*self.answers.get(request.name, (200, {})))

    def fail(self, name: str, why: str) -> None:
        self.failures.append(f"{name}: {why}")

    def wait(self, seconds: float) -> None:
        pass


def lived(asked: Asked, planned: plan.Plan = PLAN, rounds: int = 1) -> Story:
    story = Story(asked, planned, planned.couples[0], lambda: NOW)
    story.begin()
    for _ in range(rounds):
        story.round()
    return story


def test_a_booking_is_paid_accepted_written_about_worked_and_captured() -> None:
    asked = Asked()
    story = lived(asked)
    assert (story.bookings, story.completed) == (1, 1)
    assert {"GET /v1/search/services", "POST /v1/reports", "GET /v1/notifications"} < set(asked.names)
    done = [name.rpartition("/")[2] for name in asked.names if "/actions/" in name or "confirm" in name]
    assert done == ["POST Stripe: confirm", "accept", "start", "complete"]


def test_each_reports_once_and_works_only_on_what_is_soon() -> None:
    asked = Asked()
    asked.answers["GET /v1/bookings/{id}"] = (200, {**BOOKING, "status": "requested", "start_at": LATER})
    story = lived(asked, rounds=2)
    assert (story.bookings, story.completed) == (2, 0)
    assert asked.names.count("POST /v1/reports") == 1


def test_on_another_stage_what_was_booked_is_cancelled_again() -> None:
    asked = Asked()
    alone = replace(COUPLE, provider=None, photo_id="")
    story = lived(asked, replace(PLAN, couples=[alone], stripe_url="", leaves=False))
    assert (story.bookings, story.completed) == (1, 0)
    assert asked.names.count("POST /v1/bookings/{id}/actions/cancel") == 1
    assert "POST Stripe: confirm" not in asked.names


def test_a_slot_that_is_gone_meanwhile_is_no_failure_and_no_booking() -> None:
    asked = Asked()
    asked.answers["POST /v1/bookings"] = (409, {"code": "slot_taken"})
    assert lived(asked).bookings == 0
    asked.answers["GET /v1/services/{id}/slots"] = (200, {"items": []})
    assert lived(asked).bookings == 0
    assert asked.failures == ["/v1/services/{id}/slots: no slot is free"]


@pytest.mark.parametrize(
    ("name", "status"), [("POST /v1/bookings", 500), ("POST Stripe: confirm", 402), ("POST /v1/reports", 0)]
)
def test_after_what_fails_nothing_is_asked_that_makes_no_sense(name: str, status: int) -> None:
    asked = Asked()
    asked.answers[name] = (status, None)
    with pytest.raises(StoryStops):
        lived(asked)
    assert asked.names[-1] == name


def test_what_no_worker_does_is_a_failure() -> None:
    asked = Asked()
    asked.answers["GET /v1/bookings/{id}"] = (200, {**BOOKING, "status": "pending_payment"})
    with pytest.raises(StoryStops):
        lived(asked)
    assert asked.failures == ["wait for Stripe's event: not in 20 s"]
