"""What is measured at each size: requests and jobs, each with what has to be made ready before it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.application.payments.reconciliation.phases import PHASES
from common.domain.bookings.groups import StatusGroup
from common.runtime.budget import Budget

from functions.bookings.sweep_schedule import sweep
from functions.payments.reconciliation_schedule import work as reconcile
from functions.system.cleanup_schedule import clean_up
from infra.bench import capture
from infra.bench.growth.people import LEAVERS, READER, parties, user_id

if TYPE_CHECKING:
    from common.domain.identity.users import User

    from infra.bench.growth.marketplace import Marketplace

Call = Callable[["Marketplace", int], Awaitable[object]]
_SECONDS = 600.0
#: Runs of what takes milliseconds, and of what takes more.
CHEAP, DEAR = 100, 20
_AT_ONCE = 20
_FAR_DAYS = 60
_PAGE = 50


async def _nothing(_: Marketplace, __: int) -> None:
    """Nothing has to be made ready."""


@dataclass(frozen=True)
class Subject:
    """One request or job.

    Attributes:
        name: As it stands in the tables.
        call: What is timed: the n-th run of it in a marketplace.
        ready: What is done before each run, untimed.
        runs: How often it is timed.
        per: How many things one run does; its time is shared among them.
    """

    name: str
    call: Call
    ready: Call = _nothing
    runs: int = CHEAP
    per: int = 1


def _get(
    name: str, path: Callable[[Marketplace, int], str], *, by_provider: bool = False, runs: int = CHEAP
) -> Subject:
    async def call(place: Marketplace, number: int) -> None:
        await place.call("GET", path(place, number), _side(place, by_provider=by_provider))

    return Subject(name, call, runs=runs)


def _paged(name: str, path: Callable[[], str], *, by_provider: bool) -> Subject:
    """The fiftieth page of a list; the pages before it are turned once."""

    async def ready(place: Marketplace, _: int) -> None:
        if name not in place.notes:
            place.notes[name] = await place.page(path(), _side(place, by_provider=by_provider), _PAGE)

    async def call(place: Marketplace, _: int) -> None:
        await place.call("GET", place.notes[name], _side(place, by_provider=by_provider))

    return Subject(name, call, ready)


def _side(place: Marketplace, *, by_provider: bool) -> User:
    return place.provider if by_provider else place.customer


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _period(days_back: int, days_ahead: int = 0) -> str:
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return f"from={_stamp(day - timedelta(days=days_back))}&to={_stamp(day + timedelta(days=days_ahead))}"


def _nth(place: Marketplace, key: str, number: int) -> str:
    ids = place.notes[key]
    return str(ids[number % len(ids)])


async def _create(place: Marketplace, _: int) -> None:
    number = place.notes["created"] = place.notes.get("created", -1) + 1
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=_FAR_DAYS, hours=number)
    body = {"service_id": place.service.id, "start_at": _stamp(start), "address": "2 Queen Street, Auckland"}
    await place.call("POST", "/v1/bookings", place.customer, {**body, "notes": ""})


async def _accept(place: Marketplace, _: int) -> None:
    booking_id = place.notes["requested"].pop()
    await place.call("POST", f"/v1/bookings/{booking_id}/actions/accept", place.provider, {})


async def _copies(place: Marketplace, number: int, **fields: Any) -> list[str]:
    """Requests of the busy provider once more, with other fields; returns their ids."""
    bookings = place.stage.container.mongo.collection("bookings")
    pattern = await bookings.find_one({"_id": place.notes["pattern"]}) or {}
    rows = [capture.another(pattern, claim_id=None, idempotency_key=None, **fields) for _ in range(number)]
    await bookings.insert_many(rows)
    return [row["_id"] for row in rows]


async def _more_requests(place: Marketplace, _: int) -> None:
    """A request for each run of the actions on one."""
    later = datetime.now(UTC) + timedelta(hours=20)
    if not place.notes.get("requested"):
        place.notes["requested"] = await _copies(place, _AT_ONCE, accept_by=later, next_due_at=later)


async def _more_due(place: Marketplace, _: int) -> None:
    """Requests whose time for an answer is over."""
    over = datetime.now(UTC) - timedelta(seconds=1)
    await _copies(place, _AT_ONCE, accept_by=over, next_due_at=over)


async def _sweep(place: Marketplace, _: int) -> None:
    done = await sweep(place.stage.container, Budget(_SECONDS))
    if done.get("BookingsExpire", 0) < _AT_ONCE:
        raise RuntimeError(f"the sweep did {done}")


async def _more_expired(place: Marketplace, _: int) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    rows = [{"_id": uuid4().hex, "expires_at": yesterday} for _ in range(_AT_ONCE)]
    await place.stage.container.mongo.collection("mail_tokens").insert_many(rows)


async def _clean_up(place: Marketplace, _: int) -> None:
    await clean_up(place.stage.container, Budget(_SECONDS))


async def _forget_popular(place: Marketplace, _: int) -> None:
    place.stage.container.search.popular.rows.clear()


async def _forget_limits(place: Marketplace, _: int) -> None:
    """An export may be asked for ten times an hour."""
    await place.stage.container.mongo.collection("rate_limits").delete_many({})


async def _rated_by_customer(place: Marketplace, _: int) -> None:
    """A finished booking of the busy provider that its customer has rated and the provider has not."""
    place.stage.forget()
    booking_id = _nth(place, "finished", 0)
    place.notes["finished"].remove(booking_id)
    place.notes["to_rate"] = booking_id
    booking = await place.stage.get(booking_id)
    await place.stage.rate(booking_id, await place.user(booking.customer_id), 5, "Neat, quick and kind.")


async def _rate(place: Marketplace, _: int) -> None:
    """Rate as the second, which publishes both; then what the queue does with it: the summary, and telling people."""
    path = f"/v1/bookings/{place.notes['to_rate']}/ratings"
    await place.call("POST", path, place.provider, {"stars": 5, "text": "A pleasure."})
    await place.stage.drain()


async def _more_unread(place: Marketplace, _: int) -> None:
    inbox = place.stage.container.mongo.collection("notifications")
    pattern = await inbox.find_one({"user_id": place.customer.id}) or {}
    now = datetime.now(UTC)
    rows = [{**pattern, "_id": f"zzz_{uuid4().hex}", "read_at": None, "created_at": now} for _ in range(_AT_ONCE)]
    await inbox.insert_many(rows)


async def _read_all(place: Marketplace, _: int) -> None:
    await place.call("PUT", "/v1/notifications/read-all", place.customer)


async def leave(place: Marketplace, number: int) -> None:
    """One of the busy customers leaves."""
    await place.call("DELETE", "/v1/users/me", await place.user(user_id(LEAVERS[number])))


async def _lived_today(place: Marketplace) -> None:
    """Bookings that Stripe knows, paid two hours ago; nothing else of the marketplace is as young."""
    start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
    service = await place.stage.container.services.get(parties(1, READER).service_id)
    if service is None:
        raise LookupError("no ordinary provider")
    await place.stage.set_time(datetime.now(UTC) - timedelta(hours=2))
    for number in range(_AT_ONCE):
        booking = await place.stage.book(place.customer, service, start + timedelta(hours=number))
        await place.stage.pay(booking.id)
    await place.stage.set_time(datetime.now(UTC))


async def _reconcile_again(place: Marketplace, _: int) -> None:
    """Let every phase of reconciliation stand where it stood three hours ago."""
    place.stage.forget()
    mongo = place.stage.container.mongo
    since = datetime.now(UTC) - timedelta(hours=3)
    stands = {"verified_until": since, "window_end": None, "after": None}
    for name in PHASES:
        first = {"turn": 0, "revision": 0}
        await mongo.collection("verification_runs").update_one(
            {"_id": name}, {"$set": stands, "$setOnInsert": first}, upsert=True
        )
    await mongo.collection("payment_verifications").delete_many({})


async def _reconcile(place: Marketplace, _: int) -> None:
    await reconcile(place.stage.container, Budget(_SECONDS))
    await place.stage.drain(is_early=True)


async def _feed(place: Marketplace, _: int) -> None:
    if "feed" not in place.notes:
        url = json.loads((await place.call("PUT", "/v1/bookings/calendar-feed", place.provider)).content)["url"]
        place.notes["feed"] = url.removeprefix("https://api.example.com")


async def _refusable(place: Marketplace, name: str, path: str) -> None:
    answer = await place.call("GET", path, place.provider, may_refuse=True)
    if answer.is_error:
        place.notes.setdefault("refused", {})[name] = str(answer.json().get("detail", answer.text))


def _list(side: str, query: str) -> str:
    return f"/v1/bookings?role={side}{query}"


def _lists() -> list[Subject]:
    found = []
    for side, by_provider in (("customer", False), ("provider", True)):
        filters = {"all": "", **{group.value: f"&status={group.value}" for group in StatusGroup}}
        filters |= {"settled": "&status=settled", "cancelled": "&status=cancelled&status=declined"}
        for name, query in filters.items():
            path = _list(side, query)
            found.append(_get(f"{side}'s list: {name}", lambda _, __, path=path: path, by_provider=by_provider))  # type: ignore[misc]
        past = _list(side, "&status=past")
        found.append(_paged(f"{side}'s list: past, page {_PAGE}", lambda path=past: path, by_provider=by_provider))  # type: ignore[misc]
        month = f"{_list(side, '')}&{_period(30)}"
        found.append(_get(f"{side}'s list: a month", lambda _, __, path=month: path, by_provider=by_provider))  # type: ignore[misc]
    return found


def _reports() -> list[Subject]:
    """A provider's figures; a year's statement may be refused, which is said."""
    month, year = _period(31), _period(364)

    def csv(name: str, period: str) -> Subject:
        async def call(place: Marketplace, _: int) -> None:
            await _refusable(place, name, f"/v1/payments/statements.csv?{period}")

        return Subject(name, call, runs=DEAR)

    return [
        _get("statement: a month", lambda _, __: f"/v1/payments/statements?{month}", by_provider=True, runs=DEAR),
        _get("statement: a year", lambda _, __: f"/v1/payments/statements?{year}", by_provider=True, runs=DEAR),
        csv("statement as CSV: a month", month),
        csv("statement as CSV: a year", year),
        _get("earnings", lambda _, __: "/v1/providers/me/earnings", by_provider=True, runs=DEAR),
        _get("statistics", lambda _, __: "/v1/providers/me/stats", by_provider=True, runs=DEAR),
    ]


def _jobs() -> list[Subject]:
    return [
        Subject("reconciliation, a booking", _reconcile, _reconcile_again, DEAR, per=_AT_ONCE),
        Subject("sweep, a due booking", _sweep, _more_due, DEAR, per=_AT_ONCE),
        Subject("clean-up, an expired row", _clean_up, _more_expired, DEAR, per=_AT_ONCE),
    ]


def subjects() -> list[Subject]:
    """Everything that is measured in turn, in the order of the tables."""
    near = "/v1/search/popular-categories?lat=-36.8485&lng=174.7633"

    async def popular(place: Marketplace, _: int) -> None:
        await place.call("GET", near)

    async def feed(place: Marketplace, _: int) -> None:
        await place.call("GET", place.notes["feed"])

    async def export(place: Marketplace, _: int) -> None:
        await place.call("GET", "/v1/users/me/export", place.customer)

    return [
        Subject("create", _create),
        Subject("act", _accept, _more_requests),
        _get("read", lambda place, n: f"/v1/bookings/{_nth(place, 'read', n)}"),
        _get("history", lambda place, n: f"/v1/bookings/{_nth(place, 'read', n)}/history?limit=100"),
        _get("payment", lambda place, n: f"/v1/bookings/{_nth(place, 'read', n)}/payment"),
        *_lists(),
        _get("jobs", lambda _, __: "/v1/providers/me/jobs", by_provider=True),
        _paged(f"jobs, page {_PAGE}", lambda: "/v1/providers/me/jobs?limit=20", by_provider=True),
        _get("calendar: a month", lambda _, __: f"/v1/providers/me/jobs?limit=100&{_period(0, 31)}", by_provider=True),
        Subject("calendar feed", feed, _feed, DEAR),
        _get("slots of a week", lambda place, _: f"/v1/services/{place.service.id}/slots?{_period(-1, 8)}"),
        _get("inbox", lambda _, __: "/v1/notifications"),
        _get("inbox: unread", lambda _, __: "/v1/notifications?unread_only=true"),
        Subject("read-all", _read_all, _more_unread, DEAR),
        *_reports(),
        Subject("popular categories", popular, _forget_popular, DEAR),
        Subject("rating, and its summary", _rate, _rated_by_customer, DEAR),
        Subject("export, first page", export, _forget_limits, DEAR),
        *_jobs(),
    ]


async def prepare(place: Marketplace) -> None:
    """Look up what the subjects are about."""
    place.notes["read"] = await place.booking_ids(customer_id=place.customer.id)
    requested = await place.booking_ids(provider_id=place.provider.provider_id, status="requested")
    place.notes["pattern"] = requested[0]
    finished = await place.booking_ids(provider_id=place.provider.provider_id, review="open", status="completed")
    place.notes["finished"] = list(finished)
    await _lived_today(place)
