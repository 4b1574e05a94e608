"""A lesson online: found from anywhere, booked without an address, with a link that shows once it is accepted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import story
from infra.local.demo.people import wait_for

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

_STANDING_LINK = "https://meet.example.com/fisher-garden-care"
_OWN_LINK = "https://meet.example.com/aroha-and-tom"


def play(stage: Stage, narrator: Narrator, cast: story.Cast) -> None:
    """Publish, find, book, accept, set another link, meet, complete."""
    aroha, tom = cast.customer, cast.provider
    service_id = _publish(narrator, tom)
    found = wait_for("the lesson in search results", lambda: _find(aroha, service_id))
    narrator.expect("where it can be done", found["place_kinds"], ["online"])
    narrator.step(aroha.name, f"searches “pruning” online: “{found['title']}”, from anywhere")
    start_at = story.first_slot(aroha, service_id, stage.now() + timedelta(minutes=1))
    request = {"service_id": service_id, "start_at": start_at, "place_kind": "online"}
    booking = aroha.call("POST", "/v1/bookings", request, Idempotency_Key=f"demo-online-{start_at}")
    narrator.expect("the link before the acceptance", booking["place"]["online_link"], None)
    narrator.step(aroha.name, "books it without an address", booking)
    booking = story.pay(stage, narrator, aroha, booking)

    story.act(tom, booking["id"], "accept")
    seen = aroha.call("GET", f"/v1/bookings/{booking['id']}")
    narrator.expect("the link once accepted", seen["place"]["online_link"], _STANDING_LINK)
    narrator.step(tom.name, "accepts; now both see the link", seen)
    story.act(tom, booking["id"], "set_online_link", {"online_link": _OWN_LINK})
    mail = stage.wait_for_mail(aroha.email, "the link for")
    narrator.expect("the mail has the new link", _OWN_LINK in mail, expected=True)
    narrator.step(tom.name, "sets a link for this lesson alone; Aroha is mailed it")
    narrator.step(tom.name, "starts online, without a code", story.act(tom, booking["id"], "start"))
    story.act(tom, booking["id"], "complete")
    done = story.wait_for_axis(aroha, booking["id"], "payment", "captured")
    narrator.expect("the link once it is over", done["place"]["online_link"], None)
    narrator.step(tom.name, "completes the lesson, which is captured; the link is gone", done)


def _publish(narrator: Narrator, provider: Person) -> str:
    offer = {
        "title": "Pruning lesson online",
        "description": "Show me your roses on the camera, and I show you where to cut.",
        "category": "gardening",
        "price": {"amount": 4_500, "currency": "nzd"},
        "duration_minutes": 30,
        "status": "active",
        "place_kinds": ["online"],
        "online_link": _STANDING_LINK,
    }
    service = provider.call("POST", "/v1/services", offer)
    narrator.step(provider.name, f"publishes “{service['title']}”, with a link that only its customers will see")
    return str(service["id"])


def _find(customer: Person, service_id: str) -> dict[str, Any] | None:
    items = customer.call("GET", "/v1/search/services?q=pruning&place_kind=online&limit=100")["items"]
    return next((item for item in items if item["id"] == service_id), None)
