"""The dashboard: payments, transfers, events and deliveries, and one page for each payment."""

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json
from stripe_local.protocol.render import public
from stripe_local.reference.currencies import display
from stripe_local.serving.engine import Engine
from stripe_local.serving.pages.html import Markup, link, moment, page, table, text

_ROWS = 50


def routes(engine: Engine) -> list[Route]:
    """Routes of the dashboard."""

    async def home(_request: Request) -> Response:
        with engine.unit() as unit:
            return _home(engine, unit)

    async def payment(request: Request) -> Response:
        with engine.unit() as unit:
            return _payment(engine, unit, request.path_params["intent"])

    async def show(request: Request) -> Response:
        with engine.unit() as unit:
            return _object(unit, request.path_params["object"])

    return [
        Route("/", home),
        Route("/payments/{intent}", payment),
        Route("/objects/{object}", show),
    ]


def _home(engine: Engine, unit: Unit) -> Response:
    payments = [
        (
            link(f"/payments/{body['id']}", body["id"]), display(body["amount"], body["currency"]), body["status"],
            body["metadata"] or "", moment(body["created"]),
        )
        for body in _latest(unit, "payment_intent")
    ]  # fmt: skip
    transfers = [
        (_link(body["id"]), display(body["amount"], body["currency"]), _link(body["destination"]),
         display(body["amount_reversed"], body["currency"]), body["transfer_group"])
        for body in _latest(unit, "transfer")
    ]  # fmt: skip
    others = [
        (_link(body["id"]), body["object"], body.get("status"), moment(body["created"]))
        for kind in ("refund", "dispute", "payout", "account", "subscription", "checkout.session")
        for body in _latest(unit, kind, 15)
    ]
    note = f"Clock: {moment(unit.now)} UTC, offset {engine.clock.offset:.0f} s."
    return page(
        "Local Stripe",
        f'<p class="note">{text(note)}</p>',
        "<h2>Payments</h2>", table(("Payment", "Amount", "Status", "Metadata", "Created"), payments),
        "<h2>Transfers</h2>", table(("Transfer", "Amount", "To", "Reversed", "Group"), transfers),
        "<h2>Refunds, disputes, payouts, accounts, subscriptions</h2>",
        table(("Object", "Kind", "Status", "Created"), others),
        "<h2>Events and their deliveries</h2>", _events(unit, None),
    )  # fmt: skip


def _payment(engine: Engine, unit: Unit, intent_id: str) -> Response:
    intent = unit.find(intent_id, "payment_intent")
    if intent is None:
        return page("No such payment", status=404)
    charges = unit.select("charge", payment_intent=intent_id)
    related = [
        *charges,
        *unit.select("refund", payment_intent=intent_id),
        *unit.select("dispute", payment_intent=intent_id),
    ]
    for charge in charges:
        related += unit.select("transfer", source_transaction=charge["id"])
    rows = [
        (_link(body["id"]), body["object"], display(body["amount"], body["currency"]), body.get("status"),
         moment(body["created"]))
        for body in related
    ]  # fmt: skip
    entries = [
        (_link(entry["id"]), entry["type"], display(entry["amount"], entry["currency"]),
         display(entry["fee"], entry["currency"]), display(entry["net"], entry["currency"]), entry["status"])
        for body in related
        for entry in unit.select("balance_transaction", source=body["id"])
    ]  # fmt: skip
    del engine
    return page(
        f"Payment {intent_id}",
        f"<p>{link('/', 'All payments')} · {text(display(intent['amount'], intent['currency']))} · "
        f"<b>{text(intent['status'])}</b></p>",
        table(("Object", "Kind", "Amount", "Status", "Created"), rows),
        "<h2>Balance</h2>", table(("Entry", "Type", "Amount", "Fee", "Net", "Status"), entries),
        "<h2>Events</h2>", _events(unit, [intent_id, *(body["id"] for body in related)]),
        "<h2>Object</h2>", _json(intent),
    )  # fmt: skip


def _object(unit: Unit, object_id: str) -> Response:
    body = unit.tx.find(None, object_id)
    if body is None:
        return page("No such object", status=404)
    return page(f"{body['object']} {object_id}", f"<p>{link('/', 'Dashboard')}</p>", _json(body))


def _events(unit: Unit, ids: list[str] | None) -> Markup:
    unit.tx.flush()
    marks = ", ".join("?" for _ in ids or [])
    where = "" if ids is None else f"AND json_extract(o.body, '$.data.object.id') IN ({marks})"
    rows = unit.tx.connection.execute(
        "SELECT o.id, o.account, json_extract(o.body, '$.type'), json_extract(o.body, '$.created'), "  # noqa: S608
        "group_concat(d.state || ' (' || d.attempts || ') ' || d.outcome, '; ') FROM objects o "
        f"LEFT JOIN deliveries d ON d.event = o.id WHERE o.kind = 'event' {where} "
        f"GROUP BY o.seq ORDER BY o.seq DESC LIMIT {_ROWS}",
        ids or [],
    ).fetchall()
    return table(
        ("Event", "Account", "Type", "Created", "Deliveries"),
        [(_link(name), account, kind, moment(created), sent) for name, account, kind, created, sent in rows],
    )


def _latest(unit: Unit, kind: str, count: int = _ROWS) -> list[Json]:
    return unit.tx.select("kind = ?", (kind,), f"ORDER BY seq DESC LIMIT {count}")


def _link(object_id: object) -> Markup:
    return link(f"/objects/{object_id}", object_id)


def _json(body: Json) -> Markup:
    return Markup(f"<pre>{text(json.dumps(public(body), indent=2))}</pre>")
