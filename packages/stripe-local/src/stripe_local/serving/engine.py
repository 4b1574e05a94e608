"""Carries out one request: authentication, idempotency, validation, the handler, the answer."""

import base64
import binascii
import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import stripe

from stripe_local.core import idempotency, routing
from stripe_local.core.clock import Clock
from stripe_local.core.deliveries import Behaviour, Deliveries
from stripe_local.core.faults import Fault, Faults
from stripe_local.core.idempotency import Keys, Stored
from stripe_local.core.listing import as_list
from stripe_local.core.store import Store
from stripe_local.core.unit import PLATFORM, Unit, new_id
from stripe_local.protocol.errors import Json, StripeError, forbidden, inaccessible, invalid, unauthorized
from stripe_local.protocol.forms import check_forms
from stripe_local.protocol.render import expand, public
from stripe_local.protocol.validation import check
from stripe_local.protocol.wire import decode
from stripe_local.reference.settings import Settings
from stripe_local.resources import ROUTES, TIMERS

_LOG = logging.getLogger(__name__)
_SECRET = ("sk_test_", "rk_test_")
_PUBLISHABLE = "pk_test_"
_TURNED_AWAY = {429, 503}
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?")
_WORTH_ANOTHER_TRY = {"lock_timeout", "idempotency_key_in_use"}
_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
)


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    raw: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answer:
    """What is sent back."""

    status: int
    body: Json
    headers: dict[str, str]


@dataclass
class Engine:
    """The whole server, apart from its HTTP face."""

    store: Store
    clock: Clock
    base_url: str = ""
    settings: Settings = field(default_factory=Settings)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self._first_settings = self.settings
        self._recent: list[float] = []
        self.keys = Keys(self.store)
        self.deliveries = Deliveries(self.store)

    @contextmanager
    def unit(self, account: str = PLATFORM, **details: object) -> Iterator[Unit]:
        """A unit of work, committed at the end; an error undoes it."""
        tx = self.store.begin()
        try:
            yield Unit(tx, self.clock.now(), self.base_url, self.settings, account, **details)  # type: ignore[arg-type]
        except BaseException:
            tx.rollback()
            raise
        self.deliveries.enqueue(tx)
        tx.commit()
        self.deliveries.wake()

    def reset(self, *, keep_endpoints: bool = True) -> None:
        """Back to the beginning: no objects, no faults, ordinary webhooks, first settings, the machine's time."""
        with self.unit() as unit:
            endpoints = unit.tx.select("kind = 'webhook_endpoint'", ()) if keep_endpoints else []
        self.store.clear()
        with self.unit() as unit:
            for endpoint in reversed(endpoints):
                unit.tx.add(PLATFORM, endpoint)
        self.faults.orders.clear()
        self.deliveries.behaviour = Behaviour()
        self.settings = self._first_settings
        self.clock.offset = 0.0

    def tick(self) -> int:
        """Do everything whose moment has come by the clock; returns how many timers went off."""
        done = 0
        while self._tick_one():
            done += 1
        return done

    def _tick_one(self) -> bool:
        with self.unit() as unit:
            due = unit.tx.next_timer(unit.now)
            if due is not None:
                holder = replace(unit, now=due.due, account=due.account)
                unit.tx.mark()
                try:
                    TIMERS[due.action](holder, due.target)
                except Exception:  # noqa: BLE001 - logged whole; see below
                    # One timer that cannot run must not stop the clock for all others.
                    unit.tx.back_to_mark()
                    _LOG.exception("Timer %s of %s failed", due.action, due.target)
        return due is not None

    def answer(self, request: Request, fault: Fault | None = None) -> Answer:
        """Carry out a request of Stripe's API; the caller has waited out any delay."""
        request_id = new_id("req")
        try:
            self._limit()
            _check_version(request.headers.get("stripe-version"))
            account, publishable = self._caller(request)
            result, replayed = self._result(request, account, publishable, request_id, fault)
        except StripeError as error:
            headers = self._headers(request, request_id) | error.headers() | _advice(error.error.get("code"))
            return Answer(error.status, {"error": public(error.error)}, headers)
        headers = self._headers(request, request_id) | _advice(result.body.get("error", {}).get("code"))
        if replayed:
            headers |= {"idempotent-replayed": "true", "original-request": result.request_id}
        return Answer(result.status, result.body, headers)

    def _limit(self) -> None:
        """Turn away what comes faster than the account may ask."""
        most = self.settings.rate_limit
        if not most:
            return
        now = time.monotonic()
        self._recent = [moment for moment in self._recent if moment > now - 1]
        if len(self._recent) >= most:
            message = "Request rate limit exceeded. Learn more at https://docs.stripe.com/rate-limits."
            raise StripeError(429, "invalid_request_error", message, code="rate_limit")
        self._recent.append(now)

    def _headers(self, request: Request, request_id: str) -> dict[str, str]:
        headers = {"request-id": request_id}
        for name in ("stripe-version", "idempotency-key", "stripe-account"):
            if name in request.headers:
                headers[name] = request.headers[name]
        return headers

    def _caller(self, request: Request) -> tuple[str, bool]:
        key = bearer(request.headers.get("authorization", ""))
        if not key:
            raise unauthorized(_NO_KEY)
        if not key.startswith((*_SECRET, _PUBLISHABLE)):
            raise unauthorized(f"Invalid API Key provided: {key[:8]}{'*' * 8}")
        account = request.headers.get("stripe-account", PLATFORM)
        if account and self._account(account) is None:
            raise inaccessible(account)
        return account, key.startswith(_PUBLISHABLE)

    def _account(self, account: str) -> object:
        return self.store.connection.execute(
            "SELECT 1 FROM objects WHERE account = '' AND kind = 'account' AND id = ? "
            "AND json_extract(body, '$._deleted') IS NULL",
            (account,),
        ).fetchone()

    def _result(
        self, request: Request, account: str, publishable: bool, request_id: str, fault: Fault | None
    ) -> tuple[Stored, bool]:
        found = routing.match(ROUTES, request.method, request.path)
        if found is None:
            message = f"Unrecognized request URL ({request.method}: {request.path})."
            raise StripeError(404, "invalid_request_error", message)
        target, values = found
        if publishable and not target.publishable:
            raise forbidden("This API call cannot be made with a publishable API key. Please use a secret API key.")
        given = decode(request.raw)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        mark = idempotency.fingerprint(request.method, request.path, given)
        if key is not None:
            kept = self.keys.recall(account, key, mark, self.clock.now())
            if kept is not None:
                return kept, True
        # What a browser may know of an intent; the SDK for servers does not declare it everywhere.
        proof = {"client_secret": given.pop("client_secret")} if publishable and "client_secret" in given else {}
        params, paths = _checked(target.params, given)
        params |= proof
        with self.unit(account, request_id=request_id, idempotency_key=key, publishable=publishable) as unit:
            result = _attempt(unit, lambda: expanded(unit, target.handler(unit, params, **values), paths), fault)
            if key is not None and _began(fault):
                idempotency.keep(unit.tx, account, key, mark, self.clock.now(), result)
        return result, False


def expanded(unit: Unit, body: Json, paths: list[str]) -> Json:
    """An object as it is sent."""
    unit.tx.flush()
    return expand(public(body), paths, lambda name: _lookup(unit, name), lambda node, name: _include(unit, node, name))


def _attempt(unit: Unit, work: Callable[[], Json], fault: Fault | None) -> Stored:
    """Run the handler, unless a fault stands in its place; a fault afterwards replaces the answer only."""
    request_id = unit.request_id or ""
    injected = fault if fault is not None and fault.action == "status" else None
    result = Stored(200, {}, request_id)
    if injected is None or injected.when == "after":
        unit.tx.mark()
        try:
            result = Stored(200, work(), request_id)
        except StripeError as error:
            if not error.keep:
                unit.tx.back_to_mark()
            result = Stored(error.status, {"error": public(error.error)}, request_id)
    if injected is not None:
        instead = injected.error()
        result = Stored(instead.status, {"error": instead.error}, request_id)
    return result


def _began(fault: Fault | None) -> bool:
    """Whether a request counts as executed; one turned away for load does not, so its key stays free."""
    turned_away = fault is not None and fault.action == "status" and fault.when == "before"
    return not (turned_away and fault is not None and fault.status in _TURNED_AWAY)


def bearer(header: str) -> str:
    """The key in an Authorization header, Bearer or Basic; empty when there is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""


def _check_version(version: str | None) -> None:
    """Refuse a version that Stripe does not know: of another form, or younger than the SDK's."""
    if version is not None and (not _VERSION.fullmatch(version) or version[:10] > stripe.api_version[:10]):
        raise invalid(f"Invalid Stripe API version: {version}")


def _advice(code: object) -> dict[str, str]:
    """`Stripe-Should-Retry`, where the server knows better than the client."""
    return {"stripe-should-retry": "true"} if code in _WORTH_ANOTHER_TRY else {}


def _checked(params: str | None, given: Json) -> tuple[Json, list[str]]:
    paths = given.get("expand", [])
    if not isinstance(paths, list):
        raise invalid("Invalid array", param="expand")
    if params is None:
        unknown = next((name for name in given if name != "expand"), None)
        if unknown:
            raise invalid(f"Received unknown parameter: {unknown}", param=unknown, code="parameter_unknown")
        return {}, paths
    checked = check(params, given)
    checked.pop("expand", None)
    check_forms(checked)
    return checked, paths


def _lookup(unit: Unit, object_id: str) -> Json | None:
    body = unit.tx.find(unit.account, object_id) or unit.tx.find(None, object_id)
    return None if body is None else dict(public(body))


def _include(unit: Unit, node: Json, name: str) -> Json | None:
    """A list that an object carries only when it is asked for."""
    kind = node.get("object")
    if (kind, name) == ("charge", "refunds"):
        rows, url = unit.select("refund", charge=node["id"]), f"/v1/charges/{node['id']}/refunds"
    elif (kind, name) == ("checkout.session", "line_items"):
        session = unit.get(node["id"], "checkout.session")
        rows, url = session["_items"], f"/v1/checkout/sessions/{node['id']}/line_items"
    elif (kind, name) == ("customer", "subscriptions"):
        rows, url = unit.select("subscription", customer=node["id"]), f"/v1/customers/{node['id']}/subscriptions"
    else:
        return None
    return dict(public(as_list(rows, url)))


def build(state: Path | None, clock_file: Path | None, settings: Settings | None = None) -> Engine:
    """An engine with its state in a directory, or in memory."""
    return Engine(Store(state), Clock(clock_file), settings=settings or Settings())


def dumps(body: Json) -> bytes:
    """JSON as Stripe writes it: indented."""
    return json.dumps(body, indent=2).encode()
