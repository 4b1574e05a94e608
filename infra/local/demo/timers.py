"""What happens automatically as time passes: unpaid holds, unanswered requests, saved cards, reminders, completion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import story

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.stage import Stage
    from infra.local.demo.story import Cast

_SWEEP = "BookingSweepFunction"


def play(stage: Stage, narrator: Narrator, cast: Cast, service_id: str) -> None:
    """Three bookings that nobody looks after, and one that time carries to its end."""
    _unpaid(stage, narrator, cast, service_id)
    _unanswered(stage, narrator, cast, service_id)
    _carried_by_time(stage, narrator, cast, service_id)


def _unpaid(stage: Stage, narrator: Narrator, cast: Cast, service_id: str) -> None:
    start_at = story.find_slot(narrator, cast.customer, service_id, stage.now() + timedelta(days=2))
    booking = story.request_booking(narrator, cast.customer, service_id, start_at)
    stage.advance(timedelta(minutes=16))
    booking = _swept(stage, cast, booking["id"], "payment_expired")
    narrator.step("Sweep, 16 min later", "ends the unpaid booking and frees its slot", booking)


def _unanswered(stage: Stage, narrator: Narrator, cast: Cast, service_id: str) -> None:
    start_at = story.find_slot(narrator, cast.customer, service_id, stage.now() + timedelta(days=3))
    booking = story.book(stage, narrator, cast.customer, service_id, start_at)
    deadline = datetime.fromisoformat(booking["accept_by"])
    stage.advance(deadline - stage.now() + timedelta(minutes=1))
    _swept(stage, cast, booking["id"], "expired")
    booking = story.wait_for_axis(cast.customer, booking["id"], "payment", "none")
    narrator.step("Sweep, past the deadline", "lets the request lapse; the worker voids the authorization", booking)


def _carried_by_time(stage: Stage, narrator: Narrator, cast: Cast, service_id: str) -> None:
    start_at = story.find_slot(narrator, cast.customer, service_id, stage.now() + timedelta(days=20))
    booking = story.book(stage, narrator, cast.customer, service_id, start_at)
    narrator.expect("card saved, not charged", booking["payment"]["state"], "card_saved")
    story.act(cast.provider, booking["id"], "accept")
    start = datetime.fromisoformat(booking["start_at"])
    end = datetime.fromisoformat(booking["end_at"])
    stage.advance(start - timedelta(hours=48) - stage.now() + timedelta(minutes=1))
    stage.run_schedule(_SWEEP)
    booking = story.wait_for_axis(cast.customer, booking["id"], "payment", "authorized")
    narrator.step("Sweep, 48 h before", "authorizes the saved card off-session", booking)
    stage.advance(start - timedelta(hours=24) - stage.now() + timedelta(minutes=1))
    stage.run_schedule(_SWEEP)
    stage.wait_for_mail(cast.customer.email, "soon")
    narrator.step("Sweep, 24 h before", "reminds both")
    stage.advance(start - timedelta(minutes=10) - stage.now())
    code = cast.customer.call("GET", f"/v1/bookings/{booking['id']}")["start_code"]
    story.act(cast.provider, booking["id"], "start", {"code": code})
    stage.advance(end + timedelta(hours=24, minutes=1) - stage.now())
    _swept(stage, cast, booking["id"], "completed")
    booking = story.wait_for_axis(cast.customer, booking["id"], "payment", "captured")
    narrator.step("Sweep, 24 h after", "completes what nobody completed; the worker captures", booking)
    stage.advance(end + timedelta(hours=48, minutes=1) - stage.now())
    stage.run_schedule(_SWEEP)
    booking = story.wait_for_axis(cast.customer, booking["id"], "payout", "transferred")
    narrator.step("Sweep, 48 h after", "settles; the worker transfers the provider's share", booking)


def _swept(stage: Stage, cast: Cast, booking_id: str, status: str) -> dict[str, Any]:
    """Sweep, and wait: where Stripe has to be asked first, a worker does it after the sweep."""
    stage.run_schedule(_SWEEP)
    return story.wait_for_status(cast.customer, f"/v1/bookings/{booking_id}", status)
