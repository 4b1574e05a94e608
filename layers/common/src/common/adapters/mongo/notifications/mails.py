"""Which mail was sent, so that no event sends one twice; neither addresses nor bodies are kept."""

from datetime import datetime, timedelta

from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from common.adapters.mongo.shared.database import Document
from common.adapters.mongo.shared.holdings import Fate, Holdings, account
from common.application.ports.notifications.mail import MailStatus

HOLDINGS: Holdings = {
    "mails": (account("user_id", Fate.DELETED, "mails"),),
}

#: A mail whose sender has died is begun again after this; a send takes at most some ten seconds.
_STALE = timedelta(seconds=60)


class MongoMailLog:
    """``MailLog`` over the collection ``mails``, whose rows expire."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._mails = database["mails"]

    async def begin(self, mail_id: str, *, template: str, user_id: str | None, now: datetime) -> bool:
        """Note that a mail is about to be sent.

        Returns:
            ``False`` if it was sent or refused before, or is being sent at this moment.
        """
        row = {
            "_id": mail_id,
            "template": template,
            "user_id": user_id,
            "status": MailStatus.SENDING,
            "begun_at": now,
            "created_at": now,
        }
        try:
            await self._mails.insert_one(row)
        except DuplicateKeyError:
            stale = {"_id": mail_id, "status": MailStatus.SENDING, "begun_at": {"$lt": now - _STALE}}
            taken = await self._mails.update_one(stale, {"$set": {"begun_at": now}})
            return taken.modified_count == 1
        return True

    async def end(self, mail_id: str, status: MailStatus, message_id: str | None, now: datetime) -> None:
        """Note what became of it."""
        await self._mails.update_one(
            {"_id": mail_id}, {"$set": {"status": status, "message_id": message_id, "ended_at": now}}
        )

    async def delete(self, mail_id: str) -> None:
        """Note that a mail was not sent after all, so that the next delivery of its event sends it."""
        await self._mails.delete_one({"_id": mail_id, "status": MailStatus.SENDING})
