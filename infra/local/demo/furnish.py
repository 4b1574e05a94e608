"""What the people one can sign in as have done before: bookings in different states, a talk, a request, a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo import photo
from infra.local.demo.people import wait_for
from infra.local.demo.stage import Stage
from infra.local.demo.story import act, wait_for_axis

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.demo.people import Person
    from infra.local.handle import RunningCloud

_ADDRESS = "1 Queen Street, Auckland"
_CARD = "pm_card_visa"
#: What the jobs below are of.
_KIND = "handyman"
_ALL_DAY = [{"start": "00:00", "end": "00:00"}]


@dataclass(frozen=True)
class _Parties:
    """Who books what of whom, and where."""

    stage: Stage
    customer: Person
    provider: Person
    service_id: str

    def requested(self, after: datetime, notes: str) -> str:
        """Book and pay the first free slot after an instant; returns the booking's id once Stripe's word is in."""
        window = f"from={_stamp(after)}&to={_stamp(after + timedelta(days=2))}"
        slots = self.customer.call("GET", f"/v1/services/{self.service_id}/slots?{window}")["items"]
        start_at = next(slot["start_at"] for slot in slots if slot["start_at"] >= _stamp(after))
        body = {"service_id": self.service_id, "start_at": start_at, "address": _ADDRESS, "notes": notes}
        booking = self.customer.call("POST", "/v1/bookings", body, Idempotency_Key=f"furnish-{start_at}")
        self.stage.pay(booking["payment"]["client_secret"], _CARD)
        wait_for("Stripe's word", lambda: self._status(booking["id"]) == "requested" or None)
        return str(booking["id"])

    def accepted(self, after: datetime, notes: str) -> str:
        """The same, accepted."""
        booking_id = self.requested(after, notes)
        act(self.provider, booking_id, "accept")
        return booking_id

    def _status(self, booking_id: str) -> str:
        return str(self.customer.call("GET", f"/v1/bookings/{booking_id}")["status"])


def is_bare(cloud: RunningCloud) -> bool:
    """Tell whether the seeded customer has no bookings yet.

    Args:
        cloud: A running cloud with seeded people.
    """
    with Stage(cloud) as stage:
        return not stage.seeded_person("customer").call("GET", "/v1/bookings?limit=1")["items"]


def furnish(cloud: RunningCloud) -> dict[str, str]:
    """Make the seeded customer and provider six bookings in different states, and what else goes on beside them.

    That is a rating, a question with its answer, a job that asks for offers, and a report; figures are counted then.

    The provider's week is opened for the time of it, so that one booking can begin now, at any hour. The dashboard has
    figures then, without waiting for the schedule's next turn.

    Args:
        cloud: A running cloud with seeded people.

    Returns:
        Ids of the bookings by what became of them.
    """
    with Stage(cloud) as stage:
        customer, provider = stage.seeded_person("customer"), stage.seeded_person("provider")
        for person in (customer, provider):
            _accept_terms(person)
        week = provider.call("GET", "/v1/providers/me/availability")
        opened = {
            "timezone": week["timezone"],
            "weekly": [{"weekday": day, "ranges": _ALL_DAY} for day in range(7)],
            "slot_step_minutes": 5,
            "minimum_notice_minutes": 0,
            "booking_window_days": 60,
        }
        provider.call("PUT", "/v1/providers/me/availability", opened)
        try:
            made = _book(stage, customer, provider)
        finally:
            provider.call("PUT", "/v1/providers/me/availability", {key: week[key] for key in _written(week)})
        _liven(stage, customer, provider, made["requested"])
        stage.run_schedule("MetricsFunction")
        return made


def _book(stage: Stage, customer: Person, provider: Person) -> dict[str, str]:
    """Make the bookings."""
    own = provider.call("GET", "/v1/providers/me/services?limit=100")["items"]
    fixed = [each for each in own if each["status"] == "active" and each["price_type"] == "fixed"]
    service = next((each for each in fixed if each["category"] == _KIND), fixed[0])
    parties, now = _Parties(stage, customer, provider, service["id"]), stage.now()
    made = {
        "requested": parties.requested(now + timedelta(days=3), "Three picture hooks and a wobbly table."),
        "accepted": parties.accepted(now + timedelta(days=2), "The hallway lamp, please. Dog is friendly."),
        "accepted later": parties.accepted(now + timedelta(days=12), "Shelves in the garage."),
        "declined": parties.requested(now + timedelta(days=4), "Can you move a piano?"),
        "cancelled": parties.requested(now + timedelta(days=5), "The bathroom door sticks."),
        "completed": parties.accepted(now + timedelta(minutes=5), "Kitchen tap handle is loose."),
    }
    act(provider, made["declined"], "decline", {"reason": "I am sorry, a piano needs more hands than I have."})
    cancel(customer, made["cancelled"])
    code = customer.call("GET", f"/v1/bookings/{made['completed']}")["start_code"]
    act(provider, made["completed"], "start", {"code": code})
    act(provider, made["completed"], "complete")
    wait_for_axis(customer, made["completed"], "payment", "captured")
    rating = {"stars": 5, "text": "Quick, tidy and cheerful."}
    customer.call("POST", f"/v1/bookings/{made['completed']}/ratings", rating)
    return made


def _accept_terms(person: Person) -> None:
    """Accept the terms in force, where there are any, so that nobody is asked on the first page."""
    version = person.call("GET", "/v1/terms")["version"]
    if version:
        person.call("POST", "/v1/users/me/terms", {"version": version})


def _liven(stage: Stage, customer: Person, provider: Person, booking_id: str) -> None:
    """Let both write to each other, the customer ask for offers, and the provider report what is broken."""
    booking = customer.call("GET", f"/v1/bookings/{booking_id}")
    messages = f"/v1/conversations/{booking['conversation_id']}/messages"
    provider.call("POST", messages, {"text": "Is there a step ladder in the house, or shall I bring mine?"})
    customer.call("POST", messages, {"text": "A small one. Please bring yours, the ceiling is high."})
    provider.call("POST", messages, {"text": "Will do. I have the hooks, too."})
    start = stage.now() + timedelta(days=6)
    request = {
        "category": booking["service"]["category"],
        "title": "Hang a gate and oil the deck",
        "description": "The gate is there, its posts stand. The deck is about twelve square metres.",
        "address": _ADDRESS,
        "window": {"start_at": _stamp(start), "end_at": _stamp(start + timedelta(days=3))},
        "timezone": booking["timezone"],
        "budget": {"amount": 45_000, "currency": booking["price"]["currency"]},
        "mode": "compare",
    }
    customer.call("POST", "/v1/job-requests", request)
    report = {
        "title": "Hedge grows over the footpath",
        "description": "Prams have to go on the road.",
        "category": "tree",
        "location": {"lat": -36.8471, "lng": 174.7612},
        "media_ids": [photo.upload(provider, photo.hedge(), "report")["id"]],
    }
    provider.call("POST", "/v1/reports", report)


def cancel(person: Person, booking_id: str) -> dict[str, Any]:
    """Cancel a booking at what it costs as it is shown now.

    Args:
        person: One of its parties.
        booking_id: The booking.

    Returns:
        The booking after it.
    """
    version = person.call("GET", f"/v1/bookings/{booking_id}")["version"]
    path = f"/v1/bookings/{booking_id}/actions/cancel"
    body = {"reason": "Plans changed"}
    answer: dict[str, Any] = person.call("POST", path, body, If_Match=f'"{version}"')
    return answer


def _written(week: dict[str, Any]) -> list[str]:
    """Name the fields of an availability that may be sent back."""
    return [name for name in week if name not in {"version", "updated_at"}]


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
