"""Everything that is held about one person, as the collections hold it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.adapters.mongo.database import Document, Mongo
from common.adapters.mongo.unit_of_work import current_session
from common.application.ports.personal_data import MatterKind, OpenMatter
from common.domain.booking_machine import TERMINAL
from common.domain.bookings import ActorKind, PayoutState

_MOST_ROWS = 1000
_NEVER_SHOWN = frozenset(
    {
        "password_hash",
        "device_hash",
        "secret_hash",
        "renewed_secret_hashes",
        "p256dh",
        "auth",
        "endpoint",
        "tokens",
        "email_key",
        "idempotency_key",
    }
)
#: By subject: the collection, and the field that names the account (``user``) or the provider's profile (``provider``).
_SUBJECTS: Mapping[str, tuple[str, str, str]] = {
    "identities": ("credentials", "user_id", "user"),
    "sessions": ("sessions", "user_id", "user"),
    "security_events": ("security_events", "user_id", "user"),
    "provider_profile": ("providers", "_id", "provider"),
    "services": ("services", "provider_id", "provider"),
    "bookings_as_customer": ("bookings", "customer_id", "user"),
    "bookings_as_provider": ("bookings", "provider_id", "provider"),
    "booking_intents": ("booking_intents", "user_id", "user"),
    "ratings_written": ("ratings", "author_id", "user"),
    "notifications": ("notifications", "user_id", "user"),
    "notification_preferences": ("notification_preferences", "_id", "user"),
    "mails": ("mails", "user_id", "user"),
    "push_subscriptions": ("push_subscriptions", "user_id", "user"),
    "subscriptions": ("subscriptions", "provider_id", "provider"),
}
#: What the other side of a booking told is not the caller's to take.
_HIDDEN_OF_OTHERS = {"bookings_as_provider": {"place", "notes", "access_notes", "payment_details", "start_code"}}
_ONLY_THEIRS = (
    "credentials", "sessions", "refresh_tokens", "booking_intents", "notifications", "push_subscriptions", "mails",
)  # fmt: skip

#: What keeps an account open. Stripe, too, closes no account with a balance or payments under way
#: (https://support.stripe.com/questions/close-a-stripe-account).
_CLOSED = [status.value for status in TERMINAL]
_OPEN: tuple[Document, ...] = (
    {"status": {"$nin": _CLOSED}},
    {"payment_details.open_operations.0": {"$exists": True}},
    {"payment_details.needs_attention": True},
)
_DEBT: Document = {"payout": PayoutState.DEBT.value}
_FORGOTTEN_TITLE = "News of a booking"
_FORGOTTEN_BODY = "The account of one of its parties was deleted, and what this said went with it."


class MongoPersonalData:
    """Implements ``PersonalData``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def collect(self, user_id: str, provider_id: str | None) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Rows about the account by subject, without secrets; at most a thousand of each, the newest."""
        found: dict[str, list[Document]] = {}
        for subject, (collection, field, whose) in _SUBJECTS.items():
            owner = user_id if whose == "user" else provider_id
            if owner is None:
                continue
            hidden = _NEVER_SHOWN | _HIDDEN_OF_OTHERS.get(subject, set())
            cursor = self._mongo.collection(collection).find({field: owner}).sort("_id", -1).limit(_MOST_ROWS)
            found[subject] = [_shown(row, hidden) async for row in cursor]
        return found

    async def open_matters(self, user_id: str, provider_id: str | None, *, limit: int) -> Sequence[OpenMatter]:
        """Bookings of either side that keep the account open: under way, with money on its way, or with a debt."""
        found = await self._open_of({"customer_id": user_id}, [*_OPEN], ActorKind.CUSTOMER, limit)
        if provider_id is not None:
            found += await self._open_of({"provider_id": provider_id}, [*_OPEN, _DEBT], ActorKind.PROVIDER, limit)
        return found[:limit]

    async def _open_of(self, side: Document, reasons: list[Document], role: ActorKind, limit: int) -> list[OpenMatter]:
        shown = {"status": 1, "payout": 1}
        cursor = self._mongo.collection("bookings").find({**side, "$or": reasons}, shown, session=current_session())
        return [
            OpenMatter(booking_id=row["_id"], status=row["status"], role=role, kind=_kind(row))
            async for row in cursor.limit(limit)
        ]

    async def forget_mentions(self, booking_ids: Sequence[str]) -> None:
        """Remove what parties were told about these bookings; the entries in their inboxes stay, without words."""
        words = {"title": _FORGOTTEN_TITLE, "body": _FORGOTTEN_BODY}
        await self._mongo.collection("notifications").update_many(
            {"booking_id": {"$in": list(booking_ids)}}, {"$set": words}, session=current_session()
        )

    async def erase(self, user_id: str, provider_id: str | None, now: datetime) -> None:
        """Remove what is only theirs, and what names them from the log; bookings are left to their own writer."""
        session = current_session()
        for name in _ONLY_THEIRS:
            await self._mongo.collection(name).delete_many({"user_id": user_id}, session=session)
        await self._mongo.collection("notification_preferences").delete_one({"_id": user_id}, session=session)
        await self._mongo.collection("security_events").update_many(
            {"user_id": user_id}, {"$set": {"ip": "", "user_agent": ""}}, session=session
        )
        if provider_id is not None:
            await self._mongo.collection("calendar_feeds").delete_one({"_id": provider_id}, session=session)
            await self._mongo.collection("services").update_many(
                {"provider_id": provider_id},
                {"$set": {"status": "deleted", "title": "Deleted service", "description": "", "updated_at": now}},
                session=session,
            )


def _kind(row: Document) -> MatterKind:
    if row["status"] not in _CLOSED:
        return MatterKind.UNDER_WAY
    return MatterKind.DEBT if row.get("payout") == PayoutState.DEBT else MatterKind.MONEY_MOVING


def _shown(row: Document, hidden: frozenset[str] | set[str]) -> Document:
    shown = {name: value for name, value in row.items() if name not in hidden}
    return {"id": shown.pop("_id"), **shown}
