"""What an account has done, gathered from every system in the order of time.

Each source gives its newest rows before the last one seen, by an index of its own, and the newest of all are the page:
reading a page costs one bounded query for each source, however much the account has done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Whose
from common.application.shared.together import together
from common.domain.identity.activity import ActivityEntry, System, place_of
from common.domain.identity.security_events import EVENT_PREFIX
from common.domain.matching.job_requests import JOB_REQUEST_PREFIX, JobRequestStatus
from common.domain.matching.offers import OFFER_PREFIX, OfferStatus
from common.domain.media.media import MEDIA_PREFIX
from common.domain.messaging.conversations import conversation_id
from common.domain.moderation.items import ITEM_PREFIX
from common.domain.reports.comments import COMMENT_PREFIX
from common.domain.reports.report import REPORT_PREFIX
from common.domain.shared.ids import BOOKING_PREFIX

Details = Callable[[Mapping[str, Any]], Mapping[str, Any]]
#: The type is asked for besides, because a partial index serves only queries that repeat its filter.
_ANY: Document = {"created_at": {"$type": "date"}}


def _nothing(_: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class _Source:
    """One index of one collection.

    Args:
        system: what its entries are called after.
        collection: which.
        owner_field: names the account or the profile.
        prefix: of the ids.
        type: what an entry is.
        told: fields that entries tell under the same name.
        whose: whether the field names an account or a provider.
        wanted: what is asked for besides.
        index: the index's name, where the planner may take another one.
        more: further facts.
    """

    system: System
    collection: str
    owner_field: str
    prefix: str
    type: str
    told: tuple[str, ...] = ()
    whose: Whose = Whose.ACCOUNT
    wanted: Mapping[str, Any] = field(default_factory=dict)
    index: str | None = None
    more: Details = _nothing


def _statuses(kind: type[JobRequestStatus] | type[OfferStatus]) -> Document:
    return {"status": {"$in": [each.value for each in kind]}}


def _of_booking(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Facts of a booking, its money among them."""
    total, paid = (row.get("price") or {}).get("total"), row.get("payment_details") or {}
    return {
        "price": total,
        "captured": paid.get("captured_amount"),
        "refunded": paid.get("refunded_amount"),
        "title": (row.get("service") or {}).get("title"),
        "start_at": (row.get("slot") or {}).get("start_at"),
    }


def _of_item(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was decided last."""
    last = (row.get("decisions") or [{}])[-1]
    return {"outcome": last.get("outcome"), "decided_at": last.get("at"), "appealed": row.get("appeal") is not None}


_BOOKING = ("status", "payment", "payout")
_ITEM = ("kind", "subject", "state")
_SOURCES = (
    _Source(
        System.BOOKINGS, "bookings", "customer_id", BOOKING_PREFIX, "booked", _BOOKING, wanted=_ANY, more=_of_booking
    ),
    _Source(
        System.BOOKINGS,
        "bookings",
        "provider_id",
        BOOKING_PREFIX,
        "was_booked",
        _BOOKING,
        whose=Whose.PROVIDER,
        wanted=_ANY,
        more=_of_booking,
    ),
    _Source(
        System.JOB_REQUESTS,
        "job_requests",
        "customer_id",
        JOB_REQUEST_PREFIX,
        "asked",
        ("status", "category"),
        wanted=_statuses(JobRequestStatus),
        index="customer_status_newest",
    ),
    _Source(
        System.OFFERS,
        "offers",
        "provider_id",
        OFFER_PREFIX,
        "was_asked",
        ("status", "request_id"),
        whose=Whose.PROVIDER,
        wanted=_statuses(OfferStatus),
        index="provider_status_newest",
    ),
    _Source(System.RATINGS, "ratings", "author_id", "rat", "rated", ("booking_id", "stars", "state")),
    _Source(System.REPORTS, "reports", "author_id", REPORT_PREFIX, "reported_place", ("title", "status", "category")),
    _Source(System.COMMENTS, "report_comments", "author_id", COMMENT_PREFIX, "commented", ("report_id", "is_hidden")),
    _Source(System.PHOTOS, "media", "owner_id", MEDIA_PREFIX, "uploaded", ("purpose", "state", "attached_to")),
    _Source(
        System.MODERATION,
        "moderation_items",
        "reporter_id",
        ITEM_PREFIX,
        "reported",
        _ITEM,
        index="reporter",
        more=_of_item,
    ),
    _Source(
        System.MODERATION,
        "moderation_items",
        "reported_id",
        ITEM_PREFIX,
        "was_reported",
        _ITEM,
        index="reported",
        more=_of_item,
    ),
)
_TALKED_ABOUT = frozenset({System.BOOKINGS, System.OFFERS})
_LOG_FIELDS = ("actor_id", "session_id", "ip", "user_agent", "details")


class MongoActivities:
    """Implements ``Activities``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def list_by_account(
        self, user_id: str, provider_id: str | None, *, limit: int, before: str | None
    ) -> Sequence[ActivityEntry]:
        """What happened to or by an account, newest first (see the port)."""
        owners = {Whose.ACCOUNT: user_id, Whose.PROVIDER: provider_id}
        reading = [
            self._entries(source, owner, user_id, limit, before)
            for source in _SOURCES
            if (owner := owners[source.whose]) is not None
        ]
        reading += [self._log(user_id, limit, before), self._acts(user_id, limit, before)]
        found = [entry for entries in await together(*reading) for entry in entries]
        # One decision of a moderator's own is in the log once, though both name the account.
        newest = sorted({entry.id: entry for entry in found}.values(), key=lambda each: each.order, reverse=True)
        return await self._with_counts(user_id, newest[:limit])

    async def _entries(
        self, source: _Source, owner: str, user_id: str, limit: int, before: str | None
    ) -> list[ActivityEntry]:
        wanted: Document = {source.owner_field: owner, **source.wanted, **_earlier(source.prefix, before)}
        rows = self._mongo.collection(source.collection).find(wanted, hint=source.index).sort("_id", -1).limit(limit)
        return [_entry(source, user_id, row) async for row in rows]

    async def _log(self, user_id: str, limit: int, before: str | None) -> list[ActivityEntry]:
        wanted: Document = {"user_id": user_id, **_earlier(EVENT_PREFIX, before)}
        return await self._logged(System.SECURITY, wanted, limit)

    async def _acts(self, user_id: str, limit: int, before: str | None) -> list[ActivityEntry]:
        """What an account did as a member of staff, which is logged about others."""
        acts: Document = {"actor_id": {"$eq": user_id, "$type": "string"}, **_earlier(EVENT_PREFIX, before)}
        return await self._logged(System.STAFF, acts, limit)

    async def _logged(self, system: System, wanted: Document, limit: int) -> list[ActivityEntry]:
        rows = self._mongo.collection("security_events").find(wanted).sort("_id", -1).limit(limit)
        return [_log_entry(system, row) async for row in rows]

    async def _with_counts(self, user_id: str, entries: Sequence[ActivityEntry]) -> list[ActivityEntry]:
        """Bookings and offers with how many messages the account has written about each."""
        talks = {each.id: conversation_id(each.id) for each in entries if each.system in _TALKED_ABOUT}
        if not talks:
            return list(entries)
        shown = {"customer_id": 1, "customer_sent": 1, "last_seq": 1}
        rows = self._mongo.collection("conversations").find({"_id": {"$in": sorted(set(talks.values()))}}, shown)
        sent = {row["_id"]: _sent_by(user_id, row) async for row in rows}
        return [
            each.model_copy(update={"details": {**each.details, "messages_sent": sent.get(talks[each.id], 0)}})
            if each.id in talks
            else each
            for each in entries
        ]


def _sent_by(user_id: str, conversation: Mapping[str, Any]) -> int:
    sent = int(conversation.get("customer_sent") or 0)
    return sent if conversation["customer_id"] == user_id else int(conversation["last_seq"]) - sent


def _earlier(prefix: str, before: str | None) -> Document:
    """What of one kind comes after the last one seen, in the order of all kinds."""
    if before is None:
        return {}
    rest, seen = place_of(before)
    return {"_id": {"$lt" if prefix >= seen else "$lte": f"{prefix}_{rest}"}}


def _entry(source: _Source, user_id: str, row: Mapping[str, Any]) -> ActivityEntry:
    facts = {**{name: row.get(name) for name in source.told}, **source.more(row)}
    return ActivityEntry(
        id=row["_id"],
        system=source.system,
        type=source.type,
        user_id=user_id,
        details={name: value for name, value in facts.items() if value is not None},
        at=row["created_at"],
    )


def _log_entry(system: System, row: Mapping[str, Any]) -> ActivityEntry:
    kept = {name: row[name] for name in _LOG_FIELDS if row.get(name) is not None}
    return ActivityEntry(
        id=row["_id"], system=system, type=row["type"], user_id=row.get("user_id"), at=row["at"], **kept
    )
