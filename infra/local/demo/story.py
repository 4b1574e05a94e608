"""A booking's life from registration to settlement, as three people live it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from infra.local.demo.narrator import Narrator, money
from infra.local.demo.people import Person, token_in, wait_for

if TYPE_CHECKING:
    from infra.local.demo.stage import Stage

_PASSWORD = "a-quiet-river-runs-1984"  # noqa: S105 - accounts of a throw-away marketplace
_NEAR = "lat=-36.8485&lng=174.7633&radius_km=20"
_ADDRESS = "12 Ponsonby Road, Auckland 1011, New Zealand"
_PRICE = {"amount": 12_500, "currency": "nzd"}
_OPTION = {"label": "Feed and mulch", "price": {"amount": 2_000, "currency": "nzd"}, "duration_minutes": 30}
_TOTAL = {"amount": 14_500, "currency": "nzd"}
_EXTRA = {"label": "Take the clippings away", "amount": 3_000}
_WITH_EXTRA = 17_500


@dataclass(frozen=True)
class Cast:
    """The three people of the story."""

    customer: Person
    provider: Person
    moderator: Person


def register(stage: Stage, narrator: Narrator, person: Person) -> None:
    """Register, read the verification mail, follow its link: which signs in."""
    person.call("POST", "/v1/auth/register", {"email": person.email, "password": _PASSWORD})
    mail = stage.wait_for_mail(person.email, "confirm")
    answer = person.call("POST", "/v1/auth/verify-email", {"token": token_in(mail)})
    person.take_tokens(answer)
    narrator.expect("verified", answer["user"]["is_verified"], expected=True)
    narrator.step(person.name, f"registers as {person.email}, follows the mailed link and is signed in")


def onboard_customer(narrator: Narrator, person: Person) -> None:
    """The profile and the seeker's path."""
    profile = {"full_name": "Aroha Ngata", "phone_number": "+64211234567", "address": _ADDRESS}
    person.call("POST", "/v1/onboarding/profile", profile)
    answer = person.call("POST", "/v1/onboarding/path", {"path": "seeker"})
    narrator.expect("onboarding", answer["user"]["onboarding_status"], "basic_complete")
    narrator.step(person.name, "completes a profile as a customer")


def onboard_provider(stage: Stage, narrator: Narrator, cast: Cast) -> None:
    """Details, payouts at Stripe, and a moderator's approval."""
    tom = cast.provider
    person = {"full_name": "Tom Fisher", "phone_number": "+64279876543", "address": _ADDRESS}
    tom.call("POST", "/v1/onboarding/profile", person)
    tom.call("POST", "/v1/onboarding/path", {"path": "provider"})
    tom.call("POST", "/v1/onboarding/provider", {**person, "trading_name": "Fisher Garden Care"})
    link = tom.call("POST", "/v1/onboarding/billing")["onboarding_url"]
    stage.complete_stripe_onboarding(link)
    wait_for("payouts", lambda: tom.call("GET", "/v1/onboarding/billing")["payouts_enabled"] or None)
    narrator.step(tom.name, "applies as a provider and sets up payouts at Stripe")
    waiting = cast.moderator.call("GET", "/v1/admin/providers?status=pending&limit=100")["items"]
    provider_id = next(p["id"] for p in waiting if p["trading_name"] == "Fisher Garden Care")
    cast.moderator.call("POST", f"/v1/admin/providers/{provider_id}/approve")
    stage.wait_for_mail(tom.email, "approved")
    narrator.step(cast.moderator.name, "approves Fisher Garden Care")


def publish_service(narrator: Narrator, provider: Person) -> str:
    """Open round the clock without notice, then offer an hour of hedge trimming; returns the service's id."""
    all_day = [{"start": "00:00", "end": "00:00"}]
    availability = {
        "timezone": "Pacific/Auckland",
        "weekly": [{"weekday": weekday, "ranges": all_day} for weekday in range(7)],
        "slot_step_minutes": 15,
        "minimum_notice_minutes": 0,
        "booking_window_days": 60,
    }
    provider.call("PUT", "/v1/providers/me/availability", availability)
    offer = {
        "title": "Hedge trimming",
        "description": "An hour of careful hedge trimming, clippings taken away.",
        "category": "hedge-trimming",
        "price_type": "fixed",
        "price": _PRICE,
        "duration_minutes": 60,
        "options": [_OPTION],
        "status": "active",
        "cancellation_policy": "moderate",
    }
    service = provider.call("POST", "/v1/services", offer)
    narrator.step(provider.name, f"publishes “{service['title']}” for {money(service['price'])}, open all week")
    return str(service["id"])


def find_slot(narrator: Narrator, customer: Person, service_id: str, after: datetime) -> str:
    """Search near a point and read the slots free with the option; returns the first start after the given instant."""
    found = wait_for("the service in search results", lambda: _find(customer, service_id))
    narrator.step(customer.name, f"searches “hedge” within 20 km: “{found['title']}”, {found['distance_m']} m away")
    slots = _slots(customer, service_id, after, _option(customer, service_id)["id"])
    narrator.expect("free slots are shown", bool(slots), expected=True)
    narrator.step(customer.name, f"reads {len(slots)} free slots and takes the one at {slots[0]['local_start']}")
    return str(slots[0]["start_at"])


def first_slot(customer: Person, service_id: str, after: datetime) -> str:
    """The start of the first free slot after an instant."""
    return str(_slots(customer, service_id, after)[0]["start_at"])


def request_booking(narrator: Narrator, customer: Person, service_id: str, start_at: str) -> dict[str, Any]:
    """Book a slot with the option, without paying yet."""
    option = _option(customer, service_id)
    request = {
        "service_id": service_id,
        "start_at": start_at,
        "address": _ADDRESS,
        "notes": "The long hedge, please.",
        "options": [{"option_id": option["id"]}],
        "expected_price": _TOTAL,
    }
    booking: dict[str, Any] = customer.call("POST", "/v1/bookings", request, Idempotency_Key=f"demo-{start_at}")
    narrator.expect("status", booking["status"], "pending_payment")
    narrator.expect("price", booking["price"], _TOTAL)
    lines = ", ".join(f"{line['label']} {money(line['amount'])}" for line in booking["price_lines"])
    narrator.step(customer.name, f"books it: {lines}", booking)
    return booking


def book(stage: Stage, narrator: Narrator, customer: Person, service_id: str, start_at: str) -> dict[str, Any]:
    """Book and pay with a test card; returns the booking once Stripe's webhook has moved it on."""
    return pay(stage, narrator, customer, request_booking(narrator, customer, service_id, start_at))


def pay(stage: Stage, narrator: Narrator, customer: Person, booking: dict[str, Any]) -> dict[str, Any]:
    """Pay a booking with a test card; returns it once Stripe's webhook has moved it on."""
    stage.pay(booking["payment"]["client_secret"], "pm_card_visa")
    narrator.step(customer.name, "enters a Visa test card at Stripe; the signed webhook is on its way")
    booking = wait_for("the webhook", lambda: _no_longer(customer, booking["id"], "pending_payment"))
    narrator.expect("status", booking["status"], "requested")
    narrator.step("Stripe's webhook", "is verified, queued and applied", booking)
    return booking


def work(stage: Stage, narrator: Narrator, cast: Cast, booking_id: str) -> None:
    """Accept, start with the customer's code, complete; the worker captures."""
    tom, aroha = cast.provider, cast.customer
    stage.wait_for_mail(tom.email, "request")
    narrator.step(tom.name, "gets the mail and accepts", act(tom, booking_id, "accept"))
    stage.wait_for_mail(aroha.email, "accepted")
    code = aroha.call("GET", f"/v1/bookings/{booking_id}")["start_code"]
    narrator.step(tom.name, "starts with the customer's code", act(tom, booking_id, "start", {"code": code}))
    agree_on_extra(narrator, cast, booking_id)
    narrator.step(tom.name, "completes the work", act(tom, booking_id, "complete"))
    done = wait_for_axis(aroha, booking_id, "payment", "captured")
    narrator.expect("captured", done["payment"]["captured"]["amount"], _WITH_EXTRA)
    narrator.expect("payout", done["payout"]["state"], "held")
    narrator.step("Payments worker", "captures the authorized amount at Stripe", done)


def agree_on_extra(narrator: Narrator, cast: Cast, booking_id: str) -> None:
    """More is done than was booked: the provider names its price, the customer agrees, and their card is asked."""
    tom, aroha = cast.provider, cast.customer
    asked = act(tom, booking_id, "propose_extra", _EXTRA)
    shown = f"{_EXTRA['label']}, {money(asked['extra']['amount'])}"
    narrator.step(tom.name, f"proposes an extra: {shown}", asked)
    agreed = act(aroha, booking_id, "accept_extra")
    narrator.expect("price with the extra", agreed["price"]["amount"], _WITH_EXTRA)
    narrator.step(aroha.name, "accepts it, a charge of its own", agreed)

    def reserved() -> dict[str, Any] | None:
        booking: dict[str, Any] = aroha.call("GET", f"/v1/bookings/{booking_id}")
        return booking if booking["payment"]["authorized"]["amount"] == agreed["price"]["amount"] else None

    wait_for("the extra's authorization", reserved)
    narrator.step("Payments worker", "reserves the extra on the same card")


def rate(narrator: Narrator, cast: Cast, booking_id: str) -> None:
    """Both rate; neither sees the other's words before both are in."""
    path = f"/v1/bookings/{booking_id}/ratings"
    cast.customer.call("POST", path, {"stars": 5, "text": "Neat, quick and kind."})
    narrator.expect("ratings the provider sees before rating", len(cast.provider.call("GET", path)["items"]), 0)
    cast.provider.call("POST", path, {"stars": 5, "text": "Clear instructions, a pleasure."})
    narrator.expect("ratings shown after both", len(cast.provider.call("GET", path)["items"]), 2)
    narrator.step("Both", "rate each other five stars; both ratings are published together")


def settle(stage: Stage, narrator: Narrator, cast: Cast, booking_id: str) -> None:
    """Let the dispute window pass: the sweep settles and the worker transfers."""
    stage.advance(timedelta(hours=50))
    narrator.step("The clock", "moves 50 hours on: the dispute window has passed")
    stage.run_schedule("BookingSweepFunction")
    booking = wait_for_axis(cast.customer, booking_id, "payout", "transferred")
    narrator.expect("status", booking["status"], "settled")
    narrator.step("Sweep and worker", "settle it and transfer the provider's share", booking)


def show_books(narrator: Narrator, customer: Person, booking_id: str) -> None:
    """The audit trail and the ledger, which must sum to zero."""
    history = customer.call("GET", f"/v1/bookings/{booking_id}/history?limit=100")["items"]
    trail = [(h["at"], h["action"], h["actor"]["kind"], h["from_status"] or "-", h["to_status"]) for h in history]
    narrator.table(f"History of {booking_id}", ("at", "action", "by", "from", "to"), trail)
    payment = customer.call("GET", f"/v1/bookings/{booking_id}/payment")
    charges = [(each["id"], each["purpose"], each["state"], money(each["captured"])) for each in payment["charges"]]
    narrator.table("Charges", ("id", "purpose", "state", "captured"), charges)
    ledger = payment["ledger"]
    lines = [(line["at"], line["reason"], line["account"], money(line["amount"])) for line in ledger]
    narrator.table("Ledger (debits positive)", ("at", "reason", "account", "amount"), lines)
    narrator.expect("the ledger has lines", bool(ledger), expected=True)
    narrator.expect("sum of the ledger", sum(line["amount"]["amount"] for line in ledger), 0)


def act(person: Person, booking_id: str, action: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Perform an action that must be on offer; returns the booking after it.

    Raises:
        RuntimeError: it is not offered.
    """
    offers = {item["action_name"]: item for item in person.call("GET", f"/v1/bookings/{booking_id}/actions")}
    if action not in offers:
        raise RuntimeError(f"{action} is not offered to {person.name}, only: {', '.join(offers) or 'nothing'}")
    consequences = offers[action]["consequences"]
    agreed = {"accepted_fee": consequences["fee"]["amount"]} if consequences else {}
    path = f"/v1/bookings/{booking_id}/actions/{action}"
    answer: dict[str, Any] = person.call("POST", path, {**agreed, **(body or {})})
    return answer


def wait_for_axis(person: Person, booking_id: str, axis: str, state: str) -> dict[str, Any]:
    """Wait until ``payment`` or ``payout`` of a booking is in a state; returns the booking."""

    def look() -> dict[str, Any] | None:
        booking: dict[str, Any] = person.call("GET", f"/v1/bookings/{booking_id}")
        return booking if booking[axis]["state"] == state else None

    return wait_for(f"{axis} {state}", look)


def wait_for_status(person: Person, path: str, status: str) -> dict[str, Any]:
    """Wait until what is at a path is in a status; returns it."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = person.call("GET", path)
        return found if found["status"] == status else None

    return wait_for(f"{path} to be {status}", look)


def _option(customer: Person, service_id: str) -> dict[str, Any]:
    """The one thing that can be added to the service."""
    option: dict[str, Any] = customer.call("GET", f"/v1/services/{service_id}")["options"][0]
    return option


def _slots(customer: Person, service_id: str, after: datetime, option_id: str = "") -> list[dict[str, Any]]:
    window = f"from={stamp(after)}&to={stamp(after + timedelta(days=1))}&timezone=Pacific/Auckland"
    option = f"&options={option_id}" if option_id else ""
    slots: list[dict[str, Any]] = customer.call("GET", f"/v1/services/{service_id}/slots?{window}{option}")["items"]
    return slots


def _find(customer: Person, service_id: str) -> dict[str, Any] | None:
    items = customer.call("GET", f"/v1/search/services?{_NEAR}&q=hedge&limit=100")["items"]
    return next((item for item in items if item["id"] == service_id), None)


def _no_longer(person: Person, booking_id: str, status: str) -> dict[str, Any] | None:
    booking: dict[str, Any] = person.call("GET", f"/v1/bookings/{booking_id}")
    return booking if booking["status"] != status else None


def stamp(instant: datetime) -> str:
    """An instant as the API writes it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
