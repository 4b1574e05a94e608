"""Sockets end with the sign-in that they belong to."""

from datetime import datetime

from common.application.ports.identity.accounts import Sessions
from common.domain.shared.events import Event
from common.domain.shared.realtime import connections_ended


async def ended_sockets(sessions: Sessions, user_id: str, now: datetime) -> list[Event]:
    """What has the sockets of an account's ended sign-ins closed: to be stored in the unit of work that ends them.

    Nothing is sent over them from its commit on, and nothing they send is taken; publishing this right after closes
    them, too. An account without sockets needs nothing.
    """
    return [connections_ended(user_id, now)] if await sessions.has_sockets(user_id) else []
