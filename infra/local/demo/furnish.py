"""What the people one can sign in as have done before: bookings in different states, a talk, a request, a report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from infra.local.demo import photo
from infra.local.demo.people import wait_for
from infra.local.demo.stage import Stage
from infra.local.demo.story import act, stamp, wait_for_axis
from infra.local.seed.accounts import EVERY_DAY

if TYPE_CHECKING:
    from datetime import datetime

    from infra.local.demo.people import Person
    from infra.local.handle import RunningCloud

_ADDRESS = "1 Queen Street, Auckland"
_CARD = "pm_card_visa"
#: What the jobs below are of.
_KIND = "handyman"
_ALL_WEEK = [{"weekday": day, "ranges": [{"start": "00:00", "end": "00:00"}]} for day in range(7)]


#: What ended without anybody's doing is made anew.
_LAPSED = {"payment_expired", "expired", "no_show"}
_AHEAD = {"pending_payment", "requested", "accepted"}


@dataclass(frozen=True)
class _Parties:
    """Who books what of whom, and where; what an interrupted furnishing has made is gone on with."""

    stage: Stage
    customer: Person
    provider: Person
    service_id: str

    def requested(self, after: datetime, notes: str) -> str:
        """Book and pay the first free slot after an instant; returns the booking's id once Stripe's word is in.

        A booking is known by its notes.
        """
        booking_id = self._find(notes) or self._book(after, notes)
        if self.status(booking_id) == "pending_payment":
            asked = self.customer.call("POST", f"/v1/bookings/{booking_id}/payment/confirm")["action"]
            if asked is not None and asked["client_secret"]:
                self.stage.pay(asked["client_secret"], _CARD)
            wait_for("Stripe's word", lambda: self.status(booking_id) != "pending_payment" or None)
        return booking_id

    def accepted(self, after: datetime, notes: str) -> str:
        """The same, accepted."""
        booking_id = self.requested(after, notes)
        self.act_in("requested", booking_id, "accept")
        return booking_id

    def act_in(self, status: str, booking_id: str, action: str, body: dict[str, Any] | None = None) -> None:
        """Let the provider act, unless that is done: the booking is in another status then."""
        if self.status(booking_id) == status:
            act(self.provider, booking_id, action, body)

    def status(self, booking_id: str) -> str:
        """Where a booking stands."""
        return str(self.customer.call("GET", f"/v1/bookings/{booking_id}")["status"])

    def _find(self, notes: str) -> str | None:
        """The booking that was made already, unless it has lapsed or was left to its start meanwhile."""
        for each in self.customer.call("GET", "/v1/bookings?limit=100")["items"]:
            is_left = each["status"] in _AHEAD and each["end_at"] <= stamp(self.stage.now())
            if each["notes"] == notes and each["status"] not in _LAPSED and not is_left:
                return str(each["id"])
        return None

    def _book(self, after: datetime, notes: str) -> str:
        window = f"from={stamp(after)}&to={stamp(after + timedelta(days=2))}"
        slots = self.customer.call("GET", f"/v1/services/{self.service_id}/slots?{window}")["items"]
        start_at = next(slot["start_at"] for slot in slots if slot["start_at"] >= stamp(after))
        body = {"service_id": self.service_id, "start_at": start_at, "address": _ADDRESS, "notes": notes}
        booking = self.customer.call("POST", "/v1/bookings", body, Idempotency_Key=f"furnish-{start_at}")
        return str(booking["id"])


def furnish(cloud: RunningCloud) -> dict[str, str]:
    """Make the seeded customer and provider six bookings in different states, and what else goes on beside them.

    That is a rating, a question with its answer, a job that asks for offers, and a report; figures are counted then.
    What there is already is left as it is, so that one that was interrupted is finished by the next.

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
        week = _week_of(provider)
        opened = {
            "timezone": week["timezone"],
            "weekly": _ALL_WEEK,
            "slot_step_minutes": 5,
            "minimum_notice_minutes": 0,
            "booking_window_days": 60,
        }
        provider.call("PUT", "/v1/providers/me/availability", opened)
        try:
            made = _book(stage, customer, provider)
        finally:
            provider.call("PUT", "/v1/providers/me/availability", week)
        _liven(stage, customer, provider, made["requested"])
        stage.run_schedule("MetricsFunction")
        return made


def _week_of(provider: Person) -> dict[str, Any]:
    """The provider's week; what one that was interrupted has left open is the seeded one again."""
    week: dict[str, Any] = provider.call("GET", "/v1/providers/me/availability")
    if week["weekly"] == _ALL_WEEK:
        return EVERY_DAY.model_dump(mode="json")
    return {name: week[name] for name in week if name not in {"version", "updated_at"}}


def _book(stage: Stage, customer: Person, provider: Person) -> dict[str, str]:
    """Make the bookings."""
    own = provider.call("GET", "/v1/providers/me/services?limit=100")["items"]
    fixed = [each for each in own if each["status"] == "active" and each["price_type"] == "fixed"]
    service = next((each for each in fixed if each["category"] == _KIND), fixed[0])
    parties, now = _Parties(stage, customer, provider, service["id"]), stage.now()
    made = {
        "requested": parties.requested(_later(now, 3, 10), "Three picture hooks and a wobbly table."),
        "accepted": parties.accepted(_later(now, 2, 14), "The hallway lamp, please. Dog is friendly."),
        "accepted later": parties.accepted(_later(now, 12, 9), "Shelves in the garage."),
        "declined": parties.requested(_later(now, 4, 16), "Can you move a piano?"),
        "cancelled": parties.requested(_later(now, 5, 11), "The bathroom door sticks."),
        "completed": parties.accepted(now + timedelta(minutes=5), "Kitchen tap handle is loose."),
    }
    sorry = "I am sorry, a piano needs more hands than I have."
    parties.act_in("requested", made["declined"], "decline", {"reason": sorry})
    if parties.status(made["cancelled"]) == "requested":
        cancel(customer, made["cancelled"])
    done = made["completed"]
    code = customer.call("GET", f"/v1/bookings/{done}")["start_code"]
    parties.act_in("accepted", done, "start", {"code": code})
    parties.act_in("in_progress", done, "complete")
    wait_for_axis(customer, done, "payment", "captured")
    if not customer.call("GET", f"/v1/bookings/{done}/ratings")["items"]:
        rating = {"stars": 5, "text": "Quick, tidy and cheerful. The tap has not dripped since."}
        customer.call("POST", f"/v1/bookings/{done}/ratings", rating)
    return made


def _later(now: datetime, days: int, hour: int) -> datetime:
    """An hour of the provider's day, when one would let somebody come."""
    local = now.astimezone(ZoneInfo(EVERY_DAY.timezone)) + timedelta(days=days)
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)


def _accept_terms(person: Person) -> None:
    """Accept the terms in force, where there are any, so that nobody is asked on the first page."""
    version = person.call("GET", "/v1/terms")["version"]
    if version:
        person.call("POST", "/v1/users/me/terms", {"version": version})


def _liven(stage: Stage, customer: Person, provider: Person, booking_id: str) -> None:
    """Let both write to each other, the customer ask for offers, and the provider report what is broken."""
    booking = customer.call("GET", f"/v1/bookings/{booking_id}")
    messages = f"/v1/conversations/{booking['conversation_id']}/messages"
    for number, (person, text) in enumerate(
        (
            (provider, "Kia ora Aroha, is there a step ladder in the house, or shall I bring mine?"),
            (customer, "A small one. Please bring yours, the ceiling is high."),
            (provider, "Will do. I have the hooks, too. How heavy are the pictures?"),
            (customer, "Two are light. The third is a mirror, about eight kilos."),
            (provider, "Then I bring plugs for plasterboard as well. See you then!"),
        )
    ):
        person.call("POST", messages, {"text": text, "client_id": f"furnish-{number}"})
    if not customer.call("GET", "/v1/job-requests?limit=1")["items"]:
        _ask_for_offers(stage, customer, booking)
    if not provider.call("GET", "/v1/reports/mine?limit=1")["items"]:
        _report(provider)


def _ask_for_offers(stage: Stage, customer: Person, booking: dict[str, Any]) -> None:
    """Ask for offers of what the booking is of, in its currency."""
    request = {
        "category": booking["service"]["category"],
        "title": "Hang a gate and oil the deck",
        "description": "The gate is there, its posts stand. The deck is about twelve square metres.",
        "address": _ADDRESS,
        "window": {"start_at": stamp(_later(stage.now(), 6, 8)), "end_at": stamp(_later(stage.now(), 9, 18))},
        "timezone": booking["timezone"],
        "budget": {"amount": 45_000, "currency": booking["price"]["currency"]},
        "mode": "compare",
    }
    customer.call("POST", "/v1/job-requests", request)


def _report(provider: Person) -> None:
    report = {
        "title": "Hedge grows over the footpath",
        "description": "It takes up most of the path beside the playground, and prams have to go on the road.",
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
