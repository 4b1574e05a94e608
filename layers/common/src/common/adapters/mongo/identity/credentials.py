"""Passwords and external identities in the collection ``credentials``.

A password's ``_id`` is ``password:<user id>``, so an account has one; an identity's is ``identity:<issuer>|<subject>``,
so it belongs to one account.
"""

from collections.abc import Sequence
from datetime import datetime

from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document, Mongo
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.credentials import ExternalIdentity, PasswordCredential
from common.domain.shared.errors import Conflict

HOLDINGS: Holdings = {
    "credentials": (account("user_id", Fate.DELETED, "identities", is_at_once=True),),
}

_MAX_IDENTITIES = 10


class MongoCredentials:
    """Implements ``Credentials``."""

    def __init__(self, mongo: Mongo) -> None:
        self._credentials = mongo.collection("credentials")

    async def find_password(self, user_id: str) -> PasswordCredential | None:
        """The password's hash of an account, if it has a password."""
        row = await self._credentials.find_one({"_id": _password_id(user_id)}, session=current_session())
        return PasswordCredential.model_validate(row) if row else None

    async def set_password(self, user_id: str, password_hash: str, now: datetime) -> None:
        """Set or replace the password's hash."""
        fields = {"kind": "password", "user_id": user_id, "password_hash": password_hash, "changed_at": now}
        await self._credentials.update_one(
            {"_id": _password_id(user_id)}, {"$set": fields}, upsert=True, session=current_session()
        )

    async def find_owner(self, issuer: str, subject: str) -> str | None:
        """The account an external identity belongs to."""
        row = await self._credentials.find_one({"_id": _identity_id(issuer, subject)}, session=current_session())
        return str(row["user_id"]) if row else None

    async def list_identities(self, user_id: str) -> Sequence[ExternalIdentity]:
        """External identities of an account."""
        cursor = self._credentials.find({"user_id": user_id, "kind": "identity"}, session=current_session())
        return [ExternalIdentity.model_validate(row) async for row in cursor.limit(_MAX_IDENTITIES)]

    async def link(self, user_id: str, identity: ExternalIdentity, now: datetime) -> None:
        """Link an external identity.

        Raises:
            Conflict: it belongs to another account, or the account has another one of the same provider.
        """
        owner = await self.find_owner(identity.issuer, identity.subject)
        if owner == user_id:
            return
        if owner is not None:
            raise Conflict("This sign-in belongs to another account.", code="identity_taken")
        row: Document = {"_id": _identity_id(identity.issuer, identity.subject), "kind": "identity", "user_id": user_id}
        try:
            await self._credentials.insert_one(
                {**row, **identity.model_dump(), "linked_at": now}, session=current_session()
            )
        except DuplicateKeyError as error:
            raise Conflict("Another sign-in of this provider is linked.", code="identity_exists") from error

    async def unlink(self, user_id: str, provider: str) -> bool:
        """Remove the external identity of a provider; whether there was one."""
        wanted = {"user_id": user_id, "kind": "identity", "provider": provider}
        result = await self._credentials.delete_one(wanted, session=current_session())
        return result.deleted_count == 1

    async def unlink_all(self, user_id: str) -> None:
        """Remove every external identity; a password stays."""
        await self._credentials.delete_many({"user_id": user_id, "kind": "identity"}, session=current_session())

    async def delete_by_user(self, user_id: str) -> None:
        """Remove the password and every external identity."""
        await self._credentials.delete_many({"user_id": user_id}, session=current_session())


def _password_id(user_id: str) -> str:
    return f"password:{user_id}"


def _identity_id(issuer: str, subject: str) -> str:
    return f"identity:{issuer}|{subject}"
