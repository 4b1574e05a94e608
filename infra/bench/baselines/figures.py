"""Baseline of the dashboard: the same documents and counts by the bare driver, added up by period.

Left out: verifying the token, who may see what, addresses of rows, medians and the shape of the answer.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.bench.baselines.connection import STATE, Document, answer, database, ids

_DAYS = 7
_MOST = 1_000
_QUARTERS = 96
#: What waits for an admin.
_WAITING: list[tuple[str, Document]] = [
    ("payment_discrepancies", {"resolved_at": None}),
    ("providers", {"status": "pending"}),
    ("moderation_items", {"state": "open"}),
    ("reports", {"status": "needs_review"}),
    ("reports", {"status": "verified"}),
]


def dashboard(_event: Document, _context: object) -> Document:
    """May the account act; a week's documents, added up by day; what waits."""
    return answer(_dashboard())


async def _dashboard() -> Any:
    staff = await database["users"].find_one({"_id": ids["staff"]}, STATE)
    last = datetime.now(UTC).date()
    first = last - timedelta(days=_DAYS - 1)
    days = database["metrics_days"].find({"_id": {"$gte": str(first), "$lt": str(last + timedelta(days=1))}})
    found, queues, waiting = await asyncio.gather(
        days.sort("_id", 1).to_list(), database["metrics_runs"].find_one({"_id": "figures"}), _waiting()
    )
    sums: dict[str, list[int]] = {}
    for each in found:
        place = (datetime.fromisoformat(each["day"]).date() - first).days
        for name, quarters in each["counts"].items():
            into = sums.setdefault(f"{each['area']}:{name}", [0] * _DAYS)
            into[place] += sum(quarters[quarter] for quarter in quarters if int(quarter) < _QUARTERS)
    return {"staff": staff, "figures": sums, "queues": queues, "waiting": waiting}


async def _waiting() -> list[Document]:
    """All counts by one command."""
    every: list[tuple[str, list[Document]]] = [
        (name, [{"$match": wanted}, {"$limit": _MOST}, {"$group": {"_id": f"{name} {wanted}", "n": {"$sum": 1}}}])
        for name, wanted in _WAITING
    ]
    (first, stages), *others = every
    unions: list[Document] = [{"$unionWith": {"coll": name, "pipeline": each}} for name, each in others]
    return await (await database[first].aggregate([*stages, *unions])).to_list()
