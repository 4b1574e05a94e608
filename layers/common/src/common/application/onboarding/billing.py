"""How a provider gets paid: the connected account, its onboarding, and what Stripe says it can do."""

from dataclasses import dataclass

from common.application.onboarding.addresses import locate_address
from common.application.onboarding.deps import OnboardingDeps
from common.application.onboarding.steps import get_account
from common.application.ports.connect import ConnectStatus, OnboardingLink
from common.domain.errors import StepOutOfOrder
from common.domain.providers import Provider
from common.domain.roles import Principal
from common.domain.users import OnboardingStatus, ProviderStatus, User


@dataclass(frozen=True)
class Billing:
    """Where a provider's billing stands; ``link`` only where one was asked for."""

    user: User
    provider: Provider
    status: ConnectStatus | None
    link: OnboardingLink | None = None


async def start_billing(deps: OnboardingDeps, caller: Principal) -> Billing:
    """Make the connected account, if there is none yet, and a fresh link to Stripe's onboarding.

    Raises:
        StepOutOfOrder: the provider's details are missing.
        InvalidInput: the provider's address is in a country where nobody can be paid from ours.
        Unavailable: Stripe is away.
    """
    user, provider = await _provider_of(deps, caller)
    gateway = deps.connect()
    account_id = provider.stripe_account_id
    if account_id is None:
        _, place = await locate_address(deps.geocoder, provider.address.text)
        deps.platform.require_provider_in(place.country if place else "")
        account_id = await gateway.create_account(
            provider_id=provider.id, email=user.email, country=deps.platform.country, name=provider.trading_name
        )
        fields = {"stripe_account_id": account_id}
        provider = await deps.providers.update(provider.id, fields, now=deps.auth.clock.now())
    page = f"{deps.auth.frontend_base_url}/onboarding/billing"
    link = await gateway.onboarding_link(account_id, return_url=page, refresh_url=f"{page}?refresh=true")
    billing = await _apply(deps, user, provider, await gateway.status(account_id))
    return Billing(billing.user, billing.provider, billing.status, link)


async def read_billing(deps: OnboardingDeps, caller: Principal) -> Billing:
    """Re-read from Stripe what the connected account can do, and follow it.

    Raises:
        StepOutOfOrder: the provider's details are missing.
        Unavailable: Stripe is away.
    """
    user, provider = await _provider_of(deps, caller)
    if provider.stripe_account_id is None:
        return Billing(user, provider, None)
    return await _apply(deps, user, provider, await deps.connect().status(provider.stripe_account_id))


async def sync_billing(deps: OnboardingDeps, account_id: str) -> bool:
    """Follow a connected account after Stripe said that it changed; ``False`` for one that is no provider's of ours."""
    status = await deps.connect().status(account_id)
    provider_id = status.provider_id
    provider = await deps.providers.get(provider_id) if provider_id else None
    user = await deps.auth.users.get(provider.user_id) if provider else None
    if provider is None or user is None or provider.stripe_account_id != account_id:
        return False
    await _apply(deps, user, provider, status)
    return True


def may_be_listed(provider: Provider, user: User, *, is_billable: bool) -> bool:
    """The one rule of being found: approved, able to be paid, and an active account."""
    return provider.status is ProviderStatus.APPROVED and is_billable and user.is_active and user.deleted_at is None


async def _provider_of(deps: OnboardingDeps, caller: Principal) -> tuple[User, Provider]:
    user = await get_account(deps, caller)
    provider = await deps.providers.get(user.provider_id) if user.provider_id else None
    if provider is None:
        missing = ["provider"] if user.onboarding_path == "provider" else ["path", "provider"]
        raise StepOutOfOrder("Give your provider details first.", extra={"missing": missing})
    return user, provider


async def _apply(deps: OnboardingDeps, user: User, provider: Provider, status: ConnectStatus) -> Billing:
    """Carry Stripe's verdict over to the provider and the account, if it differs."""
    now = deps.auth.clock.now()
    fields = {
        "is_billable": status.is_billable,
        "is_listed": may_be_listed(provider, user, is_billable=status.is_billable),
    }
    onboarding = (
        OnboardingStatus.BILLING_SETUP_COMPLETE if status.is_billable else OnboardingStatus.PROVIDER_ONBOARDING_COMPLETE
    )

    async def write() -> tuple[User, Provider]:
        listed, owner = provider, user
        if (provider.is_billable, provider.is_listed) != (fields["is_billable"], fields["is_listed"]):
            listed = await deps.providers.update(provider.id, fields, now=now)
        if user.onboarding_status is not onboarding:
            owner = await deps.auth.users.update(user.id, {"onboarding_status": onboarding, "updated_at": now})
        return owner, listed

    owner, listed = await deps.auth.unit_of_work.run(write)
    return Billing(owner, listed, status)
