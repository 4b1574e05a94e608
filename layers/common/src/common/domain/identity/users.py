"""The account: who somebody is, how far they have come, what they may do."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.identity.factors import FactorKind
from common.domain.identity.roles import Role
from common.domain.identity.terms import AcceptedTerms
from common.domain.media.photos import Photo
from common.domain.shared.model import Model


class OnboardingStatus(StrEnum):
    """How far the account's own onboarding has come."""

    NOT_STARTED = "not_started"
    BASIC_COMPLETE = "basic_complete"
    PROVIDER_ONBOARDING_COMPLETE = "provider_onboarding_complete"
    BILLING_SETUP_COMPLETE = "billing_setup_complete"


class ProviderStatus(StrEnum):
    """Where an application to be a provider stands."""

    NOT_APPLIED = "not_applied"
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Address(Model):
    """A postal address as typed, with its point and the name of its suburb or town where it could be located.

    ``country`` is ISO 3166-1 alpha-2, empty where it is not known; ``uncertainty_m`` how far from the point the address
    may lie.
    """

    text: str
    lat: float | None = None
    lng: float | None = None
    is_located: bool = False
    suburb: str = ""
    country: str = ""
    uncertainty_m: int = 0


class MailTrouble(StrEnum):
    """Why somebody gets no more mails: the address refuses them for good, or they were reported as spam."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"


class MailProblem(Model):
    """That mails do not reach an account's address."""

    kind: MailTrouble
    since: datetime


class User(Model):
    """One person's account.

    ``email`` is as the person typed it; ``email_key`` its normal form, unique. ``session_epoch`` rises when every
    access token so far must die at once (suspension, password reset); tokens carry the epoch they were made in. Beside
    it the stored account remembers the sign-ins that ended within a token's life (``Users.end_access``).
    ``banned_at`` is there
    while two members of staff have stopped the account, which one of them cannot undo.
    ``factor_kinds`` says which kinds of second factors the account has; what adds or removes a factor writes it.
    """

    id: str
    email: str
    email_key: str
    full_name: str = ""
    phone_number: str | None = None
    address: Address | None = None
    roles: list[Role] = Field(default_factory=lambda: [Role.USER])
    is_verified: bool = False
    is_provisional: bool = False
    is_active: bool = True
    banned_at: datetime | None = None
    is_oauth_registered: bool = False
    requires_password_setup: bool = False
    onboarding_path: str | None = None
    onboarding_status: OnboardingStatus = OnboardingStatus.NOT_STARTED
    provider_status: ProviderStatus = ProviderStatus.NOT_APPLIED
    provider_id: str | None = None
    picture: Photo | None = None
    stripe_customer_id: str | None = None
    session_epoch: int = 0
    factor_kinds: list[FactorKind] = Field(default_factory=list)
    accepted_terms: list[AcceptedTerms] = Field(default_factory=list)
    mail_problem: MailProblem | None = None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    @property
    def is_usable(self) -> bool:
        """Whether its person may act by it: it is neither suspended nor closed."""
        return self.is_active and self.deleted_at is None

    @property
    def greeted_as(self) -> str:
        """The first word of the name, for mails; none until the address is proven: a stranger may have given it."""
        return (self.full_name.split() or [""])[0] if self.is_verified else ""

    @property
    def picture_media_id(self) -> str | None:
        """The photograph that shows the person, where they have given one."""
        return self.picture.media_id if self.picture else None
