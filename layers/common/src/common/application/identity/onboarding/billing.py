"""Payout accounts of providers: the connected account, its onboarding, and its capabilities at Stripe.

Stripe is asked outside of any transaction, and what it said is stored only if nothing else that it said has been stored
since we asked: an older answer is never the last one stored. Whether the provider may be listed is decided on what the
provider and the account are in the transaction that stores it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.application.identity.onboarding.addresses import locate_address
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.identity.present_account import present_account
from common.application.identity.records import mail_event, publish
from common.application.ports.payments.connect import ConnectStatus, OnboardingLink
from common.domain.catalogue.providers import Provider
from common.domain.identity.roles import Principal
from common.domain.identity.users import OnboardingStatus, ProviderStatus, User
from common.domain.shared.errors import NotFound, StepOutOfOrder, Unavailable, VersionConflict
from common.domain.shared.events import Event

#: Enough for a provider whom several workers follow at once; each try asks Stripe again.
_TRIES = 8


@dataclass(frozen=True)
class Billing:
    """Where a provider's billing stands; ``link`` only where one was asked for."""

    user: User
    provider: Provider
    status: ConnectStatus | None
    link: OnboardingLink | None = None


async def start_billing(deps: OnboardingDeps, caller: Principal) -> Billing:
    """Make the connected account, if there is none yet, and a fresh link to Stripe's onboarding.

    An account that was disconnected makes way for a new one.

    Raises:
        StepOutOfOrder: the provider's details are missing.
        InvalidInput: the provider's address is in a country where nobody can be paid from ours.
        Unavailable: Stripe is unavailable, or the provider kept changing.
    """
    gateway = deps.connect()
    page = f"{deps.frontend_base_url}/onboarding/billing"
    for _ in range(_TRIES):
        user, provider = await _provider_of(deps, caller)
        account_id = provider.stripe_account_id or await _open_account(deps, user, provider)
        billing = await _follow(deps, provider.id, account_id) if account_id else None
        if account_id is None or billing is None or billing.provider.stripe_account_id != account_id:
            continue
        link = await gateway.onboarding_link(account_id, return_url=page, refresh_url=f"{page}?refresh=true")
        return Billing(billing.user, billing.provider, billing.status, link)
    raise _busy()


async def read_billing(deps: OnboardingDeps, caller: Principal) -> Billing:
    """Re-read from Stripe what the connected account can do, and store it.

    Raises:
        StepOutOfOrder: the provider's details are missing.
        Unavailable: Stripe is unavailable, or the provider kept changing.
    """
    user, provider = await _provider_of(deps, caller)
    account_id = provider.stripe_account_id
    billing = await _follow(deps, provider.id, account_id) if account_id else None
    return billing or Billing(user, provider, None)


async def sync_billing(deps: OnboardingDeps, account_id: str) -> bool:
    """Follow a connected account after Stripe said that it changed; ``False`` for one that is no provider's of ours.

    Raises:
        Unavailable: Stripe is unavailable, or the provider kept changing; try again.
    """
    provider = await deps.providers.find_by_account(account_id)
    return provider is not None and await _follow(deps, provider.id, account_id) is not None


def may_be_listed(provider: Provider, user: User, *, is_billable: bool) -> bool:
    """The one rule for being listed: approved, able to be paid, and an active account."""
    return provider.status is ProviderStatus.APPROVED and is_billable and user.is_usable


async def _provider_of(deps: OnboardingDeps, caller: Principal) -> tuple[User, Provider]:
    user = await present_account(deps.users, caller.user_id)
    provider = await deps.providers.get(user.provider_id) if user.provider_id else None
    if provider is None:
        missing = ["provider"] if user.onboarding_path == "provider" else ["path", "provider"]
        raise StepOutOfOrder("Give your provider details first.", extra={"missing": missing})
    return user, provider


async def _country_of(deps: OnboardingDeps, provider: Provider) -> str:
    """The country of an address stored before countries were; empty if unknown."""
    _, place = await locate_address(deps.geocoder, provider.address.text)
    return place.country if place else ""


async def _open_account(deps: OnboardingDeps, user: User, provider: Provider) -> str | None:
    """The provider's new account; ``None`` where another one was remembered meanwhile."""
    deps.platform.require_provider_in(provider.address.country or await _country_of(deps, provider))
    made = await deps.connect().create_account(
        provider_id=provider.id,
        email=user.email,
        country=deps.platform.country,
        name=provider.trading_name,
        closed_account_id=provider.closed_account_id,
    )

    async def write() -> str | None:
        stored = await deps.providers.get(provider.id)
        if stored is None or (stored.stripe_account_id, stored.closed_account_id) != (None, provider.closed_account_id):
            return stored.stripe_account_id if stored else None
        await deps.providers.update(provider.id, {"stripe_account_id": made}, now=deps.clock.now())
        return made

    return await deps.unit_of_work.run(write)


async def _follow(deps: OnboardingDeps, provider_id: str, account_id: str) -> Billing | None:
    """Ask Stripe about an account and store what it said; ``None`` where the provider has left it, or us."""
    for _ in range(_TRIES):
        seen = await deps.providers.get(provider_id)
        if seen is None or seen.deleted_at is not None or seen.stripe_account_id != account_id:
            return None
        status = await deps.connect().status(account_id)
        try:
            billing, events = await _store(deps, seen, status)
        except VersionConflict:
            continue
        except NotFound:
            return None
        await publish(deps, events)
        return billing
    raise _busy()


async def _store(deps: OnboardingDeps, seen: Provider, status: ConnectStatus) -> tuple[Billing, list[Event]]:
    """Store Stripe's decision on the provider and the account.

    Raises:
        VersionConflict: something else that Stripe said has been stored since ``seen`` was read.
        NotFound: the owner has left.
    """
    now = deps.clock.now()

    async def write() -> tuple[Billing, list[Event]]:
        provider = await deps.providers.get(seen.id)
        user = await deps.users.get(seen.user_id)
        if provider is None or user is None or user.deleted_at is not None:
            raise NotFound("There is no such provider.")
        if provider.billing_revision != seen.billing_revision:
            raise VersionConflict("The account has been re-read meanwhile.")
        provider = await deps.providers.update_billing(provider, _fields(provider, user, status), now=now)
        user = await _follow_user(deps, user, status, now)
        events = [mail_event(deps, "payout_account_closed", user.id)] if status.is_gone else []
        await deps.outbox.insert(events)
        return Billing(user, provider, None if status.is_gone else status), events

    return await deps.unit_of_work.run(write)


def _fields(provider: Provider, user: User, status: ConnectStatus) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "is_billable": status.is_billable,
        "is_listed": may_be_listed(provider, user, is_billable=status.is_billable),
    }
    if status.is_gone:
        fields |= {"stripe_account_id": None, "closed_account_id": status.account_id}
    return fields


async def _follow_user(deps: OnboardingDeps, user: User, status: ConnectStatus, now: datetime) -> User:
    step = (
        OnboardingStatus.BILLING_SETUP_COMPLETE if status.is_billable else OnboardingStatus.PROVIDER_ONBOARDING_COMPLETE
    )
    if user.onboarding_status is step:
        return user
    return await deps.users.update(user.id, {"onboarding_status": step, "updated_at": now})


def _busy() -> Unavailable:
    return Unavailable("The provider is being changed by others.", retry_after=1)
