"""Requests and responses of administration."""

from typing import Annotated, Any, Literal

from common.domain.identity.activity import System
from common.domain.identity.roles import Role
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import MailTrouble, OnboardingStatus, ProviderStatus
from common.domain.shared.contact_fields import EmailText
from common.domain.shared.texts import PROSE
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import Field

Reason = Annotated[str, Field(min_length=3, max_length=500), PROSE]


class ReasonRequest(RequestModel):
    """Why."""

    reason: Reason


class MaybeReasonRequest(RequestModel):
    """Why, for the audit log."""

    reason: Annotated[str, Field(max_length=500), PROSE] = ""


StaffRole = Literal[Role.MODERATOR, Role.OPERATOR, Role.ADMIN, Role.SUPER_ADMIN]


class AppointRequest(RequestModel):
    """Whom to appoint, as what."""

    email: EmailText
    roles: Annotated[list[StaffRole], Field(min_length=1, max_length=4)]


class StaffRolesRequest(RequestModel):
    """Staff roles from now on; none ends the appointment."""

    roles: Annotated[list[StaffRole], Field(max_length=4)]


class AddressView(ResponseModel):
    """A postal address, with its point where it could be located."""

    text: str
    lat: float | None
    lng: float | None
    is_located: bool


class ProviderView(ResponseModel):
    """A provider's profile, as staff see it."""

    id: str
    user_id: str
    trading_name: str
    bio: str
    status: ProviderStatus
    address: AddressView
    timezone: str
    stripe_account_id: str | None
    is_billable: bool
    is_listed: bool
    created_at: Instant
    updated_at: Instant


class MailProblemView(ResponseModel):
    """That mails do not reach an account's address."""

    kind: MailTrouble
    since: Instant


class UserView(ResponseModel):
    """An account, as staff see it."""

    id: str
    email: str
    full_name: str
    phone_number: str | None
    roles: list[Role]
    is_verified: bool
    is_provisional: bool
    is_active: bool
    banned_at: Instant | None
    onboarding_status: OnboardingStatus
    provider_status: ProviderStatus
    provider_id: str | None
    mail_problem: MailProblemView | None = Field(
        None, description="Why no notifications are mailed, where they do not arrive"
    )
    created_at: Instant
    updated_at: Instant
    deleted_at: Instant | None


class ActivityView(ResponseModel):
    """One thing of an account's activity; of the security log with where it came from."""

    id: str
    system: System
    type: str
    user_id: str | None
    actor_id: str | None
    session_id: str | None
    ip: str
    user_agent: str
    details: dict[str, Any]
    at: Instant


class SecurityEventView(ResponseModel):
    """One row of the security log."""

    id: str
    type: SecurityEventType
    user_id: str | None
    actor_id: str | None
    session_id: str | None
    ip: str
    user_agent: str
    details: dict[str, Any]
    at: Instant
