"""The register of personal data: of every collection, whose data it holds, and what becomes of it.

Export and deletion of an account go by it. A test fails for a collection that declares nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """What a row names."""

    ACCOUNT = "account"
    PROVIDER = "provider"
    ADDRESS = "address"
    NOBODY = "nobody"


class Fate(StrEnum):
    """What becomes of a row when its person leaves."""

    DELETED = "deleted"
    BLANKED = "blanked"
    KEPT = "kept"
    EXPIRES = "expires"


@dataclass(frozen=True)
class Holding:
    """What one collection holds of one person.

    Args:
        whose: what its rows name.
        fate: what becomes of them; ``deleted`` is done by this register, ``blanked`` by the writer of that data.
        field: which field names the account, the provider's profile, or the address.
        subject: the name in an export; ``None`` where it is not exported.
        hidden: fields that are not exported, being the other side's.
        why: the reason for keeping it, or for not exporting it.
    """

    whose: Whose
    fate: Fate
    field: str = ""
    subject: str | None = None
    hidden: frozenset[str] = frozenset()
    why: str = ""


def _account(field: str, fate: Fate, subject: str | None = None, *, why: str = "") -> Holding:
    return Holding(Whose.ACCOUNT, fate, field, subject, why=why)


def _provider(field: str, fate: Fate, subject: str | None = None, *, why: str = "") -> Holding:
    return Holding(Whose.PROVIDER, fate, field, subject, why=why)


def _nobody(why: str) -> tuple[Holding]:
    return (Holding(Whose.NOBODY, Fate.KEPT, why=why),)


#: What the other side of a booking told is not the caller's to take.
_CUSTOMERS = frozenset({"place", "notes", "access_notes", "payment_details", "start_code"})
_BOOKS = "the books, which the law wants kept; it names bookings, which are exported"
_SECRETS = "digests of secrets, of no use to their owner; what they open is exported with the sign-ins"

REGISTER: Mapping[str, tuple[Holding, ...]] = {
    "users": (_account("_id", Fate.BLANKED, why="exported as the account itself"),),
    "credentials": (_account("user_id", Fate.DELETED, "identities"),),
    "sessions": (_account("user_id", Fate.DELETED, "sessions"),),
    "refresh_tokens": (_account("user_id", Fate.DELETED, why=_SECRETS),),
    "mail_tokens": (_account("user_id", Fate.DELETED, why=_SECRETS),),
    "registrations": (
        Holding(Whose.ADDRESS, Fate.BLANKED, "email_key", why="anybody may have made it; deleted with its address"),
    ),
    "security_events": (_account("user_id", Fate.BLANKED, "security_events"),),
    "providers": (_provider("_id", Fate.BLANKED, "provider_profile"),),
    "services": (_provider("provider_id", Fate.BLANKED, "services"),),
    "service_listings": (_provider("provider_id", Fate.BLANKED, why="copies of services, made anew from them"),),
    "provider_listings": (_provider("_id", Fate.BLANKED, why="copies of profiles, made anew from them"),),
    "bookings": (
        _account("customer_id", Fate.BLANKED, "bookings_as_customer"),
        Holding(Whose.PROVIDER, Fate.BLANKED, "provider_id", "bookings_as_provider", _CUSTOMERS),
    ),
    "booking_history": _nobody(
        "the audit trail of bookings, read there; what people wrote is blanked with the booking"
    ),
    "booking_intents": (_account("user_id", Fate.DELETED, "booking_intents"),),
    "ratings": (_account("author_id", Fate.KEPT, "ratings_written", why="published without a name"),),
    "slot_claims": (_provider("provider_id", Fate.KEPT, why="times of bookings, which are exported"),),
    "limit_locks": (_provider("_id", Fate.EXPIRES, why="a counter of bookings per day"),),
    "calendar_feeds": (
        _account("_id", Fate.DELETED, why=_SECRETS),
        _provider("_id", Fate.DELETED, why=_SECRETS),
    ),
    "subscriptions": (_provider("_id", Fate.KEPT, "subscriptions", why=_BOOKS),),
    "notifications": (_account("user_id", Fate.DELETED, "notifications"),),
    "notification_preferences": (_account("_id", Fate.DELETED, "notification_preferences"),),
    "mails": (_account("user_id", Fate.DELETED, "mails"),),
    "push_subscriptions": (_account("user_id", Fate.DELETED, "push_subscriptions"),),
    "push_messages": (_account("user_id", Fate.EXPIRES, why="of a developer's machine, for a day"),),
    "ledger_entries": _nobody(_BOOKS),
    "payment_operations": _nobody(_BOOKS),
    "payment_verifications": _nobody("bookings that wait for a check of their money"),
    "payment_discrepancies": _nobody("amounts of bookings that differ from Stripe's"),
    "verification_runs": _nobody("how far a check has come"),
    "webhook_events": _nobody("ids of Stripe's events"),
    "processed_events": _nobody("ids of events"),
    "outbox": _nobody("events on their way; what names people is blanked once it is sent, and all go after a week"),
    "idempotency_keys": _nobody("answers to requests, for a day"),
    "rate_limits": _nobody("counters by digest or network address, for an hour at most"),
    "sign_in_attempts": _nobody("digests, for ten minutes; who signs in is not known yet"),
    "geocode_cache": _nobody("addresses that were looked up, without who did"),
    "search_terms": _nobody("words of listings"),
    "categories": _nobody("the tree of categories"),
    "breakers": _nobody("whether services outside answer"),
    "signing_keys": _nobody("public keys"),
}


def holdings() -> Iterator[tuple[str, Holding]]:
    """Every declared holding with its collection."""
    for collection, held in REGISTER.items():
        for holding in held:
            yield collection, holding
