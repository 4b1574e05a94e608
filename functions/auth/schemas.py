"""Requests and responses of signing in and of sign-ins."""

from typing import Annotated, Literal

from common.application.identity.sessions import TokenPair
from common.domain.identity.factors import FactorKind
from common.domain.identity.roles import Role
from common.domain.identity.terms import MAX_VERSION
from common.domain.identity.users import MailTrouble, OnboardingStatus, ProviderStatus, User
from common.domain.shared.contact_fields import EmailText
from common.domain.shared.emails import MAX_LENGTH as MAX_EMAIL_LENGTH
from common.domain.shared.texts import PARSED, SEEN
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import Field, StringConstraints

#: Twice what a password may have, so that one a little too long is told so, and a megabyte is not hashed.
_MAX_PASSWORD_INPUT = 256
_MAX_TOKEN_INPUT = 128

#: Spaces belong to a password; it is never stripped.
Password = Annotated[str, StringConstraints(strip_whitespace=False, min_length=1, max_length=_MAX_PASSWORD_INPUT)]
OpaqueToken = Annotated[str, Field(min_length=1, max_length=_MAX_TOKEN_INPUT), PARSED]


TermsVersion = Annotated[str, Field(min_length=1, max_length=MAX_VERSION), PARSED]


class AcceptsTerms(RequestModel):
    """What may accept the terms along with something else; see `GET /v1/terms` for the version in force."""

    accepted_terms_version: TermsVersion | None = None


class RegisterRequest(AcceptsTerms):
    """A new registration."""

    email: EmailText
    password: Password


class EmailRequest(RequestModel):
    """An address to mail to."""

    email: EmailText


class VerifyEmailRequest(AcceptsTerms):
    """The code of a mailed link.

    ``password`` is the follower's own choice, whatever was registered. ``discard_password`` signs in without bringing
    a registered password into force: for an owner of the address who did not register it.
    """

    token: OpaqueToken
    password: Password | None = None
    discard_password: bool = False


class LoginRequest(RequestModel):
    """Mail address and password."""

    email: Annotated[str, Field(min_length=1, max_length=MAX_EMAIL_LENGTH), SEEN]
    password: Password


class RefreshRequest(RequestModel):
    """The refresh token to trade in."""

    refresh_token: OpaqueToken


class ResetPasswordRequest(RequestModel):
    """The code of a mailed link, and the new password."""

    token: OpaqueToken
    password: Password


class Accepted(ResponseModel):
    """The one answer for every address."""

    message: str


CHECK_MAIL = Accepted(message="If this address can be used, a mail is on its way to it.")


class AddressView(ResponseModel):
    """A postal address, with its point where it could be located."""

    text: str
    lat: float | None
    lng: float | None
    is_located: bool


class MailProblemView(ResponseModel):
    """That mails do not reach an account's address; another address ends it, and so does a used reset link."""

    kind: MailTrouble
    since: Instant


class UserView(ResponseModel):
    """An account, as its owner sees it."""

    id: str
    email: str
    full_name: str
    phone_number: str | None
    address: AddressView | None
    picture_media_id: str | None = Field(description="The photo that the parties of one's bookings see")
    roles: list[Role]
    is_verified: bool
    is_provisional: bool
    is_active: bool
    is_oauth_registered: bool
    requires_password_setup: bool
    onboarding_path: str | None
    onboarding_status: OnboardingStatus
    provider_status: ProviderStatus
    provider_id: str | None
    factor_kinds: list[FactorKind]
    mail_problem: MailProblemView | None = Field(
        None, description="Why no notifications are mailed, where they do not arrive"
    )
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, user: User) -> "UserView":
        """The account on the wire."""
        return cls.model_validate(user)


class Tokens(ResponseModel):
    """A token pair (the field names are RFC 6749's), and whose it is."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme's name
    expires_in: int = Field(description="Seconds until the access token ends")
    user: UserView
    booking_intent_id: str | None = Field(None, description="The guest booking this sign-in goes on with")

    @classmethod
    def of(cls, pair: TokenPair) -> "Tokens":
        """The pair on the wire."""
        return cls(
            access_token=pair.access_token,
            refresh_token=pair.refresh_token,
            expires_in=int(pair.lifetime.total_seconds()),
            user=UserView.of(pair.user),
            booking_intent_id=pair.booking_intent_id,
        )


class SessionView(ResponseModel):
    """One sign-in."""

    id: str
    method: str
    amr: list[str] = Field(description="How its owner was proven (RFC 8176); `mfa` where a second factor was used")
    ip: str
    user_agent: str
    created_at: Instant
    authenticated_at: Instant | None = Field(description="When its owner proved again who they are")
    last_used_at: Instant
    expires_at: Instant
    is_current: bool
