"""What keeps an account open, and the erasure of all that is held about its person."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Fate
from common.adapters.mongo.shared.unit_of_work import current_session
from common.adapters.privacy.register import holdings
from common.application.ports.identity.personal_data import MatterKind, OpenMatter
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.bookings.state_machine import TERMINAL
from common.domain.catalogue.services import ServiceStatus

#: What keeps an account open. Stripe, too, closes no account with a balance or payments under way
#: (https://support.stripe.com/questions/close-a-stripe-account). The indexes ``customer_open`` and ``provider_open``
#: hold what these filters find and nothing else, so a change of them is a migration too.
_UNDER_WAY = sorted(status.value for status in BookingStatus if status not in TERMINAL)
_OPEN: tuple[Document, ...] = (
    {"status": {"$in": _UNDER_WAY}},
    {"payment_details.open_operations.0": {"$exists": True}},
    {"payment_details.needs_attention": True},
)
#: Services that are not deleted: two hundred of a provider at most.
_LIVING = [status.value for status in ServiceStatus if status is not ServiceStatus.DELETED]
_DEBT: Document = {"payout": PayoutState.DEBT.value}
_BLANK_SERVICE: Document = {
    "status": ServiceStatus.DELETED.value,
    "title": "Deleted service",
    "description": "",
    "options": [],
    "photos": [],
}
_UNNAMED: Document = {"ip": "", "user_agent": ""}
#: Nobody writes to somebody who has left.
_ENDED: Document = {"is_ended": True}
#: What was hidden in a message, and kept for moderators.
_UNMASKED: Document = {"original": None}
#: Rows that one command of an erasure takes.
_BATCH = 1_000
_FORGOTTEN_TITLE = "News of a booking"
_FORGOTTEN_BODY = "The account of one of its parties was deleted, and what this said went with it."


class MongoPersonalData:
    """Implements ``PersonalData``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def open_matters(self, user_id: str, provider_id: str | None, *, limit: int) -> Sequence[OpenMatter]:
        """Bookings of either side that keep the account open: under way, with money on its way, or with a debt."""
        found = await self._open_of("customer_open", {"customer_id": user_id}, [*_OPEN], limit)
        if provider_id is not None:
            found += await self._open_of("provider_open", {"provider_id": provider_id}, [*_OPEN, _DEBT], limit)
        return found[:limit]

    async def _open_of(self, index: str, side: Document, reasons: list[Document], limit: int) -> list[OpenMatter]:
        """Matters of one side; the planner does not see on its own that the partial index holds all that is asked."""
        role = ActorKind.CUSTOMER if "customer_id" in side else ActorKind.PROVIDER
        found: Document = {**side, "$or": reasons}
        shown = {"status": 1, "payout": 1}
        cursor = self._mongo.collection("bookings").find(found, shown, session=current_session()).hint(index)
        return [
            OpenMatter(booking_id=row["_id"], status=row["status"], role=role, kind=_kind(row))
            async for row in cursor.limit(limit)
        ]

    async def erase_mentions(self, booking_ids: Sequence[str], user_ids: Collection[str]) -> None:
        """Remove what parties were told about these bookings (see the port)."""
        words = {"title": _FORGOTTEN_TITLE, "body": _FORGOTTEN_BODY}
        await self._mongo.collection("notifications").update_many(
            {"booking_id": {"$in": list(booking_ids)}}, {"$set": words}, session=current_session()
        )
        await self._mongo.collection("realtime_streams").update_many(
            {"_id": {"$in": sorted(user_ids)}},
            {"$set": {"events.$[told].preview": ""}},
            array_filters=[{"told.ids.booking_id": {"$in": list(booking_ids)}}],
            session=current_session(),
        )

    async def erase_reasons(self, booking_ids: Sequence[str], fact: str) -> None:
        """Blank what somebody gave as a reason in the audit trail of these bookings.

        Args:
            booking_ids: bookings whose reason is the leaving party's.
            fact: the audited field, ``cancel_reason`` or ``dispute``.
        """
        history, of_these = self._mongo.collection("booking_history"), {"booking_id": {"$in": list(booking_ids)}}
        for side in ("from", "to"):
            path = f"changed.{fact}.{side}" if fact == "cancel_reason" else f"changed.{fact}.{side}.reason"
            await history.update_many({**of_these, path: {"$gt": ""}}, {"$set": {path: ""}}, session=current_session())

    async def erase_notes(self, booking_ids: Sequence[str], party: ActorKind, notes: Mapping[str, str]) -> None:
        """Take what a party said off the notes of its actions in these bookings' audit trail."""
        session, history = current_session(), self._mongo.collection("booking_history")
        theirs = {"booking_id": {"$in": list(booking_ids)}, "actor.kind": party.value}
        for action, note in notes.items():
            await history.update_many({**theirs, "action": action}, {"$set": {"note": note}}, session=session)

    async def close(self, user_id: str, provider_id: str | None, now: datetime) -> None:
        """Remove what opens the account, what is sent by, and what others see of it: few rows, in the unit of work."""
        session = current_session()
        for collection, owned in _deleted_rows(user_id, provider_id, is_at_once=True):
            await self._mongo.collection(collection).delete_many(owned, session=session)
        if provider_id is not None:
            shown = {"provider_id": provider_id, "status": {"$in": _LIVING}}
            blank = {"$set": {**_BLANK_SERVICE, "updated_at": now}}
            await self._mongo.collection("services").update_many(shown, blank, session=session)

    async def erase(self, user_id: str, provider_id: str | None, *, has_time: Callable[[], bool]) -> bool:
        """Remove what is only theirs, a thousand rows at a time, and what names them from the log (see the port)."""
        for collection, owned in _deleted_rows(user_id, provider_id):
            if not await self._clear(collection, owned, has_time):
                return False
        if not await self._clear("security_events", {"user_id": user_id}, has_time, _UNNAMED):
            return False
        if not await self._clear("conversations", {"members": user_id}, has_time, _ENDED):
            return False
        if not await self._clear("messages", {"sender_id": user_id}, has_time, _UNMASKED):
            return False
        gone = {"provider_id": provider_id, "status": ServiceStatus.DELETED.value}
        return provider_id is None or await self._clear("services", gone, has_time, _BLANK_SERVICE)

    async def _clear(
        self, collection: str, owned: Document, has_time: Callable[[], bool], blank: Document | None = None
    ) -> bool:
        """Delete rows by their owner, or set the fields of ``blank`` where they are not set yet.

        Each command is done for good, so that nothing is done twice after a death.
        """
        rows = self._mongo.collection(collection)
        undone = owned if blank is None else {**owned, "$or": [{name: {"$ne": blank[name]}} for name in blank]}
        while ids := [row["_id"] async for row in rows.find(undone, {"_id": 1}).limit(_BATCH)]:
            these = {"_id": {"$in": ids}}
            await (rows.delete_many(these) if blank is None else rows.update_many(these, {"$set": blank}))
            if len(ids) == _BATCH and not has_time():
                return False
        return True


def _deleted_rows(user_id: str, provider_id: str | None, *, is_at_once: bool = False) -> Iterator[tuple[str, Document]]:
    """Whose rows are deleted, by collection: all, or those that go at once."""
    for collection, holding in holdings():
        owner = holding.owner(user_id, provider_id)
        if holding.fate is Fate.DELETED and owner is not None and (holding.is_at_once or not is_at_once):
            yield collection, {holding.field: owner}


def _kind(row: Document) -> MatterKind:
    if row["status"] in _UNDER_WAY:
        return MatterKind.UNDER_WAY
    return MatterKind.DEBT if row.get("payout") == PayoutState.DEBT else MatterKind.MONEY_MOVING
