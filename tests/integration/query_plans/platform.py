"""Calls of what has no single owner: events, keys, limits, breakers, clean-up, caches."""

from __future__ import annotations

from typing import Any

from common.adapters.geocoding.decorators import CachedGeocoder
from common.adapters.mongo.shared.breakers import MongoBreakers
from common.adapters.mongo.shared.expiry import MongoExpiry
from common.adapters.mongo.shared.idempotency import MongoIdempotency
from common.adapters.mongo.shared.outbox import MongoOutbox
from common.adapters.mongo.shared.processed_events import MongoProcessedEvents
from common.adapters.mongo.shared.rate_limits import MongoRateLimits
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.application.ports.shared.limits import IdempotentRequest, StoredResponse
from common.application.shared.cleanup import Expiring
from common.domain.shared.errors import IdempotencyInFlight, OutOfTime, Unavailable
from common.domain.shared.events import Topic, new_event
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import LATER, NOW, Calls

_REQUEST = IdempotentRequest(key="k", caller="usr_1", method="POST", path="/", fingerprint="f")
_EVENT = new_event(Topic.PAYMENTS, "t", NOW)
_ANSWER = StoredResponse(200, {}, b"{}")


def _breakers(c: Container, **bounds: Any) -> MongoBreakers:
    return MongoBreakers(c.mongo, c.clock, **{"threshold": 1, "window_seconds": 60, "rest_seconds": 0, **bounds})


async def _fail_and_try_again(c: Container) -> None:
    for error in (Unavailable(), OutOfTime(), None):
        try:
            async with _breakers(c).guard("planned"):
                if error is not None:
                    raise error
        except Unavailable:
            continue


async def _expire(c: Container) -> None:
    for kind in Expiring:
        name = {Expiring.SLOT_HOLDS: "slot_claims"}.get(kind, kind.value)
        row: dict[str, Any] = {"_id": "expired", "expires_at": NOW, "credential_id": "expired"}
        await c.mongo.collection(name).replace_one({"_id": "expired"}, row, upsert=True)
        await MongoExpiry(c.mongo).delete_expired(kind, before=LATER, limit=5)


async def _claim_again(c: Container) -> None:
    for _ in range(2):
        try:
            await MongoIdempotency(c.mongo).claim(_REQUEST, "owner", NOW)
        except IdempotencyInFlight:
            return


async def _work_twice(c: Container) -> None:
    for _ in range(2):
        try:
            await MongoProcessedEvents(c.mongo).claim("consumer", "evt_1", NOW)
        except Unavailable:
            return


async def _nothing() -> None:
    """Of which no plan is needed."""


CALLS: Calls = {
    "MongoOutbox.insert": lambda c: c.outbox.insert([_EVENT]),
    "MongoOutbox.list_unpublished": lambda c: c.outbox.list_unpublished(before=LATER, limit=20),
    "MongoOutbox.list_unpublished: later": lambda c: c.outbox.list_unpublished(before=LATER, limit=20, after=_EVENT),
    "MongoOutbox.mark_published": lambda c: MongoOutbox(c.mongo, lambda *_: None).mark_published(["evt_1"], NOW),
    "MongoIdempotency.claim": _claim_again,
    "MongoIdempotency.complete": lambda c: MongoIdempotency(c.mongo).complete(_REQUEST, "owner", _ANSWER, NOW),
    "MongoIdempotency.release": lambda c: MongoIdempotency(c.mongo).release(_REQUEST, "owner"),
    "MongoProcessedEvents.claim": _work_twice,
    "MongoProcessedEvents.complete": lambda c: MongoProcessedEvents(c.mongo).complete("consumer", "evt_1", NOW),
    "MongoProcessedEvents.release": lambda c: MongoProcessedEvents(c.mongo).release("consumer", "evt_1"),
    "MongoRateLimits.take": lambda c: MongoRateLimits(c.mongo).take("k", limit=5, window_seconds=60, now=NOW),
    "MongoRateLimits.pause": lambda c: MongoRateLimits(c.mongo).pause("k", until=NOW),
    "MongoBreakers.guard": _fail_and_try_again,
    "MongoExpiry.delete_expired": _expire,
    "MongoUnitOfWork.run": lambda c: MongoUnitOfWork(c.mongo).run(_nothing),
    "CachedGeocoder.locate": lambda c: CachedGeocoder(c.geocoder, c.mongo, c.clock).locate("1 Queen Street, Auckland"),
}
