"""Looking accounts up by the beginning of an address, a name or a number, or by id: a page of one index at a time."""

from collections.abc import Sequence

from pymongo.collation import Collation, CollationStrength

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.application.ports.identity.people_search import FoundUser
from common.domain.identity.people_search import Looked, Stage, begins
from common.domain.identity.users import User

#: Neither case nor accents count (https://www.mongodb.com/docs/manual/reference/collation/).
FOLDED = Collation(locale="en", strength=CollationStrength.PRIMARY)
_NAMES = frozenset({Looked.NAME, Looked.FAMILY_NAME})
#: Sorts after every text that goes on from a beginning: by code point, and by the collation, whose highest weight this
#: is (https://www.unicode.org/reports/tr35/tr35-collation.html#tailored-noncharacter-weights).
_LAST, _LAST_FOLDED = "\U0010ffff", "\uffff"
_INDEXES = {
    Looked.MAIL: "email_key",
    Looked.NAME: "full_name",
    Looked.FAMILY_NAME: "family_name",
    Looked.PHONE: "phone_number",
    Looked.ID: "_id_",
}
#: No two accounts have the same.
_UNIQUE = frozenset({Looked.MAIL, Looked.ID})


class MongoPeopleSearch:
    """Implements ``PeopleSearch`` over the collection ``users``.

    Args:
        mongo: the connection.
    """

    def __init__(self, mongo: Mongo) -> None:
        self._users = mongo.collection("users")

    async def search(
        self, stages: Sequence[Stage], *, is_active: bool | None, limit: int, after: tuple[int, str] | None
    ) -> Sequence[FoundUser]:
        """People that one of the stages finds, each once, in the order of the stages (see the port)."""
        found: list[FoundUser] = []
        first, last_id = after or (0, None)
        for number, stage in enumerate(stages[first:], first):
            begin_after = last_id if number == first else None
            while len(found) < limit:
                users = await self._page(stage, is_active, limit, begin_after)
                earlier = stages[:number]
                found += [FoundUser(number, each) for each in users if not _is_found(each, earlier)]
                if len(users) < limit:
                    break
                begin_after = users[-1].id
        return found[:limit]

    async def _page(self, stage: Stage, is_active: bool | None, limit: int, after: str | None) -> list[User]:
        name = stage.field.value
        last = await self._users.find_one({"_id": after}, {name: 1}) if after else None
        is_name = stage.field in _NAMES
        span: Document = {"$gte": stage.beginning, "$lt": stage.beginning + (_LAST_FOLDED if is_name else _LAST)}
        wanted: Document = {name: span, **({} if is_active is None else {"is_active": is_active})}
        if last is not None:
            value = last.get(name) or ""
            span["$gte"] = value
            wanted["$or"] = [{name: {"$gt": value}}, {name: value, "_id": {"$gt": after}}]
        # What one account has alone is in an index without the id.
        order = [(name, 1)] if stage.field in _UNIQUE else [(name, 1), ("_id", 1)]
        rows = self._users.find(wanted, hint=_INDEXES[stage.field], collation=FOLDED if is_name else None)
        return [from_document(User, row) async for row in rows.sort(order).limit(limit)]


def _is_found(user: User, stages: Sequence[Stage]) -> bool:
    """Whether an earlier stage has found somebody."""
    return any(begins(str(getattr(user, each.field.value, None) or ""), each.beginning) for each in stages)
