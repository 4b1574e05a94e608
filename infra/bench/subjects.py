"""What is measured: every function with one request that is typical of it."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from infra.bench.environments import Subject, http_event
from infra.bench.world import webhook_signature

if TYPE_CHECKING:
    from pathlib import Path

    from infra.bench.world import World


def http_subjects(functions: Path, world: World, booking_id: str) -> dict[str, Subject]:
    """One read for each HTTP function, by its area."""
    customer, provider = world.token, world.provider_token
    near = "lat=-36.8485&lng=174.7633&radius_km=10&category=hedge-trimming"
    events = {
        "auth": http_event("GET", "/v1/users/me", token=customer),
        "admin": http_event("GET", "/v1/admin/providers", token=world.staff_token),
        "providers": http_event("GET", f"/v1/services/{world.service.id}"),
        "search": http_event("GET", f"/v1/search/services?{near}"),
        "bookings": http_event("GET", "/v1/bookings", token=customer),
        "payments": http_event("GET", f"/v1/bookings/{booking_id}/payment", token=customer),
        "webhooks": webhook(),
        "matching": http_event("GET", "/v1/job-requests", token=customer),
        "media": http_event("GET", "/v1/media", token=customer),
        "messaging": http_event("GET", "/v1/conversations", token=customer),
        "notifications": http_event("GET", "/v1/notifications", token=provider),
        "reports": http_event("GET", "/v1/reports"),
        "system": http_event("GET", "/v1/health"),
    }
    fresh = {"webhooks": webhook}
    return {
        area: Subject(area, f"functions.{area}.app.handler", functions / area, event, 200, fresh=fresh.get(area))
        for area, event in events.items()
    }


def webhook() -> dict[str, Any]:
    """A signed event, never sent before, of none of our bookings."""
    body = json.dumps({
        "id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": "payment_intent.succeeded",
        "created": int(time.time()), "livemode": False,
        "data": {"object": {"id": "pi_elsewhere", "object": "payment_intent", "metadata": {}}},
    })  # fmt: skip
    headers = {"stripe-signature": webhook_signature(body.encode())}
    return {**http_event("POST", "/v1/webhooks/stripe", headers=headers), "body": body}
