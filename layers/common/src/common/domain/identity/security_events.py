"""The log of what happened to an account."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from common.domain.shared.model import Model

#: The kind of a row's id.
EVENT_PREFIX = "sev"


class SecurityEventType(StrEnum):
    """What the log of security events tells."""

    REGISTERED = "registered"
    CLAIMED = "claimed"
    VERIFIED = "email_verified"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_BLOCKED = "sign_in_blocked"
    SIGNED_OUT = "signed_out"
    SESSION_REVOKED = "session_revoked"
    REFRESH_REPLAYED = "refresh_replayed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an event
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an event
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_FAILED = "factor_failed"
    FACTORS_RESET = "factors_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_REPLACED = "recovery_codes_replaced"
    REAUTHENTICATED = "reauthenticated"
    TERMS_ACCEPTED = "terms_accepted"
    EMAIL_LINK_REQUESTED = "email_link_requested"
    EMAIL_CHANGE_REQUESTED = "email_change_requested"
    EMAIL_CHANGED = "email_changed"
    EXPORTED = "exported"
    DELETED = "deleted"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    BAN_PROPOSED = "ban_proposed"
    BANNED = "banned"
    BAN_LIFTED = "ban_lifted"
    CONTENT_DECIDED = "content_decided"
    APPEALED = "appealed"
    REPORT_MODERATED = "report_moderated"
    BOOKING_DECIDED = "booking_decided"
    ROLES_CHANGED = "roles_changed"
    PROVIDER_APPROVED = "provider_approved"
    PROVIDER_REJECTED = "provider_rejected"
    DEAD_LETTERS_REDRIVEN = "dead_letters_redriven"
    FIGURES_RECOUNTED = "figures_recounted"


class SecurityEvent(Model):
    """One row of the append-only log. ``actor_id`` differs from ``user_id`` where staff acted."""

    id: str
    type: SecurityEventType
    user_id: str | None
    actor_id: str | None = None
    session_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    details: dict[str, Any] = Field(default_factory=dict)
    at: datetime
