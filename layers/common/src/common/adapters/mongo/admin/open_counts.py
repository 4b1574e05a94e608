"""How much waits for staff: counted now, each by the index that its list is read by."""

from collections.abc import Collection, Mapping

from common.adapters.mongo.shared.database import Document, Mongo
from common.application.ports.admin.metrics import Waiting
from common.domain.bookings.booking import BookingStatus
from common.domain.bookings.groups import AHEAD
from common.domain.identity.users import ProviderStatus
from common.domain.moderation.items import WAITING
from common.domain.reports.report import ReportStatus

#: What waits: its collection, and what a row of it looks like.
_WAITING: Mapping[Waiting, tuple[str, Document]] = {
    Waiting.DISPUTES: (
        "bookings",
        {"status": BookingStatus.DISPUTED.value, "dispute.opened_at": {"$type": "date"}},
    ),
    Waiting.DISCREPANCIES: ("payment_discrepancies", {"resolved_at": None}),
    Waiting.WITHOUT_PROVIDER: (
        "bookings",
        {
            "provider_away_since": {"$type": "date"},
            "slot.start_at": {"$type": "date"},
            "status": {"$in": [each.value for each in AHEAD]},
        },
    ),
    Waiting.APPLICATIONS: ("providers", {"status": ProviderStatus.PENDING.value}),
    Waiting.MODERATION: ("moderation_items", {"state": {"$in": [each.value for each in WAITING]}}),
    Waiting.REPORTS_TO_REVIEW: ("reports", {"status": ReportStatus.NEEDS_REVIEW.value}),
    Waiting.REPORTS_UNANSWERED: ("reports", {"status": ReportStatus.VERIFIED.value}),
}


class MongoOpenCounts:
    """Implements ``OpenCounts``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def count(self, whats: Collection[Waiting], *, most: int) -> Mapping[Waiting, int]:
        """How many of each wait, by one command; at ``most`` it stops counting."""
        (first, stages), *others = [
            (collection, _counting(what, wanted, most))
            for what, (collection, wanted) in _WAITING.items()
            if what in whats
        ] or [("bookings", [{"$match": {"_id": None}}])]
        unions = [{"$unionWith": {"coll": name, "pipeline": pipeline}} for name, pipeline in others]
        rows = await self._mongo.collection(first).aggregate([*stages, *unions])
        counts = {row["_id"]: int(row["n"]) async for row in rows}
        return {what: counts.get(what.value, 0) for what in whats}


def _counting(what: Waiting, wanted: Document, most: int) -> list[Document]:
    return [{"$match": wanted}, {"$limit": most}, {"$group": {"_id": what.value, "n": {"$sum": 1}}}]
