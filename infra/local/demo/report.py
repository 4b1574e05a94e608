"""A report from the photograph to the mended thing: judged, seen by others, taken on by a provider, paid, resolved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import jobs, photo, story

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

_PLACE = {"lat": -36.8545, "lng": 174.7492}
_ADDRESS = "The footpath outside 12 Ponsonby Road, Auckland 1011, New Zealand"
_BUDGET = {"amount": 20_000, "currency": "nzd"}
_TRIM = "hedge-trimming"


def play(stage: Stage, narrator: Narrator, cast: story.Cast) -> None:
    """Report, verify, upvote, ask for a provider, accept, pay, work, resolve.

    Args:
        stage: the local cloud.
        narrator: says what happens.
        cast: the people; the customer reports and pays.
    """
    aroha, tom = cast.customer, cast.provider
    report = _reported(narrator, aroha)
    path = f"/v1/reports/{report['id']}"
    tom.call("PUT", f"{path}/upvote")
    narrator.expect("upvotes", tom.call("GET", path)["upvote_count"], 1)
    narrator.step(tom.name, "sees it, and has the same trouble: one upvote")

    offer = _offered(stage, narrator, aroha, tom, path)
    taken = tom.call("POST", f"/v1/offers/{offer['id']}/accept", {})
    booking = aroha.call("GET", f"/v1/bookings/{taken['booking_id']}")
    narrator.step(tom.name, "accepts it, which makes a booking", booking)
    booking = jobs.pay(stage, aroha, booking["id"])
    narrator.step(aroha.name, "pays; Tom has said yes already, so it is accepted", booking)
    _mended(stage, narrator, cast, booking, path)


def _reported(narrator: Narrator, aroha: Person) -> dict[str, Any]:
    media = photo.upload(aroha, photo.hedge(), "report")
    body = {
        "title": "Overgrown hedge blocks the footpath",
        "description": "Branches hang over the whole path, prams have to go on the road.",
        "category": "tree",
        "location": _PLACE,
        "address": _ADDRESS,
        "media_ids": [media["id"]],
    }
    report: dict[str, Any] = aroha.call("POST", "/v1/reports", body)
    narrator.expect("status", report["status"], "pending_verification")
    narrator.step(aroha.name, f"reports “{report['title']}” with a photo; nobody else sees it yet")
    path = f"/v1/reports/{report['id']}"
    report = story.wait_for_status(aroha, path, "verified")
    narrator.step("The verifier", f"has judged it: {report['status']}, severity {report['severity']} of 5")
    return report


def _offered(stage: Stage, narrator: Narrator, aroha: Person, tom: Person, path: str) -> dict[str, Any]:
    """Ask for a provider who mends it; returns the offer that Tom gets."""
    start = stage.now() + timedelta(minutes=1)
    window = {"start_at": story.stamp(start), "end_at": story.stamp(start + timedelta(days=2))}
    body = {"category": _TRIM, "window": window, "budget": _BUDGET, "timezone": "Pacific/Auckland"}
    request = aroha.call("POST", f"{path}/job-request", body)
    narrator.step(aroha.name, f"turns it into a job request for {_TRIM}, and will pay for it herself")
    offer = jobs.wait_for_offer(tom, request["id"])
    narrator.step(tom.name, "is asked with the first wave")
    return offer


def _mended(stage: Stage, narrator: Narrator, cast: story.Cast, booking: dict[str, Any], path: str) -> None:
    aroha, tom = cast.customer, cast.provider
    jobs.go_to_start(stage, booking)
    code = aroha.call("GET", f"/v1/bookings/{booking['id']}")["start_code"]
    story.act(tom, booking["id"], "start", {"code": code})
    story.wait_for_status(aroha, path, "in_progress")
    narrator.step(tom.name, "starts the work: the report is in progress")
    story.act(tom, booking["id"], "complete")
    report = story.wait_for_status(aroha, path, "resolved")
    narrator.expect("who mended it", report["closing"]["responsible"], "Fisher Garden Care")
    timeline = aroha.call("GET", f"{path}/timeline?limit=100")["items"]
    rows = [(each["at"], each["action"], each["from_status"] or "-", each["to_status"]) for each in timeline]
    narrator.table("From photo to mended", ("at", "action", "from", "to"), rows)
    narrator.step(tom.name, "completes it: the report is resolved, and its followers are told")
