"""Bookings in MongoDB. ``commit`` is one transaction; the unique indexes are the last word on races."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne, UpdateMany
from pymongo.asynchronous.collection import ReturnDocument
from pymongo.errors import BulkWriteError, DuplicateKeyError

from common.adapters.mongo.bookings.documents import booking_document, outbox_document
from common.adapters.mongo.bookings.ratings import reveal_ratings, reveals_ratings
from common.adapters.mongo.bookings.staff_rows import staff_rows
from common.adapters.mongo.media.media import MongoMedia
from common.adapters.mongo.scheduling.claim_filters import around
from common.adapters.mongo.scheduling.slot_claims import ClaimChange, MongoSlotClaims
from common.adapters.mongo.shared.database import Document, Mongo, Session
from common.adapters.mongo.shared.documents import from_document, to_native_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Walk, Whose, nobody
from common.adapters.mongo.shared.taking import take_due
from common.adapters.mongo.shared.unit_of_work import within
from common.application.ports.bookings.repository import BookingQuery
from common.application.ports.shared.due import Due
from common.domain.bookings.booking import ActorKind, Booking, BookingChange, BookingStatus, HistoryEntry, PayoutState
from common.domain.bookings.groups import AHEAD
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.media.media import OF_BOOKING, Purpose
from common.domain.payments.ledger import require_balanced
from common.domain.payments.operations import OperationStatus
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.errors import Conflict, GigstaError, VersionConflict

#: What the other side of a booking told is not the caller's to take.
_CUSTOMERS = frozenset({"notes", "access_notes", "payment_details", "charges", "start_code"})


def _told_to(side: Whose) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """A row for the side that an export is for: of the other place the kind alone, and not why the other cancelled."""
    other = ActorKind.PROVIDER if side is Whose.ACCOUNT else ActorKind.CUSTOMER

    def shown(row: Mapping[str, Any]) -> Mapping[str, Any]:
        place = row.get("place") or {}
        kind = place.get("kind", PlaceKind.CUSTOMER.value)
        is_own = (kind == PlaceKind.CUSTOMER.value) is (side is Whose.ACCOUNT)
        seen = {**row, "place": place if is_own else {"kind": kind}}
        return {**seen, "cancel_reason": ""} if row.get("cancelled_by") == other.value else seen

    return shown


_BY_START = Walk("slot.start_at", statuses=[status.value for status in BookingStatus])

HOLDINGS: Holdings = {
    "booking_history": nobody("the audit trail of bookings, read there; what people wrote is blanked with the booking"),
    "bookings": (
        Holding(
            Whose.ACCOUNT,
            Fate.BLANKED,
            "customer_id",
            "bookings_as_customer",
            hidden=frozenset({"figures"}),
            shown=_told_to(Whose.ACCOUNT),
            walk=_BY_START,
        ),
        Holding(
            Whose.PROVIDER,
            Fate.BLANKED,
            "provider_id",
            "bookings_as_provider",
            hidden=_CUSTOMERS,
            shown=_told_to(Whose.PROVIDER),
            walk=_BY_START,
        ),
    ),
}

#: Where an id of Stripe's stands in a charge, and where in ``payment_details`` of the release before charges.
STRIPE_FIELDS = {
    "pi": ("payment_intent_id", "payment_intent_id"),
    "seti": ("setup_intent_id", "setup_intent_id"),
    "ch": ("stripe_charge_id", "charge_id"),
    "py": ("stripe_charge_id", "charge_id"),
    "tr": ("transfers.id", "transfers.id"),
}
_EVERY_STATUS = tuple(BookingStatus)


class MongoBookings:
    """``BookingRepository`` over MongoDB.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo
        self._bookings = mongo.collection("bookings")
        self._history = mongo.collection("booking_history")
        self._security_events = mongo.collection("security_events")
        self._claims = mongo.collection("slot_claims")
        self._operations = mongo.collection("payment_operations")
        self._ledger = mongo.collection("ledger_entries")
        self._outbox = mongo.collection("outbox")
        self._ratings = mongo.collection("ratings")
        self._slots = MongoSlotClaims(mongo)
        self._media = MongoMedia(mongo)

    async def get(self, booking_id: str) -> Booking | None:
        """One booking by id."""
        return _booking(await self._bookings.find_one({"_id": booking_id}))

    async def get_many(self, booking_ids: Sequence[str]) -> Mapping[str, Booking]:
        """Those of the bookings that there are, by id."""
        cursor = self._bookings.find({"_id": {"$in": list(booking_ids)}})
        return {booking.id: booking async for row in cursor if (booking := _booking(row))}

    async def find_by_idempotency_key(self, customer_id: str, key: str) -> Booking | None:
        """The booking a customer made with this idempotency key."""
        return _booking(await self._bookings.find_one({"customer_id": customer_id, "idempotency_key": key}))

    async def find_by_stripe_id(self, stripe_id: str) -> Booking | None:
        """The booking that an intent, charge or transfer belongs to; its prefix tells which field to look in."""
        fields = STRIPE_FIELDS.get(stripe_id.split("_", 1)[0])
        if fields is None:
            return None
        return _booking(await self._bookings.find_one(stripe_id_filter(fields, stripe_id)))

    async def commit(self, change: BookingChange) -> None:
        """Write the change in one transaction, or nothing of it (see the port for what it raises)."""
        await self._commit(change, None)

    async def commit_with(self, change: BookingChange, first: Callable[[], Awaitable[None]]) -> None:
        """Write the change behind what other repositories write, in one transaction (see the port)."""
        await self._commit(change, first)

    async def _commit(self, change: BookingChange, first: Callable[[], Awaitable[None]] | None) -> None:
        """Write a change; a new booking takes its time before anything else of its own, an old one checks its version.

        So what loses a race fails at once.
        """
        require_balanced(change.ledger)
        claims = ClaimChange(
            change.booking.updated_at, change.claims, change.released_claim_ids, change.limits, change.hold_limit
        )
        is_new = change.expected_version is None

        async def begin(session: Session) -> None:
            if first is not None:
                await within(session, first)
            if not is_new:
                await self._replace_booking(change, session)

        async def record(session: Session) -> None:
            if is_new:
                await self._bookings.insert_one(booking_document(change.booking), session=session)
            await self._record(change, session)

        try:
            await self._slots.commit(claims, before=begin, after=record)
        except (DuplicateKeyError, BulkWriteError) as error:
            raise _translated(error) from error

    async def list_history(self, booking_id: str, *, limit: int, after_version: int = 0) -> Sequence[HistoryEntry]:
        """Audit rows, oldest first, that made versions above the given one."""
        query = {"booking_id": booking_id, "version": {"$gt": after_version}}
        cursor = self._history.find(query).sort("version", 1).limit(limit)
        return [from_document(HistoryEntry, row) async for row in cursor]

    async def search(
        self, query: BookingQuery, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Booking]:
        """Bookings of one party. Statuses are always listed, so that one index serves every filter and the order."""
        direction = 1 if query.soonest_first else -1
        cursor = self._bookings.find(list_filter(query, after)).sort([("slot.start_at", direction), ("_id", direction)])
        return [from_document(Booking, row) async for row in cursor.limit(limit)]

    async def list_disputed(self, *, limit: int, after: tuple[datetime, str] | None = None) -> Sequence[Booking]:
        """Open disputes, the longest waiting first."""
        cursor = self._bookings.find(dispute_filter(after)).sort([("dispute.opened_at", 1), ("_id", 1)]).limit(limit)
        return [from_document(Booking, row) async for row in cursor]

    async def commit_all(self, changes: Sequence[BookingChange]) -> None:
        """Write changes of several stored bookings in one transaction, or nothing of them; none may take time."""
        for change in changes:
            require_balanced(change.ledger)

        async def work(session: Session) -> None:
            for change in changes:
                await self._replace_booking(change, session)
                await self._record(change, session)

        try:
            await self._mongo.in_transaction(work)
        except (DuplicateKeyError, BulkWriteError) as error:
            raise _translated(error) from error

    async def list_owed_by_provider(self, provider_id: str, currency: str, *, limit: int) -> Sequence[Booking]:
        """Bookings of which a provider owes something in a currency, the oldest first."""
        query = {"provider_id": provider_id, "payout": PayoutState.DEBT, "price.total.currency": currency}
        cursor = self._bookings.find(query).sort("_id", 1).limit(limit)
        return [from_document(Booking, row) async for row in cursor]

    async def sum_owed_by_provider(self, provider_id: str) -> Mapping[str, int]:
        """What a provider owes, in minor units by currency."""
        wanted = {"provider_id": provider_id, "payout": PayoutState.DEBT}
        group = {"_id": "$price.total.currency", "sum": {"$sum": "$payment_details.debt_amount"}}
        rows = await self._bookings.aggregate([{"$match": wanted}, {"$group": group}])
        return {row["_id"]: int(row["sum"]) async for row in rows}

    async def list_owed(self, *, limit: int, after: tuple[datetime, str] | None) -> Sequence[Booking]:
        """Bookings of which any provider owes something, the oldest start first; ``after`` is (start, id)."""
        query: Document = {"payout": PayoutState.DEBT, **_starting_after(after)}
        cursor = self._bookings.find(query).sort([("slot.start_at", 1), ("_id", 1)]).limit(limit)
        return [from_document(Booking, row) async for row in cursor]

    async def list_provider_unavailable(self, *, limit: int, after: tuple[datetime, str] | None) -> Sequence[Booking]:
        """Bookings that lie ahead of providers who cannot come, the soonest first; ``after`` is (start, id)."""
        ahead = {"provider_away_since": {"$type": "date"}, "status": {"$in": list(AHEAD)}}
        query: Document = {**ahead, **_starting_after(after)}
        cursor = self._bookings.find(query).sort([("slot.start_at", 1), ("_id", 1)]).limit(limit)
        return [from_document(Booking, row) async for row in cursor]

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Booking]:
        """Take due bookings under a lease; every commit rewrites the document and so ends the lease."""
        return await take_due(self._bookings, Booking, now, until=until, limit=limit)

    async def increment_checks(self, booking_id: str) -> int:
        """Count one more look-up for a due booking that had no answer; how many since its last commit, this one too."""
        counted = await self._bookings.find_one_and_update(
            {"_id": booking_id},
            {"$inc": {"lease.checks": 1}},
            projection={"lease.checks": 1},
            return_document=ReturnDocument.AFTER,
        )
        return int(counted["lease"]["checks"]) if counted else 0

    async def postpone(self, booking_id: str, action: str, *, until: datetime) -> None:
        """Keep a due booking from every caller of ``claim_due`` until an instant, while this action is what is due."""
        await self._bookings.update_one(
            {"_id": booking_id, "next_due_action": action}, {"$set": {"next_due_at": until}}
        )

    async def list_claims(
        self, provider_id: str, resource_ids: Sequence[str], start: datetime, end: datetime
    ) -> Sequence[SlotClaim]:
        """Claims of a provider's bookings, and anybody's of the resources, that overlap the interval."""
        query = {**around([provider_id], resource_ids, start, end), "end_at": {"$gt": start}}
        return [from_document(SlotClaim, row) async for row in self._claims.find(query)]

    async def _replace_booking(self, change: BookingChange, session: Session) -> None:
        """The optimistic lock: only the version the decision was made on may be replaced."""
        stored = {"_id": change.booking.id, "version": change.expected_version}
        result = await self._bookings.replace_one(stored, booking_document(change.booking), session=session)
        if result.matched_count == 0:
            raise VersionConflict("The booking has changed meanwhile.")

    async def _record(self, change: BookingChange, session: Session) -> None:
        """Audit rows, operations, ledger lines, events and shown media: one command for each kind there is."""
        if change.history:
            await self._history.insert_many([to_native_document(row) for row in change.history], session=session)
        if acts := staff_rows(change.history):
            await self._security_events.insert_many(acts, session=session)
        if operations := _operation_writes(change):
            await self._operations.bulk_write(operations, session=session)
        if change.ledger:
            await self._ledger.insert_many([to_native_document(line) for line in change.ledger], session=session)
        if change.events:
            await self._outbox.insert_many([outbox_document(event) for event in change.events], session=session)
        if shown := change.shown_media:
            await self._media.attach(
                shown.media_ids,
                owner_id=shown.owner_id,
                purpose=Purpose.DISPUTE_EVIDENCE,
                target=f"{OF_BOOKING}{change.booking.id}",
                now=change.booking.updated_at,
                field="media_ids",
                session=session,
            )
        if reveals_ratings(change):
            await reveal_ratings(self._ratings, change.booking.id, change.booking.updated_at, session)


def _starting_after(after: tuple[datetime, str] | None) -> Document:
    """What comes after (start, id) in the order of starts."""
    if after is None:
        return {}
    start, last_id = after
    later = [{"slot.start_at": {"$gt": start}}, {"slot.start_at": start, "_id": {"$gt": last_id}}]
    return {"slot.start_at": {"$gte": start}, "$or": later}


def stripe_id_filter(fields: tuple[str, str], stripe_id: str) -> Document:
    """Bookings with an id of Stripe's in a charge, or written by the release before charges."""
    in_charge, before = fields
    return {"$or": [{f"charges.{in_charge}": stripe_id}, {f"payment_details.{before}": stripe_id}]}


def dispute_filter(after: tuple[datetime, str] | None) -> Document:
    """Open disputes after one that was seen."""
    found: Document = {"status": BookingStatus.DISPUTED}
    if after is not None:
        opened_at, last_id = after
        found["dispute.opened_at"] = {"$gte": opened_at}
        found["$or"] = [{"dispute.opened_at": {"$gt": opened_at}}, {"_id": {"$gt": last_id}}]
    return found


def list_filter(query: BookingQuery, after: tuple[datetime, str] | None) -> Document:
    """The filter of a list; it begins with the fields of the index that serves it."""
    party = "customer_id" if query.customer_id is not None else "provider_id"
    found: Document = {party: query.customer_id or query.provider_id}
    if query.awaiting is not None:
        found["awaiting"] = query.awaiting
    if query.statuses or query.awaiting is None:
        found["status"] = {"$in": list(query.statuses or _EVERY_STATUS)}
    bounds: list[Document] = []
    if query.starts_from is not None:
        bounds.append({"slot.start_at": {"$gte": query.starts_from}})
    if query.starts_before is not None:
        bounds.append({"slot.start_at": {"$lt": query.starts_before}})
    if after is not None:
        start, last_id = after
        further = "$gt" if query.soonest_first else "$lt"
        bounds += [
            {"slot.start_at": {f"{further}e": start}},
            {"$or": [{"slot.start_at": {further: start}}, {"slot.start_at": start, "_id": {further: last_id}}]},
        ]
    if bounds:
        found["$and"] = bounds
    return found


def _operation_writes(change: BookingChange) -> list[ReplaceOne[Document] | UpdateMany]:
    taken = {"locked_until": change.taken_until} if change.taken_until else {}
    rows = [{**to_native_document(operation), **taken} for operation in change.operations]
    writes: list[ReplaceOne[Document] | UpdateMany] = [
        ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in rows
    ]
    if change.canceled_operation_ids:
        canceled = {"status": OperationStatus.CANCELED, "updated_at": change.booking.updated_at}
        writes.append(UpdateMany({"_id": {"$in": change.canceled_operation_ids}}, {"$set": canceled}))
    return writes


def _booking(document: Document | None) -> Booking | None:
    return None if document is None else from_document(Booking, document)


def _translated(error: DuplicateKeyError | BulkWriteError) -> GigstaError:
    """What a duplicate key means, by the index that refused it; slots have been dealt with before.

    The server names the index in ``keyPattern`` (https://www.mongodb.com/docs/manual/reference/error-codes/, 11000).
    """
    pattern = _key_pattern(error.details or {})
    if "idempotency_key" in pattern:
        return Conflict("This request has already made a booking.", code="duplicate_booking")
    return VersionConflict("The booking has changed meanwhile.")


def _key_pattern(details: Mapping[str, Any]) -> Mapping[str, Any]:
    """The key pattern of a single or a bulk write's duplicate key error."""
    failed: Mapping[str, Any] = next(iter(details.get("writeErrors", ())), details)
    pattern: Mapping[str, Any] = failed.get("keyPattern", {})
    return pattern
