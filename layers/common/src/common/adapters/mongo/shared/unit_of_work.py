"""One transaction around several repositories, which find its session on their own."""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import TypeVar

from common.adapters.mongo.shared.database import Mongo, Session

T = TypeVar("T")

_session: ContextVar[Session | None] = ContextVar("mongo_session", default=None)


def current_session() -> Session | None:
    """The session of the transaction this task is in; ``None`` outside of one."""
    return _session.get()


async def within(session: Session, work: Callable[[], Awaitable[T]]) -> T:
    """Do ``work`` in a transaction that has begun: what passes ``current_session()`` on takes part in it."""
    token = _session.set(session)
    try:
        return await work()
    finally:
        _session.reset(token)


class MongoUnitOfWork:
    """Implements ``UnitOfWork``. Only repositories that pass ``current_session()`` on take part."""

    def __init__(self, mongo: Mongo) -> None:
        self._mongo = mongo

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work`` in one transaction; within another one it joins that.

        Raises:
            Unavailable: the database is unavailable, or did not let it through in time.
        """
        if current_session() is not None:
            return await work()

        async def in_session(session: Session) -> T:
            return await within(session, work)

        return await self._mongo.in_transaction(in_session)
