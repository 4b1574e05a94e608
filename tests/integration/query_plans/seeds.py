"""A few hundred documents, so that the planner has something to choose by: much of what is two parties' own."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.adapters.mongo.bookings.documents import booking_document
from common.adapters.mongo.scheduling.claim_filters import claim_document
from common.adapters.mongo.shared.documents import to_document
from common.domain.bookings.booking import BookingStatus
from common.domain.identity.roles import Role
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.matching.offers import OfferStatus
from common.domain.media.media import Purpose
from common.domain.payments.operations import OperationStatus
from common.domain.reports.categories import ReportCategory
from common.domain.reports.report import ReportPlace, ReportStatus

from tests.factories.bookings import make_booking, make_claims, make_slot
from tests.factories.matching import make_open_offer, make_request
from tests.factories.media import make_ready
from tests.factories.providers import make_provider, make_service
from tests.factories.reports import LAT, LNG, make_report
from tests.factories.users import make_user
from tests.integration.query_plans.calls import NOW

if TYPE_CHECKING:
    from pymongo.database import Database

_MANY = 200
_STATUSES = list(BookingStatus)
_TIMES = {"created_at": NOW, "updated_at": NOW}
#: Collections in which much is others'.
_OTHERS = (
    "sessions", "security_events", "service_listings", "provider_listings", "payment_discrepancies", "mails",
    "credentials", "push_subscriptions", "blocks", "manual_bookings", "refresh_tokens", "booking_intents",
)  # fmt: skip
_AMOUNT = {"amount": 1, "currency": "nzd"}


def store(database: Database[dict[str, Any]]) -> None:
    """Write them; ``calls`` has the ids of the first of each."""
    providers = [make_provider(id=f"prv_{n}", user_id=f"usr_{n}", is_listed=True) for n in range(1, 20)]
    database["providers"].insert_many([to_document(each) for each in providers])
    services = [make_service(provider, id=f"svc_{n}") for n, provider in enumerate(providers, 1)]
    database["services"].insert_many([to_document(each) for each in services])
    roles = [[Role.USER], [Role.USER, Role.OPERATOR]]
    users = [make_user(id=f"usr_{n}", roles=roles[n % 10 == 0]) for n in range(1, _MANY)]
    database["users"].insert_many([to_document(each) for each in users])
    for collection, rows in _of_bookings().items():
        database[collection].insert_many(rows)
    for collection, rows in _of_matching().items():
        database[collection].insert_many(rows)
    for collection, rows in _of_reports().items():
        database[collection].insert_many(rows)
    database["media"].insert_many([_media_row(n) for n in range(_MANY)])
    for collection in _OTHERS:
        database[collection].insert_many([{"_id": f"oth_{n}", **_other(n)} for n in range(_MANY)])


def _media_row(n: int) -> dict[str, Any]:
    """Photographs of two owners, for every purpose, each alike none and taken somewhere of its own."""
    purpose = list(Purpose)[n // 2 % len(Purpose)]
    media = make_ready(
        id=f"med_{n:04d}", owner_id=f"usr_{n % 2}", purpose=purpose, sha256=f"{n:064x}", bands=[n << 4, n << 20]
    )
    return {**to_document(media), "point": {"type": "Point", "coordinates": [170 + n / 20, -36.0]}}


def _of_matching() -> dict[str, list[dict[str, Any]]]:
    """Job requests and offers of two customers and two providers."""
    statuses, of_offers = list(JobRequestStatus), list(OfferStatus)
    rows: dict[str, list[dict[str, Any]]] = {"job_requests": [], "offers": [], "offer_stats": []}
    for n in range(1, _MANY):
        request = make_request(
            id=f"job_{n:04d}",
            customer_id=f"usr_{n % 2}",
            status=statuses[n % len(statuses)],
            idempotency_key=f"key_{n}",
            report_id=f"rpt_{n}",
        )
        due = NOW + timedelta(minutes=n)
        offer = make_open_offer(
            request, n % 2, id=f"off_{n:04d}", status=of_offers[n // 2 % len(of_offers)], next_due_at=due
        )
        rows["job_requests"].append(to_document(request.model_copy(update={"next_due_at": due})))
        rows["offers"].append(to_document(offer))
        rows["offer_stats"].append({"_id": f"prv_{n}", "days": {}, "months": {}})
    return rows


def _of_reports() -> dict[str, list[dict[str, Any]]]:
    """Reports of two authors in every status, all over a city, with what others have added to them."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("reports", "report_history", "report_votes", "report_follows", "report_comments")
    }
    for n in range(_MANY):
        report = make_report(
            id=f"rpt_{n:04d}",
            author_id=f"usr_{n % 2}",
            status=list(ReportStatus)[n % len(ReportStatus)],
            category=list(ReportCategory)[n % len(ReportCategory)],
            place=ReportPlace(lat=LAT + n / 1000, lng=LNG),
            next_due_at=NOW + timedelta(minutes=n - _MANY // 2),
            verified_upvote_count=n % 7,
        )
        place = {"type": "Point", "coordinates": [report.place.lng, report.place.lat]}
        again = {"recount_at": NOW + timedelta(minutes=n)} if n % 5 == 0 else {}
        rows["reports"].append({**to_document(report), "location": place, **again})
        of_it, person = {"report_id": report.id, "created_at": NOW}, f"usr_{n % 2}"
        mine = {"_id": f"{report.id}:{person}", "user_id": person, **of_it}
        rows["report_history"].append({"_id": f"his_{n}", "version": 1, **of_it})
        rows["report_votes"].append({**mine, "is_verified": n % 3 > 0})
        rows["report_follows"].append(mine)
        comment = {"_id": f"cmt_{n:04d}", "author_id": person, "text": "", "is_removed": False}
        rows["report_comments"].append({**comment, **of_it})
    return rows


def _other(n: int) -> dict[str, Any]:
    """Fields that name somebody else than the calls are about."""
    named = {"user_id": f"usr_o{n}", "provider_id": f"prv_o{n}", "booking_id": f"bkg_o{n}"}
    seen = {"first_seen_at": NOW, "last_seen_at": NOW, "resolved_at": None, "is_told": True, "kind": "captured_amount"}
    return {**named, **seen, "endpoint": f"https://o.test/{n}", "last_used_at": NOW, "type": "signed_out", "at": NOW}


def _of_bookings() -> dict[str, list[dict[str, Any]]]:
    """Bookings and what goes with them, of two customers and two providers."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "bookings", "slot_claims", "booking_history", "payment_operations", "ledger_entries", "ratings",
            "notifications", "outbox", "webhook_events",
        )
    }  # fmt: skip
    for n in range(1, _MANY):
        status, at = _STATUSES[n % len(_STATUSES)], NOW + timedelta(hours=n)
        booking = make_booking(
            NOW,
            id=f"bkg_{n:04d}",
            slot=make_slot(at),
            status=status,
            customer_id=f"usr_{n % 2}",
            provider_id=f"prv_{n % 2}",
            claim_id=f"clm_{n}",
            next_due_at=NOW + timedelta(minutes=n - _MANY // 2),
            next_due_action="remind",
        )
        rows["bookings"].append(booking_document(booking))
        rows["slot_claims"] += [claim_document(each) for each in make_claims(booking)]
        rows["booking_history"].append(_history_row(n, booking.id))
        operation = {"_id": f"pay_{n}", "booking_id": booking.id, "sequence": 1, "updated_at": at, "created_at": at}
        operation |= {"purpose": "capture", "amount": _AMOUNT}
        is_done = n % 10 > 0
        state = OperationStatus.SUCCEEDED if is_done else OperationStatus.PENDING
        rows["payment_operations"].append({**operation, "status": state.value, "next_try_at": None})
        rows["ledger_entries"].append(_ledger_line(n, booking.id))
        rating = {"_id": f"rat_{n}", "booking_id": booking.id, "author_kind": "customer", "author_id": f"usr_{n % 2}"}
        shown = {"state": "published" if is_done else "hidden", "published_at": at, "stars": 5, **_TIMES}
        rows["ratings"].append({**rating, **shown, "provider_id": f"prv_{n % 2}", "service_id": f"svc_{n % 2}"})
        entry = {"_id": f"ntf_{n:04d}", "user_id": f"usr_{n % 2}", "booking_id": booking.id, **_TIMES}
        entry |= {"kind": "bookings", "type": "t", "title": "", "body": ""}
        rows["notifications"].append({**entry, "read_at": NOW if is_done else None})
        sent = {"published_at": NOW if is_done else None, "created_at": NOW, "not_before": None}
        rows["outbox"].append({"_id": f"evt_{n}", "topic": "payments", "type": "t", "payload": {}, **sent})
        received = {"status": "processed" if is_done else "received", "received_at": NOW, "processed_at": NOW}
        rows["webhook_events"].append({"_id": f"evt_s{n}", "type": "t", "object_id": "x", "created": 0, **received})
    return rows


def _ledger_line(n: int, booking_id: str) -> dict[str, Any]:
    line = {"_id": f"led_{n}", "entry_id": f"ent_{n}", "booking_id": booking_id, "provider_id": f"prv_{n % 2}"}
    return {**line, "account": ("held", "stripe")[n % 2], "amount": _AMOUNT, "reason": "captured", "at": NOW}


def _history_row(n: int, booking_id: str) -> dict[str, Any]:
    row = {"_id": f"hst_{n}", "booking_id": booking_id, "version": 2, "action": "accept", "at": NOW}
    actor = {"kind": "system", "id": "system"}
    return {**row, "actor": actor, "from_status": None, "to_status": "accepted", "note": ""}
