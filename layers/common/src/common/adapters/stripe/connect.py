"""Connected accounts at Stripe: the ``ConnectGateway`` port."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.connect import ConnectStatus, OnboardingLink

if TYPE_CHECKING:
    import stripe


class StripeConnect:
    """Express accounts that only receive transfers: separate charges and transfers, the platform is the merchant.

    See https://docs.stripe.com/connect/separate-charges-and-transfers and .../connect/express-accounts.
    """

    def __init__(self, client: "stripe.StripeClient") -> None:
        self._v1 = client.v1

    async def create_account(self, *, provider_id: str, email: str, country: str, name: str) -> str:
        """Make the account of a provider, once; returns its id."""
        with translated():
            account = await self._v1.accounts.create_async(
                {
                    "type": "express",
                    "country": country,
                    "email": email,
                    "capabilities": {"transfers": {"requested": True}},
                    "business_profile": {"name": name},
                    "metadata": {"provider_id": provider_id},
                },
                {"idempotency_key": f"{provider_id}:connect:1"},
            )
        return account.id

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """A fresh onboarding link; Stripe's live for minutes and work once."""
        with translated():
            link = await self._v1.account_links.create_async(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
        return OnboardingLink(url=link.url, expires_at=datetime.fromtimestamp(link.expires_at, UTC))

    async def status(self, account_id: str) -> ConnectStatus:
        """Re-read what the account can do."""
        with translated():
            account = await self._v1.accounts.retrieve_async(account_id)
        requirements = account.requirements
        # The SDK's objects have only what Stripe sent, and Stripe sends only the capabilities that were asked for.
        transfers = getattr(account.capabilities, "transfers", None)
        return ConnectStatus(
            account_id=account.id,
            provider_id=mapping.metadata(account.metadata).get("provider_id"),
            transfers=transfers or "inactive",
            payouts_enabled=bool(account.payouts_enabled),
            details_submitted=bool(account.details_submitted),
            requirements=list((requirements.currently_due if requirements else None) or []),
            disabled_reason=requirements.disabled_reason if requirements else None,
        )
