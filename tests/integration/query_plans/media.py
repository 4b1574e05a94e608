"""Calls of media's repository."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.adapters.mongo.media.media import MongoMedia
from common.domain.media.media import Captured, MediaState, Purpose
from common.domain.shared.errors import InvalidInput
from common.runtime.container.bootstrap import Container

from tests.factories.media import make_media
from tests.integration.query_plans.calls import CUSTOMER, LATER, NOW, Calls

_CAPTURED = Captured(at=NOW, lat=-36.85, lng=174.76)
_EVIDENCE: dict[str, Any] = {"owner_id": CUSTOMER, "purpose": Purpose.DISPUTE_EVIDENCE, "target": "booking:bkg_1"}


async def _attach(c: Container) -> None:
    """One that can be attached and one that cannot, which is then looked at."""
    rows = MongoMedia(c.mongo)
    await rows.attach(["med_0009"], now=NOW, field="media_ids", **_EVIDENCE)
    try:
        await rows.attach(["med_none"], now=NOW, field="media_ids", **_EVIDENCE)
    except InvalidInput:
        return


CALLS: Calls = {
    "MongoMedia.insert": lambda c: MongoMedia(c.mongo).insert(make_media(id="med_new", owner_id=CUSTOMER)),
    "MongoMedia.sum_bytes_since": lambda c: MongoMedia(c.mongo).sum_bytes_since(CUSTOMER, NOW),
    "MongoMedia.get": lambda c: MongoMedia(c.mongo).get("med_0009"),
    "MongoMedia.find_many": lambda c: MongoMedia(c.mongo).find_many(["med_0009"]),
    "MongoMedia.list_by_owner": lambda c: MongoMedia(c.mongo).list_by_owner(
        CUSTOMER, purpose=None, limit=20, before="med_9"
    ),
    "MongoMedia.list_by_owner: purpose": lambda c: MongoMedia(c.mongo).list_by_owner(
        CUSTOMER, purpose=Purpose.MESSAGE, limit=20, before="med_9"
    ),
    "MongoMedia.change": lambda c: MongoMedia(c.mongo).change(
        "med_new", {"captured": _CAPTURED}, states=[MediaState.PENDING], now=NOW
    ),
    "MongoMedia.begin_processing": lambda c: MongoMedia(c.mongo).begin_processing("med_new", now=NOW, until=LATER),
    "MongoMedia.find_usable": lambda c: MongoMedia(c.mongo).find_usable(["med_0009"], field="media_ids", **_EVIDENCE),
    "MongoMedia.attach": _attach,
    "MongoMedia.detach": lambda c: MongoMedia(c.mongo).detach(["med_0009"], target="booking:bkg_1", now=NOW),
    "MongoMedia.give": lambda c: MongoMedia(c.mongo).give(
        ["med_0009"], target="booking:bkg_1", owner_id=CUSTOMER, now=NOW
    ),
    "MongoMedia.list_same_file": lambda c: MongoMedia(c.mongo).list_same_file("0" * 64, limit=20),
    "MongoMedia.list_same_band": lambda c: MongoMedia(c.mongo).list_same_band([1, 2, 3, 4], limit=20),
    "MongoMedia.list_close": lambda c: MongoMedia(c.mongo).list_close(
        _CAPTURED, metres=200, since=NOW - timedelta(days=60), limit=20
    ),
    "MongoMedia.claim_due": lambda c: MongoMedia(c.mongo).claim_due(LATER, until=LATER + timedelta(hours=1), limit=20),
    "MongoMedia.settle": lambda c: MongoMedia(c.mongo).settle("med_0005", LATER),
    "MongoMedia.mark_deleted": lambda c: MongoMedia(c.mongo).mark_deleted("med_0003", CUSTOMER, NOW),
    "MongoMedia.mark_all_deleted": lambda c: MongoMedia(c.mongo).mark_all_deleted(CUSTOMER, NOW, limit=20),
    "MongoMedia.remove": lambda c: MongoMedia(c.mongo).remove("med_0003"),
}
