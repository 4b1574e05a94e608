"""Baselines of reading: the fewest commands that find what the route answers, and ``json.dumps``.

A route of somebody's own reads whether the account may act; where the account is what it answers, that is one read.
Left out: verifying the token, who may see what, the shape of the answer, pages after the first, headers.
"""

import asyncio
from typing import Any
from urllib.parse import parse_qs

from infra.bench.baselines.connection import (
    STATE,
    Document,
    answer,
    count_request,
    database,
    ids,
    service_with_provider,
)

_PAGE = 21
_METRES = 1000


def me(_event: Document, _context: object) -> Document:
    """The account, which also says whether it may act."""
    return answer(database["users"].find_one({"_id": ids["customer"]}))


def list_providers(_event: Document, _context: object) -> Document:
    """Staff's list: may the account act; the first page."""
    return answer(_list("staff", "providers", {}, [("_id", 1)]))


def service(_event: Document, _context: object) -> Document:
    """A service and whose it is."""
    return answer(service_with_provider(ids["service"]))


def list_bookings(_event: Document, _context: object) -> Document:
    """May the account act; its bookings, the latest start first."""
    every = {"$in": ids["statuses"].split()}
    query = {"customer_id": ids["customer"], "status": every}
    return answer(_list("customer", "bookings", query, [("slot.start_at", -1), ("_id", -1)]))


def payment(_event: Document, _context: object) -> Document:
    """May the account act; the booking, what was done at Stripe, what moved."""
    return answer(_payment())


def notifications(_event: Document, _context: object) -> Document:
    """May the account act; its entries, and how many it has not read."""
    return answer(_notifications())


def job_requests(_event: Document, _context: object) -> Document:
    """May the account act; what it has asked for, newest first."""
    return answer(_list("customer", "job_requests", {"customer_id": ids["customer"]}, [("_id", -1)]))


def conversations(_event: Document, _context: object) -> Document:
    """May the account act; its conversations, the latest message first; what they are about, and with whom."""
    return answer(_conversations())


def photographs(_event: Document, _context: object) -> Document:
    """May the account act; its photographs, newest first."""
    return answer(_list("customer", "media", {"owner_id": ids["customer"]}, [("_id", -1)]))


def services_near(event: Document, _context: object) -> Document:
    """Count the request; listings of a category near a point."""
    query = {name: values[0] for name, values in parse_qs(event["rawQueryString"]).items()}
    return answer(_near(query))


def reports(_event: Document, _context: object) -> Document:
    """Reports that everybody sees, newest first."""
    return answer(database["reports"].find({"is_public": True}, sort=[("_id", -1)], limit=_PAGE).to_list())


def health(_event: Document, _context: object) -> Document:
    """Nothing is asked for."""
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": '{"status": "ok"}'}


async def _list(who: str, collection: str, query: Document, sort: list[tuple[str, int]]) -> Any:
    await database["users"].find_one({"_id": ids[who]}, STATE)
    return await database[collection].find(query, sort=sort, limit=_PAGE).to_list()


async def _payment() -> Any:
    await database["users"].find_one({"_id": ids["customer"]}, STATE)
    booking = await database["bookings"].find_one({"_id": ids["booking"]})
    of_booking = {"booking_id": ids["booking"]}
    operations = await database["payment_operations"].find(of_booking, sort=[("sequence", 1)]).to_list()
    return booking, operations, await database["ledger_entries"].find(of_booking, sort=[("_id", 1)]).to_list()


async def _notifications() -> Any:
    own = {"user_id": ids["owner"]}
    found = await _list("owner", "notifications", own, [("_id", -1)])
    return found, await database["notifications"].count_documents({**own, "read_at": None}, limit=1000)


async def _conversations() -> Any:
    order = [("last_at", -1), ("_id", -1)]
    found = await _list("customer", "conversations", {"members": ids["customer"]}, order)
    subjects = {"_id": {"$in": [each["subject_id"] for each in found]}}
    others = {"_id": {"$in": [each["provider_user_id"] for each in found]}}
    shown = {"service": 1, "status": 1, "accept_by": 1, "accepted_at": 1, "settled_at": 1, "cancelled_at": 1}
    bookings, people = database["bookings"].find(subjects, shown), database["users"].find(others, {"full_name": 1})
    return found, await asyncio.gather(bookings.to_list(), people.to_list())


async def _near(query: dict[str, str]) -> Any:
    await count_request("search")
    point = {"type": "Point", "coordinates": [float(query["lng"]), float(query["lat"])]}
    near = {"$nearSphere": {"$geometry": point, "$maxDistance": float(query["radius_km"]) * _METRES}}
    wanted = {"tokens": f"#{query['category']}", "reach_m": {"$gte": 0}, "location": near}
    return await database["service_listings"].find(wanted, {"tokens": 0, "areas": 0}, hint="near").to_list(_PAGE)
