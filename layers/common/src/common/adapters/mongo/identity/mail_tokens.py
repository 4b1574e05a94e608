"""Mailed codes in ``mail_tokens``, by their digest; TTL indexes remove what has expired."""

from collections.abc import Sequence
from datetime import datetime

from common.adapters.mongo.shared.database import Mongo
from common.adapters.mongo.shared.documents import from_document, to_document
from common.adapters.mongo.shared.holdings import SECRETS, Fate, Holdings, account
from common.adapters.mongo.shared.unit_of_work import current_session
from common.domain.identity.mailed_codes import MailPurpose, MailToken

HOLDINGS: Holdings = {
    "mail_tokens": (account("user_id", Fate.DELETED, why=SECRETS),),
}


class MongoMailTokens:
    """Implements ``MailTokens``."""

    def __init__(self, mongo: Mongo) -> None:
        self._tokens = mongo.collection("mail_tokens")

    async def insert(self, token: MailToken) -> None:
        """Store a code. Earlier ones of the same account or registration and purpose end, except the same event's."""
        earlier = {
            "email_key": token.email_key,
            "purpose": token.purpose.value,
            "user_id": token.user_id,
            "registration_id": token.registration_id,
            "booking_intent_id": token.booking_intent_id,
            "event_id": {"$ne": token.event_id},
        }
        await self._tokens.delete_many(earlier, session=current_session())
        await self._tokens.insert_one(to_document(token), session=current_session())

    async def take(self, token_digest: str, purposes: Sequence[MailPurpose], now: datetime) -> MailToken | None:
        """Use a code up; ``None`` if it is unknown, expired, used, or for another purpose."""
        wanted = {
            "_id": token_digest,
            "purpose": {"$in": [purpose.value for purpose in purposes]},
            "expires_at": {"$gt": now},
        }
        row = await self._tokens.find_one_and_delete(wanted, session=current_session())
        return from_document(MailToken, row) if row else None

    async def delete_by_address(self, email_key: str) -> None:
        """Delete every code mailed to an address."""
        await self._tokens.delete_many({"email_key": email_key}, session=current_session())

    async def delete_by_user(self, user_id: str) -> None:
        """Delete every code of an account, no matter to which address it was mailed."""
        await self._tokens.delete_many({"user_id": user_id}, session=current_session())
