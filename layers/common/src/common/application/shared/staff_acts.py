"""Rows of the audit log that say what staff did: who, what, why, and what was before and after."""

from datetime import datetime
from typing import Any

from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEvent, SecurityEventType
from common.domain.shared.ids import new_id


def act_of_staff(
    staff: Principal,
    type_: SecurityEventType,
    client: ClientInfo,
    now: datetime,
    *,
    user_id: str | None,
    reason: str = "",
    **details: Any,
) -> SecurityEvent:
    """The row for one act; insert it in the transaction of the act.

    Args:
        staff: who acts.
        type_: what was done.
        client: from where.
        now: when.
        user_id: the account that it is about.
        reason: why, in the words of who acts.
        details: further facts, such as ``subject``, ``before`` and ``after``; empty ones are left out.
    """
    told = {"reason": reason, **details}
    return SecurityEvent(
        id=new_id("sev", now),
        type=type_,
        user_id=user_id,
        actor_id=staff.user_id,
        session_id=staff.session_id,
        ip=client.ip,
        user_agent=client.user_agent,
        details={name: value for name, value in told.items() if value is not None and value != ""},
        at=now,
    )
