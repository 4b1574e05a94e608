"""Calls of matching's repositories."""

from __future__ import annotations

from datetime import timedelta

from common.adapters.mongo.matching.job_requests import MongoJobRequests
from common.adapters.mongo.matching.offer_stats import MongoOfferStats
from common.adapters.mongo.matching.offers import MongoJobOffers
from common.adapters.mongo.matching.quote_holds import MongoQuoteHolds
from common.adapters.mongo.matching.track_record import MongoTrackRecord
from common.domain.matching.counted_answers import CountedAnswer, Ending
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.matching.offers import OfferStatus
from common.domain.shared.errors import VersionConflict
from common.runtime.container.bootstrap import Container

from tests.factories.bookings import make_booking, make_claims, make_slot
from tests.factories.matching import make_open_offer, make_request
from tests.integration.query_plans.calls import CUSTOMER, LATER, NOW, PROVIDER, Calls

_REQUEST = make_request(customer_id=CUSTOMER)
_ANSWER = CountedAnswer(provider_id=PROVIDER, ending=Ending.ACCEPTED, reply="3")
_QUOTED = make_booking(NOW, id="off_1", provider_id=PROVIDER, slot=make_slot(NOW + timedelta(days=30)))
_UNTIL = LATER + timedelta(hours=1)


async def _replace_request(c: Container) -> None:
    """One that is not stored in the version before."""
    try:
        await MongoJobRequests(c.mongo).replace(make_request(id="job_0001", version=2))
    except VersionConflict:
        return


async def _replace_offer(c: Container) -> None:
    """One that is not stored in the version before."""
    try:
        await MongoJobOffers(c.mongo).replace([make_open_offer(make_request(id="job_0001"), id="off_0001", version=2)])
    except VersionConflict:
        return


async def _hold_quote(c: Container) -> None:
    """A later time in place of an earlier one."""

    async def nothing() -> None:
        """Written with the claims."""

    claims = make_claims(_QUOTED, expires_at=LATER, purpose="offer")
    await MongoQuoteHolds(c.mongo).take(claims, released_ids=["clm_none"], now=NOW, write=nothing)


CALLS: Calls = {
    "MongoQuoteHolds.take": _hold_quote,
    "MongoQuoteHolds.free": lambda c: MongoQuoteHolds(c.mongo).free(["clm_none"]),
    "MongoJobRequests.insert": lambda c: MongoJobRequests(c.mongo).insert(_REQUEST),
    "MongoJobRequests.get": lambda c: MongoJobRequests(c.mongo).get("job_0001"),
    "MongoJobRequests.get_many": lambda c: MongoJobRequests(c.mongo).get_many(["job_0001"]),
    "MongoJobRequests.find_by_idempotency_key": lambda c: MongoJobRequests(c.mongo).find_by_idempotency_key(
        CUSTOMER, "key"
    ),
    "MongoJobRequests.find_by_report": lambda c: MongoJobRequests(c.mongo).find_by_report("rpt_1"),
    "MongoJobRequests.list_by_customer": lambda c: MongoJobRequests(c.mongo).list_by_customer(
        CUSTOMER, statuses=(), limit=20, before="job_9"
    ),
    "MongoJobRequests.list_by_customer: open": lambda c: MongoJobRequests(c.mongo).list_by_customer(
        CUSTOMER, statuses=(JobRequestStatus.OPEN,), limit=20, before=None
    ),
    "MongoJobRequests.count": lambda c: MongoJobRequests(c.mongo).count(CUSTOMER, since=NOW, most=10),
    "MongoJobRequests.count: live": lambda c: MongoJobRequests(c.mongo).count(
        CUSTOMER, statuses=(JobRequestStatus.OPEN,), most=5
    ),
    "MongoJobRequests.replace": _replace_request,
    "MongoJobRequests.claim_due": lambda c: MongoJobRequests(c.mongo).claim_due(LATER, until=_UNTIL, limit=20),
    "MongoJobRequests.erase_customer": lambda c: MongoJobRequests(c.mongo).erase_customer(CUSTOMER, limit=20),
    "MongoJobOffers.insert": lambda c: MongoJobOffers(c.mongo).insert([make_open_offer(_REQUEST)]),
    "MongoJobOffers.get_with_request": lambda c: MongoJobOffers(c.mongo).get_with_request("off_0001"),
    "MongoJobOffers.get": lambda c: MongoJobOffers(c.mongo).get("off_0001"),
    "MongoJobOffers.list_by_request": lambda c: MongoJobOffers(c.mongo).list_by_request("job_0001", limit=300),
    "MongoJobOffers.list_by_provider": lambda c: MongoJobOffers(c.mongo).list_by_provider(
        PROVIDER, statuses=(), limit=20, before="off_9"
    ),
    "MongoJobOffers.list_by_provider: open": lambda c: MongoJobOffers(c.mongo).list_by_provider(
        PROVIDER, statuses=(OfferStatus.OPEN,), limit=20, before=None
    ),
    "MongoJobOffers.count_open": lambda c: MongoJobOffers(c.mongo).count_open([PROVIDER, "prv_2"]),
    "MongoJobOffers.replace": _replace_offer,
    "MongoJobOffers.claim_due": lambda c: MongoJobOffers(c.mongo).claim_due(LATER, until=_UNTIL, limit=20),
    "MongoJobOffers.erase_customer": lambda c: MongoJobOffers(c.mongo).erase_customer(CUSTOMER, limit=20),
    "MongoJobOffers.erase_provider": lambda c: MongoJobOffers(c.mongo).erase_provider(PROVIDER, limit=20),
    "MongoOfferStats.read": lambda c: MongoOfferStats(c.mongo).read([PROVIDER], NOW, since=NOW),
    "MongoOfferStats.count_offers": lambda c: MongoOfferStats(c.mongo).count_offers([PROVIDER], NOW),
    "MongoOfferStats.count_answers": lambda c: MongoOfferStats(c.mongo).count_answers([_ANSWER], NOW),
    "MongoTrackRecord.known_providers": lambda c: MongoTrackRecord(c.mongo).known_providers(CUSTOMER),
    "MongoTrackRecord.jobs_done": lambda c: MongoTrackRecord(c.mongo).jobs_done([PROVIDER], most=5),
}
