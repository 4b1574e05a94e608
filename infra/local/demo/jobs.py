"""What the chapters about job requests share: the offer that comes, its payment, and the time until the work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import story
from infra.local.demo.people import wait_for

if TYPE_CHECKING:
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

#: So long before the start the work can begin already.
_EARLY = timedelta(minutes=20)


def wait_for_offer(provider: Person, request_id: str) -> dict[str, Any]:
    """Wait until a provider is asked about a request; returns the offer."""

    def look() -> dict[str, Any] | None:
        offers: list[dict[str, Any]] = provider.call("GET", "/v1/offers?limit=100")["items"]
        return next((each for each in offers if each["request_id"] == request_id), None)

    return wait_for("the first wave", look)


def pay(stage: Stage, customer: Person, booking_id: str) -> dict[str, Any]:
    """Pay a booking to which its provider has agreed; returns it once it is accepted."""

    def opened() -> str | None:
        action = customer.call("POST", f"/v1/bookings/{booking_id}/payment/confirm")["action"]
        return action["client_secret"] if action else None

    stage.pay(wait_for("the payment to be opened", opened), "pm_card_visa")
    return story.wait_for_status(customer, f"/v1/bookings/{booking_id}", "accepted")


def go_to_start(stage: Stage, booking: dict[str, Any]) -> None:
    """Move the clock to where the work of a booking can begin, unless it can already."""
    wait = datetime.fromisoformat(booking["start_at"]) - _EARLY - stage.now()
    if wait > timedelta(0):
        stage.advance(wait)
