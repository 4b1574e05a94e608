"""Queue and schedule functions under measurement, each with one message of real work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.application.admin.metrics.compute import KNOWN_DAYS
from common.application.ports.admin.metrics import Area
from common.domain.bookings.booking import Place
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.realtime import StreamKind, stream_event
from pymongo import MongoClient

from infra.bench import capture
from infra.bench.asking import due_message, store_due_request
from infra.bench.environments import Subject
from infra.bench.world import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.bench.setting import Setting

_WORKERS = {
    "notifications_queue": "notifications",
    "payment_checks_queue": "payments",
    "stripe_events_queue": "payments",
    "media_queue": "media",
    "realtime_queue": "messaging",
    "matching_queue": "matching",
    "matching_schedule": "matching",
    "reports_queue": "reports",
    "sweep_schedule": "bookings",
    "reports_schedule": "reports",
    "outbox_schedule": "system",
    "cleanup_schedule": "system",
    "metrics_schedule": "admin",
}


def real(setting: Setting) -> list[Subject]:
    """Every worker with one message to process, made again for each start."""
    fresh = {
        "notifications_queue": lambda: _message(_mail(setting).model_dump_json()),
        "payment_checks_queue": lambda: _message(_event(setting, "payment.check_requested").model_dump_json()),
        "stripe_events_queue": lambda: _stripe_event(setting),
        "media_queue": lambda: _message(_given_up().model_dump_json()),
        "realtime_queue": lambda: _message(_seen(setting).model_dump_json()),
        "matching_queue": lambda: due_message(_due_request(setting)),
        "matching_schedule": lambda: _swept_request(setting),
        "reports_queue": lambda: _message(_unverified().model_dump_json()),
        "sweep_schedule": lambda: _due_booking(setting),
        "reports_schedule": dict,
        "outbox_schedule": lambda: _left_over(setting),
        "cleanup_schedule": lambda: _expired(setting),
        "metrics_schedule": lambda: _uncounted(setting),
    }
    return [_subject(setting, name, fresh[name]) for name in _WORKERS]


def _subject(setting: Setting, name: str, fresh: Callable[[], dict[str, Any]]) -> Subject:
    area = _WORKERS[name]
    return Subject(name, f"functions.{area}.{name}.handler", setting.functions / area, {}, fresh=fresh)


def _message(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": uuid4().hex, "body": body}]}


def _event(setting: Setting, type_: str) -> Event:
    return new_event(Topic.PAYMENTS, type_, datetime.now(UTC), booking_id=setting.booking_id)


def _mail(setting: Setting) -> Event:
    to = setting.world.user.id
    return new_event(
        Topic.NOTIFICATIONS, "mail.requested", datetime.now(UTC), template="password_changed", to_user_id=to
    )


def _given_up() -> Event:
    return new_event(Topic.MEDIA, "media.uploaded", datetime.now(UTC), media_id="med_gone")


def _unverified() -> Event:
    return new_event(Topic.REPORTS, "report.verification_requested", datetime.now(UTC), report_id="rpt_gone")


def _seen(setting: Setting) -> Event:
    """Something for the stream of somebody who looks, and who is not connected now."""
    now, user_id = datetime.now(UTC), f"usr_{uuid4().hex}"
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        row = {"_id": user_id, "epoch": "bench", "seq": 0, "events": [], "expires_at": now + timedelta(days=7)}
        client[DATABASE]["realtime_streams"].insert_one(row)
    return stream_event(StreamKind.BOOKINGS, "booking.accepted", now, user_ids=[user_id], ids={})


def _due_request(setting: Setting) -> str:
    """The id of a request in a place where nobody offers anything, whose first wave is due."""
    return store_due_request(setting, Place(lat=-50.0, lng=-150.0, is_located=True), radius_km=5).id


def _swept_request(setting: Setting) -> dict[str, Any]:
    """The same, found by the sweep."""
    _due_request(setting)
    return {}


def _stripe_event(setting: Setting) -> dict[str, Any]:
    """Store an event about the booking's own payment."""
    event_id = f"evt_{uuid4().hex}"
    now = datetime.now(UTC)
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        booking = client[DATABASE]["bookings"].find_one({"_id": setting.booking_id}) or {}
        client[DATABASE]["webhook_events"].insert_one({
            "_id": event_id, "type": "payment_intent.amount_capturable_updated",
            "object_id": booking["charges"][0]["payment_intent_id"], "object_type": "payment_intent",
            "booking_id": setting.booking_id, "related": {}, "account_id": None, "created": int(now.timestamp()),
            "received_at": now, "status": "received", "tries": 0,
        })  # fmt: skip
    return _message(f'{{"event_id": "{event_id}"}}')


def _due_booking(setting: Setting) -> dict[str, Any]:
    """Let the time for paying a copy of the booking expire."""
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        bookings = client[DATABASE]["bookings"]
        booking = bookings.find_one({"_id": setting.booking_id}) or {}
        over = datetime.now(UTC) - timedelta(seconds=1)
        bookings.insert_one(capture.another(booking, hold_expires_at=over, next_due_at=over))
    return {}


def _left_over(setting: Setting) -> dict[str, Any]:
    """Leave an event in the outbox."""
    event = _mail(setting).model_copy(update={"created_at": datetime.now(UTC) - timedelta(minutes=5)})
    fields = event.model_dump()
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["outbox"].insert_one({"_id": fields.pop("id"), **fields, "published_at": None})
    return {}


def _uncounted(setting: Setting) -> dict[str, Any]:
    """Let today be what is due to be counted, and no earlier day."""
    now = datetime.now(UTC)
    days = [now.date() - timedelta(days=back) for back in range(KNOWN_DAYS + 1)]
    rows: list[dict[str, Any]] = [
        {"_id": f"{day}:{area}", "day": str(day), "area": area.value, "computed_at": now, "counts": {}, "totals": {}}
        for day in days
        for area in Area
    ]
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        client[DATABASE]["metrics_days"].delete_many({})
        client[DATABASE]["metrics_days"].insert_many(rows)
    return {}


def _expired(setting: Setting) -> dict[str, Any]:
    """Leave something that expired yesterday."""
    with MongoClient[dict[str, Any]](setting.servers.mongodb_uri) as client:
        row = {"_id": uuid4().hex, "expires_at": datetime.now(UTC) - timedelta(days=1)}
        client[DATABASE]["mail_tokens"].insert_one(row)
    return {}
