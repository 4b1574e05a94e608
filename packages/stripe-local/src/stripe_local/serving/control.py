"""Control endpoints under `/_control`: what a test or a developer may do that Stripe's API does not offer."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stripe_local.core.deliveries import Behaviour
from stripe_local.core.faults import Fault
from stripe_local.protocol.errors import Json, StripeError
from stripe_local.protocol.render import public
from stripe_local.reference.settings import Settings
from stripe_local.resources import simulations
from stripe_local.resources.billing import checkout
from stripe_local.resources.webhooks import webhook_endpoints
from stripe_local.serving.engine import Engine

Action = Callable[[Engine, Json, dict[str, str]], object]


def routes(engine: Engine) -> list[Route]:
    """The routes of the control endpoints."""
    table: list[tuple[str, str, Action]] = [
        ("GET", "/health", _health),
        ("GET", "/clock", _clock),
        ("POST", "/clock", _set_clock),
        ("GET", "/faults", _faults),
        ("POST", "/faults", _add_fault),
        ("DELETE", "/faults", _clear_faults),
        ("GET", "/webhooks", _webhooks),
        ("POST", "/webhooks", _set_webhooks),
        ("POST", "/webhooks/pause", lambda e, _b, _p: _set_webhooks(e, {"paused": True}, {})),
        ("POST", "/webhooks/resume", lambda e, b, _p: _set_webhooks(e, {**b, "paused": False}, {})),
        ("POST", "/webhook_endpoints/{id}/roll", _simulate(webhook_endpoints.roll)),
        ("POST", "/events/{event}/redeliver", _redeliver),
        ("GET", "/settings", _settings),
        ("POST", "/settings", _change_settings),
        ("POST", "/reset", _reset),
        ("POST", "/payment_intents/{id}/authenticate", _simulate(simulations.authenticate_payment)),
        ("POST", "/setup_intents/{id}/authenticate", _simulate(simulations.authenticate_setup)),
        ("POST", "/accounts/{id}/onboarding", _simulate(simulations.onboard)),
        ("POST", "/checkout/sessions/{id}/complete", _simulate(checkout.complete)),
        ("POST", "/disputes", _simulate(simulations.open_dispute)),
        ("POST", "/disputes/{id}/close", _simulate(simulations.close_dispute)),
        ("POST", "/payouts/{id}", _simulate(simulations.settle_payout)),
        ("POST", "/refunds/{id}", _simulate(simulations.settle_refund)),
    ]
    return [Route(f"/_control{path}", _endpoint(engine, action), methods=[verb]) for verb, path, action in table]


def _endpoint(engine: Engine, action: Action) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            return JSONResponse(action(engine, body, dict(request.path_params)))
        except (ValueError, TypeError) as failure:
            return JSONResponse({"error": {"message": str(failure)}}, 400)
        except StripeError as error:
            return JSONResponse({"error": error.error}, error.status)

    return endpoint


def _simulate(simulation: Callable[..., Json]) -> Action:
    def act(engine: Engine, body: Json, path: dict[str, str]) -> object:
        engine.tick()
        with engine.unit() as unit:
            result = simulation(unit, *path.values(), **body)
        return public(result)

    return act


def _health(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    return {"status": "ok", "now": engine.clock.now(), "pending_webhooks": engine.deliveries.pending()}


def _clock(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    return {"now": engine.clock.now(), "offset_seconds": engine.clock.offset}


def _set_clock(engine: Engine, body: Json, _path: dict[str, str]) -> object:
    if "advance_seconds" in body:
        engine.clock.offset += float(body["advance_seconds"])
    else:
        engine.clock.offset = float(body["offset_seconds"])
    timers = engine.tick()
    return {"now": engine.clock.now(), "offset_seconds": engine.clock.offset, "timers": timers}


def _faults(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    return {"faults": engine.faults.describe()}


def _add_fault(engine: Engine, body: Json, _path: dict[str, str]) -> object:
    engine.faults.orders.append(Fault(**body))
    return {"faults": engine.faults.describe()}


def _clear_faults(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    engine.faults.orders.clear()
    return {"faults": []}


def _webhooks(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    rows = engine.store.connection.execute(
        "SELECT endpoint, event, state, attempts, next_at, outcome FROM deliveries ORDER BY seq DESC LIMIT 100"
    ).fetchall()
    names = ("endpoint", "event", "state", "attempts", "next_at", "outcome")
    return {
        "behaviour": vars(engine.deliveries.behaviour),
        "pending": engine.deliveries.pending(),
        "deliveries": [dict(zip(names, row, strict=True)) for row in rows],
    }


def _set_webhooks(engine: Engine, body: Json, path: dict[str, str]) -> object:
    known = {field.name for field in fields(Behaviour)}
    unknown = set(body) - known
    if unknown:
        raise ValueError(f"Unknown members: {', '.join(sorted(unknown))}")
    for name, value in body.items():
        setattr(engine.deliveries.behaviour, name, value)
    engine.deliveries.wake()
    return _webhooks(engine, {}, path)


def _settings(engine: Engine, _body: Json, _path: dict[str, str]) -> object:
    return engine.settings.model_dump(mode="json")


def _change_settings(engine: Engine, body: Json, path: dict[str, str]) -> object:
    engine.settings = Settings(**{**engine.settings.model_dump(), **body})
    return _settings(engine, {}, path)


def _redeliver(engine: Engine, body: Json, path: dict[str, str]) -> object:
    return {"deliveries": engine.deliveries.redeliver(path["event"], body.get("endpoint"))}


def _reset(engine: Engine, body: Json, _path: dict[str, str]) -> object:
    engine.reset(keep_endpoints=bool(body.get("keep_webhook_endpoints", True)))
    return {"status": "ok"}
