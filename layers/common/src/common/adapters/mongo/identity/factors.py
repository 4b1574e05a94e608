"""Second factors in ``factors``, with one document of an account's recovery codes among them.

That one's ``_id`` is ``recovery:<user id>``. A TTL index removes what was begun and never confirmed.
"""

from collections.abc import Sequence
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import Fate, Holding, Holdings, Whose
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.factors import MOST_FACTORS, Factor, FactorKind
from common.domain.shared.errors import Conflict

HOLDINGS: Holdings = {
    "factors": (
        Holding(
            Whose.ACCOUNT,
            Fate.DELETED,
            "user_id",
            "factors",
            hidden=frozenset({"sealed_secret", "last_step", "digests"}),
            is_at_once=True,
        ),
    ),
}

_KINDS = [kind.value for kind in FactorKind]


class MongoFactors:
    """Implements ``Factors``."""

    def __init__(self, mongo: Mongo) -> None:
        self._factors = mongo.collection("factors")

    async def list_confirmed(self, user_id: str) -> Sequence[Factor]:
        """An account's factors that count, the oldest first."""
        wanted = {"user_id": user_id, "kind": {"$in": _KINDS}, "confirmed_at": {"$ne": None}}
        cursor = self._factors.find(wanted, session=current_session()).sort("_id", 1).limit(MOST_FACTORS)
        return [from_document(Factor, row) async for row in cursor]

    async def get(self, user_id: str, factor_id: str) -> Factor | None:
        """One factor of an account, confirmed or not."""
        wanted = {"_id": factor_id, "user_id": user_id, "kind": {"$in": _KINDS}}
        row = await self._factors.find_one(wanted, session=current_session())
        return from_document(Factor, row) if row else None

    async def find_passkey(self, credential_id: str) -> Factor | None:
        """The passkey of this credential id, whoever has it."""
        row = await self._factors.find_one({"credential_id": credential_id}, session=current_session())
        return from_document(Factor, row) if row else None

    async def insert(self, factor: Factor) -> None:
        """Store a factor.

        Raises:
            Conflict: the passkey is an account's already (``passkey_exists``).
        """
        row = {name: value for name, value in to_document(factor).items() if value is not None}
        try:
            await self._factors.insert_one(row, session=current_session())
        except DuplicateKeyError as error:
            raise Conflict("This passkey has been added already.", code="passkey_exists") from error

    async def confirm(self, factor: Factor) -> None:
        """Store that a factor counts from now on."""
        fields = {"confirmed_at": factor.confirmed_at, "last_step": factor.last_step}
        change = {"$set": fields, "$unset": {"expires_at": ""}}
        await self._factors.update_one({"_id": factor.id}, change, session=current_session())

    async def use(self, factor: Factor, now: datetime, *, step: int = 0, sign_count: int = 0) -> bool:
        """Note that a factor proved somebody; ``False`` if another request has used it since it was read."""
        seen = {"_id": factor.id, "last_step": factor.last_step, "sign_count": factor.sign_count}
        fields = {"last_used_at": now, "last_step": max(step, factor.last_step), "sign_count": sign_count}
        result = await self._factors.update_one(seen, {"$set": fields}, session=current_session())
        return result.matched_count == 1

    async def delete(self, user_id: str, factor_id: str) -> bool:
        """Remove one factor; whether there was one."""
        wanted = {"_id": factor_id, "user_id": user_id, "kind": {"$in": _KINDS}}
        result = await self._factors.delete_one(wanted, session=current_session())
        return result.deleted_count == 1

    async def delete_by_user(self, user_id: str) -> None:
        """Remove every factor and every recovery code of an account."""
        await self._factors.delete_many({"user_id": user_id}, session=current_session())

    async def count_recovery_codes(self, user_id: str) -> int:
        """How many recovery codes are left."""
        row = await self._factors.find_one({"_id": _recovery_id(user_id)}, {"digests": 1}, session=current_session())
        return len(row["digests"]) if row else 0

    async def replace_recovery_codes(self, user_id: str, digests: Sequence[str], now: datetime) -> None:
        """Put these recovery codes in the place of all earlier ones; none removes them."""
        key = {"_id": _recovery_id(user_id)}
        if not digests:
            await self._factors.delete_one(key, session=current_session())
            return
        row: Document = {"user_id": user_id, "kind": "recovery_codes", "digests": list(digests), "created_at": now}
        await self._factors.replace_one(key, row, upsert=True, session=current_session())

    async def use_recovery_code(self, user_id: str, code_digest: str) -> bool:
        """Use a recovery code up; ``False`` if there is no such code any more."""
        wanted = {"_id": _recovery_id(user_id), "digests": code_digest}
        result = await self._factors.update_one(wanted, {"$pull": {"digests": code_digest}}, session=current_session())
        return result.modified_count == 1


def _recovery_id(user_id: str) -> str:
    return f"recovery:{user_id}"
