"""What identity use cases share: rows of the security log, and requests for mails."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.shared.publishing import publish_committed
from common.domain.identity.clients import ClientInfo
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.shared.errors import RateLimited
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.opaque_tokens import digest

#: A mail about the account that is ready to be rendered.
MAIL_REQUESTED = "mail.requested"
#: A mail whose link the worker makes just before it sends, so that no code rests in the outbox or a queue.
LINK_REQUESTED = "mail.link_requested"

#: Mails of one kind that an address may be sent in an hour, no matter who asks.
_MAILS_PER_HOUR = 5
_HOUR_SECONDS = 3600


async def log_event(
    deps: AuthDeps,
    type_: SecurityEventType,
    user_id: str | None,
    client: ClientInfo,
    *,
    session_id: str | None = None,
    actor_id: str | None = None,
    **details: Any,
) -> None:
    """Append a row to the security log."""
    now = deps.clock.now()
    await deps.log.insert(
        SecurityEvent(
            id=new_id("sev", now),
            type=type_,
            user_id=user_id,
            actor_id=actor_id,
            session_id=session_id,
            ip=client.ip,
            user_agent=client.user_agent,
            details=details,
            at=now,
        )
    )


def mail_event(deps: AuthDeps, template: str, user_id: str, **data: Any) -> Event:
    """A mail to an account's address, without a link that signs in; instants in ``data`` read on the reader's clock."""
    instants = [name for name, value in data.items() if isinstance(value, datetime)]
    data |= {name: data[name].isoformat() for name in instants}
    fields: dict[str, Any] = {"template": template, "to_user_id": user_id, "data": data, "instants": instants}
    return new_event(Topic.NOTIFICATIONS, MAIL_REQUESTED, deps.clock.now(), **fields)


async def publish(deps: AuthDeps, events: Sequence[Event]) -> None:
    """Publish what has committed, as far as the queues take it now."""
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)


async def limit_mails(deps: AuthDeps, kind: str, email_key: str) -> None:
    """Bound the mails of one kind to one address, whether or not it has an account.

    Raises:
        RateLimited: the address has had enough for now.
    """
    key = f"mail:{kind}:{digest(email_key)}"
    bucket = await deps.limits.take(key, limit=_MAILS_PER_HOUR, window_seconds=_HOUR_SECONDS, now=deps.clock.now())
    if not bucket.allowed:
        detail = "Too many mails to this address; try again later."
        raise RateLimited(detail, retry_after=bucket.retry_after, limit=_MAILS_PER_HOUR)
