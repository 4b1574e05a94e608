"""Where each collection's documents would lie on several shards, and how long they stay: one table for code and people.

``docs/scale.md`` shows it (``python -m infra.docs.scale``), and a test holds the unique indexes against it. MongoDB
keeps an index of a sharded collection unique only if it begins with the whole shard key, and none but ``_id`` beside a
hashed key (https://www.mongodb.com/docs/v6.0/core/sharding-shard-key/#unique-indexes). On other keys ``_id`` is unique
only within a shard, so these are for collections whose ids are drawn at random or follow from the shard key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Direction = Literal[1, "hashed"]

_DAY, _WEEK, _YEAR = "a day", "a week", "13 months, then archived"
_PEOPLE = "grows with people, not with bookings"
_SMALL = "a handful of documents"
_SHORT = "rows live for minutes or hours"


@dataclass(frozen=True)
class Placement:
    """What is planned for a collection.

    Args:
        why: the reason for its key, or for staying whole.
        key: the shard key's fields in order; none where the collection stays whole, on the database's primary shard.
        kept: how long documents stay in the collection; empty for as long as what they are about.
        blocked_by: names of unique indexes that do not begin with the key.
        first: what must change before.
    """

    why: str
    key: Mapping[str, Direction] = field(default_factory=dict)
    kept: str = ""
    blocked_by: tuple[str, ...] = ()
    first: str = ""


PLACEMENTS: Mapping[str, Placement] = {
    "bookings": Placement(
        "found by id by nearly everything",
        {"_id": "hashed"},
        blocked_by=("customer_idempotency_key",),
        first="a collection of keys; lists of a party ask every shard",
    ),
    "booking_history": Placement(
        "read by booking; its index (booking, version) stays unique", {"booking_id": 1}, kept=_YEAR
    ),
    "payment_operations": Placement(
        "read by booking",
        {"booking_id": "hashed"},
        kept=_YEAR,
        first="queries and upserts by an operation's id name its booking, too",
    ),
    "ledger_entries": Placement(
        "statements are of one provider and a period",
        {"provider_id": 1, "at": 1},
        kept="7 years, by year",
        first="queries by booking name the provider, too",
    ),
    "slot_claims": Placement(
        "a cell of a resource is unique; so each resource lies on one shard",
        {"resource_id": 1},
        blocked_by=("provider_further_cells",),
        first="no release before claims of resources can run any more; an upsert names the resource",
    ),
    "conversations": Placement("found by id; somebody's list asks every shard", {"_id": "hashed"}),
    "messages": Placement(
        "read by conversation; both of its unique indexes stay so",
        {"conversation_id": 1},
        first="the export and the erasure of a person ask every shard",
    ),
    "job_requests": Placement(
        "found by id; somebody's list, and what is due, ask every shard",
        {"_id": "hashed"},
        kept=_YEAR,
        blocked_by=("customer_idempotency_key", "one_of_a_report"),
        first="a collection of keys",
    ),
    "offers": Placement(
        "read by request; its index (request, provider) stays unique",
        {"request_id": 1},
        kept=_YEAR,
        first="queries by an offer's id name its request, too; lists of a provider ask every shard",
    ),
    "offer_stats": Placement("a document a provider who was ever asked"),
    "moderation_items": Placement("the exceptions"),
    "ratings": Placement(
        "one of each side of a booking; its index (booking, author) stays unique",
        {"booking_id": 1},
        first="lists of a provider ask every shard",
    ),
    "notifications": Placement(
        "one person's inbox",
        {"user_id": 1},
        kept="90 days",
        first="an upsert names the person; the erasure asks every shard",
    ),
    "realtime_streams": Placement("one person's, found by id alone", {"_id": "hashed"}, kept="a week unused"),
    "realtime_connections": Placement(_SHORT, kept="2 hours"),
    "realtime_tickets": Placement(_SHORT, kept="a minute"),
    "mails": Placement("found by id alone", {"_id": "hashed"}, kept="90 days"),
    "outbox": Placement("found by id; the sweep asks every shard", {"_id": "hashed"}, kept="a week after sending"),
    "processed_events": Placement("found by id alone", {"_id": "hashed"}, kept="15 days"),
    "webhook_events": Placement("found by id; the sweep asks every shard", {"_id": "hashed"}, kept="90 days"),
    "idempotency_keys": Placement("found by id alone", {"_id": "hashed"}, kept=_DAY),
    "users": Placement(_PEOPLE + "; its addresses must be unique"),
    "credentials": Placement(_PEOPLE + "; one identity belongs to one account"),
    "factors": Placement(_PEOPLE + "; a passkey belongs to one account"),
    "factor_challenges": Placement(_SHORT, kept="minutes"),
    "sessions": Placement(_PEOPLE, kept="90 days after their end"),
    "refresh_tokens": Placement(_PEOPLE, kept="until they expire"),
    "security_events": Placement(_PEOPLE, kept="400 days"),
    "registrations": Placement(_SHORT, kept=_DAY),
    "mail_tokens": Placement(_SHORT, kept=_DAY),
    "sign_in_attempts": Placement(_SHORT, kept="10 minutes"),
    "signing_keys": Placement(_SMALL),
    "calendar_feeds": Placement(_PEOPLE),
    "notification_preferences": Placement(_PEOPLE),
    "inbox_marks": Placement(_PEOPLE),
    "push_subscriptions": Placement(_PEOPLE + "; an endpoint belongs to one account"),
    "push_messages": Placement("for developers", kept=_DAY),
    "providers": Placement(_PEOPLE),
    "services": Placement("at most 200 of a provider"),
    "service_listings": Placement("a million services are searched from one server's memory"),
    "provider_listings": Placement("fewer than services"),
    "facet_counters": Placement("at most a document of each category in each tile that has listings"),
    "facet_changes": Placement(_SHORT, kept="until they are counted"),
    "categories": Placement(_SMALL),
    "search_terms": Placement("the words of a language"),
    "booking_counts": Placement("a document a day of each tile that has bookings", kept="32 days"),
    "media": Placement(_PEOPLE + "; what is alike is looked for among all", kept="a day, if unused"),
    "reports": Placement("what is near a point is looked for among all; fewer than people"),
    "report_history": Placement("read by report; its index (report, version) stays unique", {"report_id": 1}),
    "report_votes": Placement("read by report and by id, which begins with it", {"report_id": 1}),
    "report_follows": Placement("read by report and by id, which begins with it", {"report_id": 1}),
    "report_comments": Placement("read by report", {"report_id": 1}),
    "geocode_cache": Placement(_SHORT, kept=_DAY),
    "booking_intents": Placement("guests who have not confirmed yet", kept=_WEEK + " after their end"),
    "blocks": Placement(_PEOPLE, kept="90 days after their end"),
    "manual_bookings": Placement(_PEOPLE, kept="a year after the work"),
    "limit_locks": Placement(_PEOPLE),
    "subscriptions": Placement(_PEOPLE),
    "payment_discrepancies": Placement("the exceptions"),
    "payment_verifications": Placement(_SHORT, kept="until compared"),
    "verification_runs": Placement(_SMALL),
    "metrics_days": Placement("five documents a day"),
    "metrics_runs": Placement(_SMALL),
    "report_cells": Placement("a document a week of each cell of the map that has reports", kept="400 days"),
    "verdicts": Placement("found by id alone", {"_id": "hashed"}),
    "breakers": Placement(_SMALL),
    "migrations": Placement("a document a change of the database"),
    "rate_limits": Placement(_SHORT, kept="an hour"),
}


def markdown() -> str:
    """The table as ``docs/scale.md`` shows it: what is sharded first, then what stays whole."""
    lines = ["| collection | shard key | unique indexes in the way | what must change first | why | kept |"]
    lines.append("|---|---|---|---|---|---|")
    for name, each in PLACEMENTS.items():
        if each.key:
            key = ", ".join(f"{path}: {direction}" for path, direction in each.key.items())
            blocked = ", ".join(f"`{index}`" for index in each.blocked_by)
            lines.append(f"| `{name}` | `{{{key}}}` | {blocked} | {each.first} | {each.why} | {each.kept} |")
    lines += ["", "These stay whole:", "", "| collection | why | kept |", "|---|---|---|"]
    lines += [f"| `{name}` | {each.why} | {each.kept} |" for name, each in PLACEMENTS.items() if not each.key]
    return "\n".join(lines) + "\n"
