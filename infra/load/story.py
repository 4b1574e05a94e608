"""What a customer and their provider do, over and over: look, book, pay, write, work, report. It needs no package."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.load.plan import Account, Couple, Plan

_OK, _CREATED, _TAKEN = 200, 201, 409
_PLACE = {"lat": -36.8485, "lng": 174.7633}
_NEAR = f"lat={_PLACE['lat']}&lng={_PLACE['lng']}&radius_km=20"
_WORDS = ("hedge", "cleaning", "garden", "handyman", "lamp")
_ADDRESS = "12 Ponsonby Road, Auckland 1011, New Zealand"
_CARD = "pm_card_visa"
#: Work can begin so long before its time.
_EARLY = timedelta(minutes=30)
_LOOKS, _LOOK_SECONDS = 40, 0.5


class StoryStops(Exception):
    """A request failed, so that what comes after it makes no sense."""


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: Its status; 0 without an answer.
        body: What was in it, where that was JSON.
    """

    status: int
    body: Any = None


@dataclass(frozen=True)
class Request:
    """What is asked.

    Attributes:
        name: What it is counted as; its first word is the method.
        url: Where.
        headers: With it.
        json: What is sent as JSON.
        form: What is sent as a form.
        fine: Statuses that are no failure though they are no success.
    """

    name: str
    url: str
    headers: dict[str, str]
    json: Any = None
    form: Any = None
    fine: tuple[int, ...] = ()

    @property
    def method(self) -> str:
        """How."""
        return self.name.partition(" ")[0]


class Asker(Protocol):
    """Who sends requests, and counts them by name."""

    def ask(self, request: Request) -> Answer:
        """Send one."""
        ...

    def fail(self, name: str, why: str) -> None:
        """Count something that did not come."""
        ...

    def wait(self, seconds: float) -> None:
        """Do nothing for a while."""
        ...


class Story:
    """One couple's.

    Args:
        asker: Sends their requests.
        plan: What is done.
        couple: Who they are.
        now: Tells the time.
    """

    def __init__(
        self, asker: Asker, plan: Plan, couple: Couple, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.bookings = self.completed = 0
        self._asker, self._plan, self._couple, self._now = asker, plan, couple, now
        self._customer = self._provider = ""
        self._rounds = 0

    def begin(self) -> None:
        """Both sign in.

        Raises:
            StoryStops: One could not.
        """
        self._customer = self._sign_in(self._couple.customer)
        self._provider = self._sign_in(self._couple.provider) if self._couple.provider else ""

    def round(self) -> None:
        """From a search to work that is done.

        Raises:
            StoryStops: A request failed.
        """
        if not self._rounds and self._couple.photo_id:
            self._report()
        self._rounds += 1
        self._browse()
        booking = self._book()
        if booking is None:
            return
        if self._plan.stripe_url:
            booking = self._pay(booking)
            if self._provider:
                self._answer(booking)
        self.bookings += 1
        if self._plan.stripe_url and self._provider and self._plan.leaves and self._is_soon(booking):
            self._work(booking)
        if not self._plan.leaves:
            self._cancel(booking)
        self._get("/v1/bookings?limit=20", "/v1/bookings", self._customer)
        self._get("/v1/notifications", "/v1/notifications", self._customer)

    def _sign_in(self, account: Account) -> str:
        body = {"email": account.email, "password": account.password}
        return str(self._post("/v1/auth/login", "/v1/auth/login", "", body)["access_token"])

    def _browse(self) -> None:
        word = _WORDS[self._rounds % len(_WORDS)]
        self._get(f"/v1/search/services?{_NEAR}&q={word}", "/v1/search/services", "")
        self._get(f"/v1/search/services?{_NEAR}&limit=20", "/v1/search/services", "")
        self._get(f"/v1/services/{self._couple.service_id}", "/v1/services/{id}", "")

    def _book(self) -> dict[str, Any] | None:
        begin = self._now() + timedelta(days=self._plan.ahead_days, minutes=1)
        window = f"from={_stamp(begin)}&to={_stamp(begin + timedelta(days=3))}"
        path = f"/v1/services/{self._couple.service_id}/slots?{window}"
        slots = self._get(path, "/v1/services/{id}/slots", "")["items"]
        if not slots:
            self._asker.fail("/v1/services/{id}/slots", "no slot is free")
            return None
        # Of a service that several book, each asks for another slot.
        chosen = slots[0] if self._couple.provider else slots[hash(self._couple.customer.email) % len(slots)]
        body = {"service_id": self._couple.service_id, "start_at": chosen["start_at"], "address": _ADDRESS, "notes": ""}
        answer = self._send("POST", "/v1/bookings", "/v1/bookings", self._customer, body, fine=(_TAKEN,))
        return answer.body if answer.status == _CREATED else None

    def _pay(self, booking: dict[str, Any]) -> dict[str, Any]:
        secret = booking["payment"]["client_secret"]
        intent = secret.split("_secret_", maxsplit=1)[0]
        url = f"{self._plan.stripe_url}/v1/payment_intents/{intent}/confirm"
        key = {"Authorization": f"Bearer {self._plan.stripe_key}"}
        form = {"client_secret": secret, "payment_method": _CARD}
        answer = self._asker.ask(Request("POST Stripe: confirm", url, key, form=form))
        if answer.status != _OK:
            raise StoryStops("Stripe refused the card")
        return self._until(booking, "Stripe's event", lambda seen: seen["status"] != "pending_payment")

    def _answer(self, booking: dict[str, Any]) -> None:
        """The provider finds the booking and accepts it; both write."""
        self._get("/v1/bookings?role=provider&limit=20", "/v1/bookings", self._provider)
        self._post(
            f"/v1/bookings/{booking['id']}/actions/accept", "/v1/bookings/{id}/actions/accept", self._provider, {}
        )
        path, name = f"/v1/conversations/{booking['conversation_id']}", "/v1/conversations/{id}"
        said = {"text": "See you then. The gate is open.", "client_id": uuid.uuid4().hex}
        self._post(f"{path}/messages", f"{name}/messages", self._customer, said)
        read = self._get(f"{path}/messages", f"{name}/messages", self._provider)["items"]
        self._post(f"{path}/read", f"{name}/read", self._provider, {"seq": max(each["seq"] for each in read)})

    def _work(self, booking: dict[str, Any]) -> None:
        path, name = f"/v1/bookings/{booking['id']}", "/v1/bookings/{id}"
        code = self._get(path, name, self._customer)["start_code"]
        self._post(f"{path}/actions/start", f"{name}/actions/start", self._provider, {"code": code})
        self._post(f"{path}/actions/complete", f"{name}/actions/complete", self._provider, {})
        self._until(booking, "the capture", lambda seen: seen["payment"]["state"] == "captured")
        self.completed += 1

    def _cancel(self, booking: dict[str, Any]) -> None:
        body = {"reason": "a test", "accepted_fee": 0}
        path = f"/v1/bookings/{booking['id']}/actions/cancel"
        self._post(path, "/v1/bookings/{id}/actions/cancel", self._customer, body)

    def _report(self) -> None:
        body = {
            "title": "Overgrown hedge blocks the footpath",
            "description": "Branches hang over the whole path, prams have to go on the road.",
            "category": "tree",
            "location": _PLACE,
            "media_ids": [self._couple.photo_id],
        }
        made = self._post("/v1/reports", "/v1/reports", self._customer, body)
        self._get(f"/v1/reports/{made['id']}", "/v1/reports/{id}", self._customer)

    def _is_soon(self, booking: dict[str, Any]) -> bool:
        return datetime.fromisoformat(booking["start_at"]) - self._now() < _EARLY

    def _until(self, booking: dict[str, Any], what: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at the booking until a worker has done its part."""
        for _ in range(_LOOKS):
            seen: dict[str, Any] = self._get(f"/v1/bookings/{booking['id']}", "/v1/bookings/{id}", self._customer)
            if is_so(seen):
                return seen
            self._asker.wait(_LOOK_SECONDS)
        self._asker.fail(f"wait for {what}", f"not in {_LOOKS * _LOOK_SECONDS:.0f} s")
        raise StoryStops(what)

    def _get(self, path: str, name: str, token: str) -> Any:
        return self._send("GET", path, name, token).body

    def _post(self, path: str, name: str, token: str, body: dict[str, Any]) -> Any:
        return self._send("POST", path, name, token, body).body

    def _send(
        self, method: str, path: str, name: str, token: str, body: Any = None, fine: tuple[int, ...] = ()
    ) -> Answer:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        request = Request(f"{method} {name}", f"{self._plan.url}{path}", headers, json=body, fine=fine)
        answer = self._asker.ask(request)
        if not (_OK <= answer.status < 300 or answer.status in fine):  # noqa: PLR2004 - a success
            raise StoryStops(f"{method} {name} answered {answer.status}")
        return answer


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
