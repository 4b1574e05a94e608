"""What is measured: every function with one request that is typical of it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from infra.bench.environments import Subject, http_event
from infra.bench.world import WEBHOOK_SECRET

if TYPE_CHECKING:
    from pathlib import Path

    from infra.bench.world import World


def http_subjects(functions: Path, world: World, booking_id: str) -> list[Subject]:
    """One read for each HTTP function."""
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
        "notifications": http_event("GET", "/v1/notifications", token=provider),
        "system": http_event("GET", "/v1/health"),
    }
    fresh = {"webhooks": webhook}
    return [
        Subject(area, f"functions.{area}.app.handler", functions / area, event, 200, fresh=fresh.get(area))
        for area, event in events.items()
    ]


def webhook() -> dict[str, Any]:
    """A signed event (https://docs.stripe.com/webhooks#verify-manually), never sent before, of none of our bookings."""
    created = int(time.time())
    body = json.dumps({
        "id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": "payment_intent.succeeded", "created": created,
        "livemode": False, "data": {"object": {"id": "pi_elsewhere", "object": "payment_intent", "metadata": {}}},
    })  # fmt: skip
    signed = hmac.new(WEBHOOK_SECRET.encode(), f"{created}.{body}".encode(), hashlib.sha256).hexdigest()
    headers = {"stripe-signature": f"t={created},v1={signed}"}
    return {**http_event("POST", "/v1/webhooks/stripe", headers=headers), "body": body}
