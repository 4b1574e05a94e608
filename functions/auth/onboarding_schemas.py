"""Requests and responses of onboarding."""

from typing import Annotated, Any, Literal

from common.application.identity.onboarding.billing import Billing
from common.application.identity.onboarding.steps import CompletedProfile
from common.domain.catalogue.providers import Provider
from common.domain.identity.users import OnboardingStatus, ProviderStatus
from common.domain.shared.contact_fields import AddressText, PhoneText
from common.domain.shared.names import PersonName, TradingName
from common.runtime.http.schemas import Instant, RequestModel, ResponseModel
from pydantic import Field

from functions.auth.schemas import AcceptsTerms, AddressView, Password, Tokens, UserView


class ProfileRequest(AcceptsTerms):
    """What everybody tells about themselves; a guest also sets a password and names the booking to go on with."""

    full_name: PersonName
    phone_number: PhoneText
    address: Annotated[AddressText | None, Field(description="Left out, the account's address stays as it is")] = None
    password: Password | None = None
    booking_intent_id: Annotated[str, Field(max_length=64)] | None = None


class PathRequest(RequestModel):
    """As what to go on."""

    path: Literal["seeker", "provider"]


class ProviderRequest(AcceptsTerms):
    """A provider's details."""

    full_name: PersonName
    phone_number: PhoneText
    trading_name: TradingName
    address: AddressText


class BookingReference(ResponseModel):
    """The booking a guest's intent has become; ``client_secret`` is there where the card must still be confirmed."""

    id: str
    status: str
    client_secret: str | None = None


class ProfileAnswer(Tokens):
    """The account with a fresh sign-in, and the booking where one was named."""

    booking: BookingReference | None = None

    @classmethod
    def of_completed(cls, done: CompletedProfile) -> "ProfileAnswer":
        """The completed profile on the wire."""
        booking = BookingReference.model_validate(done.booking) if done.booking is not None else None
        return cls(**Tokens.of(done.tokens).model_dump(), booking=booking)


class ProviderView(ResponseModel):
    """A provider's profile, as far as onboarding is concerned."""

    id: str
    trading_name: str
    status: ProviderStatus
    address: AddressView
    timezone: str
    is_billable: bool
    is_listed: bool


class OnboardingAnswer(ResponseModel):
    """The account after a step, its provider profile, and what is still to be done."""

    user: UserView
    provider: ProviderView | None = None
    next_steps: list[str] = Field(
        description="Steps still open on the chosen path, in order; `address` while it cannot be located"
    )


class BillingAnswer(ResponseModel):
    """Where billing stands, by Stripe's own capabilities."""

    account_id: str | None
    onboarding_url: str | None = None
    onboarding_url_expires_at: Instant | None = None
    transfers: str
    payouts_enabled: bool
    details_submitted: bool
    requirements: list[str]
    disabled_reason: str | None
    is_billable: bool
    is_listed: bool
    onboarding_status: OnboardingStatus
    provider_status: ProviderStatus

    @classmethod
    def of(cls, billing: Billing) -> "BillingAnswer":
        """Billing on the wire."""
        status, link = billing.status, billing.link
        known: dict[str, Any] = {
            "account_id": None,
            "transfers": "inactive",
            "payouts_enabled": False,
            "details_submitted": False,
            "requirements": [],
            "disabled_reason": None,
        }
        if status is not None:
            known = status.model_dump(exclude={"provider_id"})
        return cls(
            **known,
            onboarding_url=link.url if link else None,
            onboarding_url_expires_at=link.expires_at if link else None,
            is_billable=billing.provider.is_billable,
            is_listed=billing.provider.is_listed,
            onboarding_status=billing.user.onboarding_status,
            provider_status=billing.user.provider_status,
        )


def provider_view(provider: Provider | None) -> ProviderView | None:
    """A provider on the wire."""
    return ProviderView.model_validate(provider) if provider else None
