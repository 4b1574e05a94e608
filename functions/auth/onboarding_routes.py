"""From a fresh account to a customer or a listed provider."""

from http import HTTPStatus
from typing import Annotated

from common.application.identity.onboarding import billing, progress, steps
from common.domain.identity.roles import Principal, Role
from common.runtime.http import CurrentUser, require
from common.runtime.http.rate_limits import at_once, limit_lookups, rate_limit
from fastapi import APIRouter, Depends

from functions.auth.client import Client
from functions.auth.container import ContainerDep
from functions.auth.onboarding_schemas import (
    BillingAnswer,
    OnboardingAnswer,
    PathRequest,
    ProfileAnswer,
    ProfileRequest,
    ProviderRequest,
    provider_view,
)
from functions.auth.schemas import UserView

#: Each of these may ask a geocoder or Stripe, which cost money.
_LIMIT = rate_limit("onboarding", limit=60, per_seconds=600, by="user")
_GENTLY = [Depends(_LIMIT)]
_GENTLY_WITH_ADDRESS = [Depends(at_once(_LIMIT, limit_lookups))]

router = APIRouter(prefix="/v1/onboarding", tags=["onboarding"])


@router.post("/profile", status_code=HTTPStatus.OK, dependencies=_GENTLY_WITH_ADDRESS)
async def complete_profile(
    body: ProfileRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> ProfileAnswer:
    """Tell name, telephone number and address; a guest's account and booking are completed by it."""
    done = await steps.complete_profile(
        container.onboarding,
        caller,
        steps.Profile(body.full_name, body.phone_number, body.address),
        client,
        password=body.password,
        booking_intent_id=body.booking_intent_id,
        accepted_terms_version=body.accepted_terms_version,
    )
    return ProfileAnswer.of_completed(done)


@router.post("/path", status_code=HTTPStatus.OK, dependencies=_GENTLY)
async def choose_path(body: PathRequest, container: ContainerDep, caller: CurrentUser) -> OnboardingAnswer:
    """Choose to go on as a customer or as a provider; one may become the other later, and be both."""
    user = await steps.choose_path(container.onboarding, caller, body.path)
    return OnboardingAnswer(user=UserView.of(user), next_steps=progress.next_steps(user))


@router.post("/provider", status_code=HTTPStatus.OK, dependencies=_GENTLY_WITH_ADDRESS)
async def apply_as_provider(
    body: ProviderRequest, container: ContainerDep, caller: CurrentUser, client: Client
) -> OnboardingAnswer:
    """Give a provider's details, which applies; again to correct them, or after a rejection to apply anew."""
    profile = steps.Profile(body.full_name, body.phone_number, body.address)
    user, provider = await steps.apply_as_provider(
        container.onboarding,
        caller,
        profile,
        body.trading_name,
        client,
        accepted_terms_version=body.accepted_terms_version,
    )
    return OnboardingAnswer(
        user=UserView.of(user), provider=provider_view(provider), next_steps=progress.next_steps(user)
    )


@router.post("/billing", status_code=HTTPStatus.OK, dependencies=_GENTLY)
async def start_billing(container: ContainerDep, caller: CurrentUser) -> BillingAnswer:
    """Make the Stripe account, if there is none, and a fresh link to Stripe's onboarding pages."""
    return BillingAnswer.of(await billing.start_billing(container.onboarding, caller))


@router.get("/billing", dependencies=_GENTLY)
async def get_billing(
    container: ContainerDep, caller: Annotated[Principal, Depends(require(Role.PROVIDER))]
) -> BillingAnswer:
    """Where billing stands, re-read from Stripe."""
    return BillingAnswer.of(await billing.read_billing(container.onboarding, caller))
