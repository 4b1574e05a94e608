"""A job that has no price yet: asked for, quoted, haggled over once, booked in one step, done and rated."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import jobs, story
from infra.local.demo.narrator import money
from infra.local.demo.people import RequestRefused

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

_ADDRESS = "12 Ponsonby Road, Auckland 1011, New Zealand"
_STREET = "Ponsonby Road"
_BUDGET = {"amount": 30_000, "currency": "nzd"}
_QUOTE = {"amount": 26_000, "currency": "nzd"}
_COUNTER = {"amount": 24_000, "currency": "nzd"}
_QUESTION = {"text": "Is it taller than four metres? My number is 027 987 6543.", "client_id": "height-1"}


def play(stage: Stage, narrator: Narrator, cast: story.Cast) -> None:
    """Ask for a price, get a quote, answer it once, agree, pay, work and rate.

    Args:
        stage: mails, cards, the clock.
        narrator: says what happens, and checks it.
        cast: the people.
    """
    aroha, tom = cast.customer, cast.provider
    service_id = _publish(narrator, tom)
    request = _ask(stage, narrator, aroha, service_id)
    offer = _quote(stage, narrator, cast, request["id"])
    _compare(narrator, aroha, request["id"])
    booking = _agree(stage, narrator, cast, request["id"], offer["id"])
    narrator.expect("the conversation goes on", booking["conversation_id"], offer["conversation_id"])
    lines = aroha.call("GET", f"/v1/conversations/{booking['conversation_id']}/messages")["items"]
    narrator.expect("the question is still there", lines[0]["text"].startswith("Is it taller"), expected=True)
    _work(stage, narrator, cast, booking["id"])
    story.rate(narrator, cast, booking["id"])


def _publish(narrator: Narrator, provider: Person) -> str:
    offer = {
        "title": "Tall hedges and shelter belts",
        "description": "Whatever needs a ladder: a price for the whole job, clippings included.",
        "category": "hedge-trimming",
        "price_type": "quote",
        "duration_minutes": 120,
        "status": "active",
    }
    service = provider.call("POST", "/v1/services", offer)
    narrator.step(provider.name, f"publishes “{service['title']}”, by quote")
    return str(service["id"])


def _ask(stage: Stage, narrator: Narrator, customer: Person, service_id: str) -> dict[str, Any]:
    """Try to book what has no price; the refusal says what to send instead."""
    soon = stage.now() + timedelta(minutes=10)
    start_at = soon.replace(minute=soon.minute // 5 * 5, second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        customer.call("POST", "/v1/bookings", {"service_id": service_id, "start_at": start_at, "address": _ADDRESS})
    except RequestRefused as refused:
        problem = refused.response.json()
        narrator.expect("the refusal", problem["code"], "quote_required")
        way = problem["job_request"]
    else:
        raise RuntimeError("what has no price was booked")
    body = {**way["body"], "description": "Forty metres of macrocarpa along the drive.", "budget": _BUDGET}
    request: dict[str, Any] = customer.call(way["method"], way["path"], body, Idempotency_Key=f"demo-job-{start_at}")
    narrator.expect("status", request["status"], "open")
    narrator.step(customer.name, f"cannot book it without a price, and asks for one, for at most {money(_BUDGET)}")
    return request


def _quote(stage: Stage, narrator: Narrator, cast: story.Cast, request_id: str) -> dict[str, Any]:
    """The provider is asked in the first wave, asks back, and names a price."""
    tom, aroha = cast.provider, cast.customer
    offer = jobs.wait_for_offer(tom, request_id)
    mail = stage.wait_for_mail(tom.email, "request for you")
    narrator.expect("the street in what Tom is told", _STREET in f"{mail}{offer}", expected=False)
    narrator.step(tom.name, f"is asked, {offer['distance_m']} m away as far as he may know, {_points(offer)}")
    path = f"/v1/conversations/{offer['conversation_id']}/messages"
    question = tom.call("POST", path, _QUESTION)
    narrator.expect("hidden before there is a booking", question["is_masked"], expected=True)
    aroha.call("POST", path, {"text": "Three and a half."})
    narrator.step(tom.name, f"asks “{question['text']}” and is answered")
    quote = {"price": _QUOTE, "start_at": offer["soonest_start_at"], "note": "Clippings mulched."}
    quoted: dict[str, Any] = tom.call("POST", f"/v1/offers/{offer['id']}/accept", quote)
    narrator.expect("the quote", quoted["quote"]["total"], _QUOTE)
    stage.wait_for_mail(aroha.email, "a quote for you")
    narrator.step(tom.name, f"quotes {money(_QUOTE)}; his time is held until {quoted['quote']['valid_until']}")
    return quoted


def _points(offer: dict[str, Any]) -> str:
    score = offer["score"]
    best = max(score["parts"], key=lambda part: part["points"])
    return f"{score['points']} points, most for {best['name']}: {best['reason']}"


def _compare(narrator: Narrator, customer: Person, request_id: str) -> None:
    matches = customer.call("GET", f"/v1/job-requests/{request_id}/matches")["items"]
    for each in matches:
        parts = [
            (part["name"], f"{part['points']} of {part['max']}", part["reason"]) for part in each["score"]["parts"]
        ]
        narrator.table(f"Why {each['provider_name']} was asked", ("for", "points", "why"), parts)
        total = sum(part["points"] for part in each["score"]["parts"])
        narrator.expect("points add up", total, each["score"]["points"])


def _agree(stage: Stage, narrator: Narrator, cast: story.Cast, request_id: str, offer_id: str) -> dict[str, Any]:
    """One counter-offer, one yes: that is the booking, which waits for its payment alone."""
    tom, aroha = cast.provider, cast.customer
    path = f"/v1/job-requests/{request_id}/offers/{offer_id}/counter"
    countered = aroha.call("POST", path, {"price": _COUNTER})
    narrator.expect("the counter-offer", countered["counter"]["price"], _COUNTER)
    stage.wait_for_mail(tom.email, "another price")
    narrator.step(aroha.name, f"would take it for {money(_COUNTER)}")
    taken = tom.call("POST", f"/v1/offers/{offer_id}/accept", {})
    narrator.expect("the offer", taken["status"], "accepted")
    booking = aroha.call("GET", f"/v1/bookings/{taken['booking_id']}")
    narrator.expect("price", booking["price"], _COUNTER)
    narrator.step(tom.name, "agrees: in the same step it is a booking", booking)
    stage.wait_for_mail(aroha.email, "takes your job")
    booking = jobs.pay(stage, aroha, booking["id"])
    narrator.step(aroha.name, "pays; Tom has agreed already, so it is accepted at once", booking)
    story.wait_for_status(aroha, f"/v1/job-requests/{request_id}", "booked")
    return booking


def _work(stage: Stage, narrator: Narrator, cast: story.Cast, booking_id: str) -> None:
    tom, aroha = cast.provider, cast.customer
    seen = aroha.call("GET", f"/v1/bookings/{booking_id}")
    shown = tom.call("GET", f"/v1/bookings/{booking_id}")["place"]
    narrator.expect("the street once it is booked", _STREET in shown["address"], expected=True)
    jobs.go_to_start(stage, seen)
    narrator.step(
        tom.name, "starts with the customer's code", story.act(tom, booking_id, "start", {"code": seen["start_code"]})
    )
    story.act(tom, booking_id, "complete")
    done = story.wait_for_axis(aroha, booking_id, "payment", "captured")
    narrator.expect("captured", done["payment"]["captured"], _COUNTER)
    narrator.step(tom.name, "completes the work, which is captured", done)
