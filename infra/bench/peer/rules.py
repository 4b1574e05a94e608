"""What the peer checks before it writes: who is calling and how often, and whether a slot can be booked."""

import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jwt
from common.domain.scheduling.slot_cells import cells_between
from fastapi import HTTPException, Request
from pymongo import ReturnDocument

from infra.bench.baselines.connection import database
from infra.bench.peer.models import Users

_KEPT, _MOST_REQUESTS = timedelta(minutes=2), 1_000_000
_AUDIENCE, _ALGORITHM = os.environ["BENCH_AUDIENCE"], "RS256"
_private: Any = jwt.get_algorithm_by_name(_ALGORITHM).prepare_key(
    json.loads(os.environ["JWT_SIGNING_KEYS"])["keys"][0]["private_pem"]
)
_key = _private.public_key()


async def current_user(request: Request) -> Any:
    """The account that the access token names, if it may act."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401)
    try:
        claims = jwt.decode(
            token, _key, [_ALGORITHM], audience=_AUDIENCE, issuer=os.environ["PUBLIC_BASE_URL"]
        )  # fmt: skip
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    user = await Users.get(claims["sub"])
    if user is None or not user.is_active or user.deleted_at or user.session_epoch != claims["epoch"]:
        raise HTTPException(401)
    return user


async def limited(request: Request) -> None:
    """Count the request of its address in this minute.

    Raises:
        HTTPException: 429 above the limit.
    """
    now = datetime.now(UTC)
    key = f"peer:{request.client.host if request.client else ''}:{now:%H%M}"
    counted = await database["rate_limits"].find_one_and_update(
        {"_id": key},
        {"$inc": {"requests": 1}, "$set": {"expires_at": now + _KEPT}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    if counted is None or counted["requests"] > _MOST_REQUESTS:
        raise HTTPException(429)


def check_slot(provider: Any, service: Any, start: datetime) -> list[int]:
    """The cells that a booking takes.

    Raises:
        HTTPException: 409 outside of working hours, notice, window or the grid of starts.
    """
    rules, now = provider.availability, datetime.now(UTC)
    end = start + timedelta(minutes=service.duration_minutes)
    if start < now + timedelta(minutes=rules.minimum_notice_minutes):
        raise HTTPException(409, "Too soon.")
    if start > now + timedelta(days=rules.booking_window_days):
        raise HTTPException(409, "Too late.")
    local = start.astimezone(ZoneInfo(rules.timezone))
    if (local.hour * 60 + local.minute) % rules.slot_step_minutes:
        raise HTTPException(409, "Not on the grid.")
    if any(each.first_date <= local.date() <= each.last_date for each in rules.holidays):
        raise HTTPException(409, "A holiday.")
    hours = [each for rule in rules.weekly if rule.weekday == local.weekday() for each in rule.ranges]
    minute = local.hour * 60 + local.minute
    if not any(_minutes(each.start) <= minute < (_minutes(each.end) or 24 * 60) for each in hours):
        raise HTTPException(409, "Closed.")
    before, after = rules.buffer_before_minutes, rules.buffer_after_minutes
    return cells_between(start - timedelta(minutes=before), end + timedelta(minutes=after))


def _minutes(clock: Any) -> int:
    return int(clock.hour * 60 + clock.minute)
