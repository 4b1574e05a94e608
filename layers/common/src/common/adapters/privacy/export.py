"""All that is held about one person, page by page, each list by its own index."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Holding
from common.adapters.privacy.register import holdings
from common.application.ports.identity.personal_data import ExportPage, ExportPlace
from common.domain.shared.errors import InvalidInput

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
        "session_epoch",
        "touches",
        "ended_sign_ins",
        "held_by",
        "counted",
    }
)
#: Rows that one answer of the server brings.
_BATCH = 500


class MongoPersonalExport:
    """Implements ``PersonalExport``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def collect(
        self, user_id: str, provider_id: str | None, *, after: ExportPlace | None = None, most_bytes: int
    ) -> ExportPage:
        """Rows about the account, subject by subject (see the port)."""
        sections: dict[str, list[Document]] = {}
        rest, size = None, 0
        for subject, collection, holding, owner in _from(user_id, provider_id, after):
            sections[subject] = []
            if rest is not None:
                continue
            last = after
            begins_after = after if after is not None and after.subject == subject else None
            wanted = _selection(holding, owner, begins_after)
            rows = self._mongo.collection(collection).find(wanted).sort(_order(holding)).batch_size(_BATCH)
            async for row in rows:
                shown = _shown(holding.shown(row), _NEVER_SHOWN | holding.hidden)
                size += len(json.dumps(shown, default=str))
                if size > most_bytes and last is not None:
                    rest = last
                    break
                sections[subject].append(shown)
                last = _place(subject, holding, row)
            after = last
        return ExportPage(sections, rest)


def _selection(holding: Holding, owner: str, after: ExportPlace | None) -> Document:
    """What selects rows of one section that come after a place."""
    wanted: Document = {holding.field: owner}
    if holding.walk.statuses:
        wanted["status"] = {"$in": list(holding.walk.statuses)}
    return wanted if after is None else wanted | _beyond(holding, after)


def _order(holding: Holding) -> list[tuple[str, int]]:
    """The newest first."""
    order = [(holding.walk.field, -1)] if holding.walk.field else []
    return [*order, ("_id", -1)]


def _from(user_id: str, provider_id: str | None, after: ExportPlace | None) -> Iterator[tuple[str, str, Holding, str]]:
    """The sections in their order, beginning with the one of a place."""
    known = [
        (holding.subject, collection, holding, owner)
        for collection, holding in holdings()
        if holding.subject is not None and (owner := holding.owner(user_id, provider_id)) is not None
    ]
    subjects = [subject for subject, *_ in known]
    if after is not None and after.subject not in subjects:
        raise InvalidInput.of("cursor", "This is not a cursor of this list.", "invalid_cursor")
    yield from known[subjects.index(after.subject) if after else 0 :]


def _place(subject: str, holding: Holding, row: Mapping[str, Any]) -> ExportPlace:
    at: Any = row if holding.walk.field else None
    for name in (holding.walk.field or "").split("."):
        at = at.get(name) if at else None
    return ExportPlace(subject, str(row["_id"]), at)


def _beyond(holding: Holding, after: ExportPlace) -> Document:
    if holding.walk.field is None:
        return {"_id": {"$in": []} if holding.field == "_id" else {"$lt": after.row_id}}
    field, at = holding.walk.field, after.at
    return {field: {"$lte": at}, "$or": [{field: {"$lt": at}}, {field: at, "_id": {"$lt": after.row_id}}]}


def _shown(row: Mapping[str, Any], hidden: frozenset[str] | set[str]) -> Document:
    shown = {name: value for name, value in row.items() if name not in hidden}
    return {"id": shown.pop("_id"), **shown}
