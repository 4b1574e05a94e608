"""The whole story of one booking, as its customer and its provider live it through the API."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from infra.bench.environments import BenchmarkError, http_event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from infra.bench.crowd.people import Pair

_OK, _CREATED = 200, 201
#: A slot that begins so soon could be over before it is booked.
_NOTICE = timedelta(minutes=1)
_MOST_LOOKS = 20


class Side(Protocol):
    """What the story is played on."""

    async def call(self, area: str, event: dict[str, Any], status: int) -> Any:
        """Send a request to a function; returns the answer's body."""
        ...

    async def pay(self, client_secret: str) -> None:
        """Pay at Stripe with a test card, as a browser does."""
        ...

    async def news(self, booking_id: str) -> None:
        """Wait until a worker has done something for a booking that was not waited for yet."""
        ...


@dataclass(frozen=True)
class _Person:
    side: Side
    address: str
    token: str | None = None

    async def call(self, area: str, method: str, path: str, body: Any = None, status: int = _OK) -> Any:
        headers = {"idempotency-key": uuid.uuid4().hex} if method == "POST" else {}
        event = http_event(method, path, token=self.token, body=body, headers=headers)
        event["requestContext"]["http"]["sourceIp"] = self.address
        return await self.side.call(area, event, status)


async def play(side: Side, pair: Pair, step: Callable[[str, str], Awaitable[None]] | None = None) -> str:
    """Play it to the captured payment; returns the booking's id.

    Args:
        side: Who answers.
        pair: Who books and who works.
        step: Called after each step with its name and the booking's id.

    Raises:
        BenchmarkError: Something was refused, failed, or came out otherwise.
    """
    low, high = pair.number & 255, pair.number >> 8 & 255
    guest = _Person(side, f"10.1.{high}.{low}")
    tokens = await guest.call("auth", "POST", "/v1/auth/refresh", {"refresh_token": pair.customer_token})
    customer = _Person(side, guest.address, tokens["access_token"])
    provider = _Person(side, f"10.2.{high}.{low}", pair.provider_token)

    async def after(name: str) -> None:
        if step is not None:
            await step(name, booking_id)

    start_at = await _find_slot(guest, pair)
    request = {"service_id": pair.service_id, "start_at": start_at, "address": "2 Queen Street, Auckland", "notes": ""}
    booking = await customer.call("bookings", "POST", "/v1/bookings", request, _CREATED)
    booking_id = str(booking["id"])
    path = f"/v1/bookings/{booking_id}"
    await after("create")
    await side.pay(booking["payment"]["client_secret"])
    await _until(customer, booking_id, lambda seen: seen["status"] == "requested")
    await after("paid")

    await provider.call("notifications", "GET", "/v1/notifications")
    await provider.call("bookings", "GET", "/v1/bookings?role=provider")
    await provider.call("bookings", "POST", f"{path}/actions/accept", {})
    await after("accept")
    code = (await customer.call("bookings", "GET", path))["start_code"]
    await provider.call("bookings", "POST", f"{path}/actions/start", {"code": code})
    await after("start")
    await provider.call("bookings", "POST", f"{path}/actions/complete", {})
    await after("complete")
    await _until(customer, booking_id, lambda seen: seen["payment"]["state"] == "captured")
    await after("captured")

    await customer.call("bookings", "GET", "/v1/bookings")
    await customer.call("payments", "GET", f"{path}/payment")
    await customer.call("notifications", "GET", "/v1/notifications")
    return booking_id


async def _find_slot(guest: _Person, pair: Pair) -> str:
    near = f"lat={pair.lat:.4f}&lng={pair.lng:.4f}&radius_km=10&category=hedge-trimming"
    await guest.call("search", "GET", f"/v1/search/services?{near}")
    await guest.call("providers", "GET", f"/v1/services/{pair.service_id}")
    begin = datetime.now(UTC).replace(microsecond=0) + _NOTICE
    window = f"from={_stamp(begin)}&to={_stamp(begin + timedelta(days=1))}&timezone=Pacific/Auckland"
    slots = await guest.call("providers", "GET", f"/v1/services/{pair.service_id}/slots?{window}")
    return str(slots["items"][0]["start_at"])


async def _until(person: _Person, booking_id: str, is_so: Callable[[dict[str, Any]], bool]) -> None:
    """Look at the booking each time that a worker has done something for it, until it is as it should be."""
    for _ in range(_MOST_LOOKS):
        await person.side.news(booking_id)
        if is_so(await person.call("bookings", "GET", f"/v1/bookings/{booking_id}")):
            return
    raise BenchmarkError(f"{booking_id} did not move on")


def read(answer: dict[str, Any]) -> Any:
    """The body of an answer."""
    return json.loads(answer["body"]) if answer.get("body") else None


def _stamp(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
