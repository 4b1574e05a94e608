"""Accounts as authorization reads them: one indexed, projected read per request."""

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.documents import from_document
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import User

_FIELDS = {
    "is_active": 1,
    "session_epoch": 1,
    "ended_sign_ins": 1,
    "roles": 1,
    "provider_id": 1,
    "is_provisional": 1,
    "factor_kinds": 1,
    "deleted_at": 1,
}


class MongoPrincipals:
    """Implements ``PrincipalReader`` over the collection ``users``."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def get(self, user_id: str, *, session_id: str, epoch: int) -> Principal | None:
        """The caller as the database says now; ``None`` if suspended, deleted, or if the sign-in has ended."""
        row = await self._mongo.collection("users").find_one({"_id": user_id}, _FIELDS)
        if row is None or not _may_act(row, session_id, epoch):
            return None
        return Principal(
            user_id=user_id,
            roles=frozenset(Role(role) for role in row.get("roles", ())),
            session_id=session_id,
            epoch=epoch,
            provider_id=row.get("provider_id"),
            is_provisional=row.get("is_provisional", False),
            has_factor=bool(row.get("factor_kinds")),
        )

    async def get_account(self, user_id: str, *, session_id: str, epoch: int) -> User | None:
        """The caller's whole account, by one read; ``None`` where ``get`` gives it."""
        row = await self._mongo.collection("users").find_one({"_id": user_id})
        return from_document(User, row) if row and _may_act(row, session_id, epoch) else None


def _may_act(row: Document, session_id: str, epoch: int) -> bool:
    """Whether the account may act, and the sign-in goes on."""
    if not row.get("is_active", True) or row.get("deleted_at") or row.get("session_epoch", 0) != epoch:
        return False
    return all(ended["id"] != session_id for ended in row.get("ended_sign_ins", ()))
