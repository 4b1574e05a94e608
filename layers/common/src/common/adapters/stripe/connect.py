"""Connected accounts at Stripe: the ``ConnectGateway`` port."""

from datetime import UTC, datetime
from uuid import uuid4

import stripe
from stripe import params

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.payments.connect import ConnectStatus, OnboardingLink
from common.domain.payments.operations import ACCOUNT_GONE
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import GatewayUncertain, NotFound

#: As many as a page holds.
_LOOKUP_LIMIT = 100


class StripeConnect:
    """Accounts with Express's dashboard that receive transfers: separate charges and transfers, we are the merchant.

    ``card_payments`` is asked for although no charge is ever made on such an account: without Stripe's approval a
    platform cannot ask for ``transfers`` alone. See https://docs.stripe.com/connect/separate-charges-and-transfers,
    .../connect/account-capabilities and, for the controller, .../connect/migrate-to-controller-properties.

    Args:
        client: Stripe.
        owner: whose marks the accounts made here carry; another deployment's belong to no provider of ours.
    """

    def __init__(self, client: stripe.StripeClient, owner: Owner) -> None:
        self._v1 = client.v1
        self._owner = owner

    async def create_account(
        self, *, provider_id: str, email: str, country: str, name: str, closed_account_id: str | None = None
    ) -> str:
        """Find or make the account of a provider, another one than its closed one; returns its id.

        Where Stripe repeats a stored error for the key, the look-up that comes first has shown that nothing was made,
        so that another key is safe. A look-up may miss an account behind a hundred newer ones; then a second, empty
        one is made, which no money is ever sent to.
        """
        known = await self._find_account(provider_id, closed_account_id)
        if known is not None:
            return known
        wanted: params.AccountCreateParams = {
            "controller": {
                "fees": {"payer": "application"},
                "losses": {"payments": "application"},
                "stripe_dashboard": {"type": "express"},
            },
            "country": country,
            "email": email,
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
            "business_profile": {"name": name},
            "metadata": {"provider_id": provider_id, **self._owner.marks()},
        }
        try:
            return await self._make_account(wanted, f"{provider_id}:connect:{closed_account_id or 1}")
        except GatewayUncertain as uncertain:
            if not uncertain.is_final:
                raise
            return await self._make_account(wanted, f"{provider_id}:connect:{uuid4().hex}")

    async def _find_account(self, provider_id: str, closed_account_id: str | None) -> str | None:
        """The account that an earlier, unanswered call may have made; the newest come first."""
        with translated():
            newest = await self._v1.accounts.list_async({"limit": _LOOKUP_LIMIT})
        mine = (each.id for each in newest.data if self._provider_of(each) == provider_id)
        return next((each for each in mine if each != closed_account_id), None)

    def _provider_of(self, account: stripe.Account) -> str | None:
        metadata = mapping.metadata(account.metadata)
        return None if self._owner.is_theirs(metadata) else metadata.get("provider_id")

    async def _make_account(self, wanted: params.AccountCreateParams, key: str) -> str:
        with translated():
            made = await self._v1.accounts.create_async(wanted, {"idempotency_key": self._owner.key(key)})
        return made.id

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
        try:
            with translated():
                account = await self._v1.accounts.retrieve_async(account_id)
        except NotFound as missing:
            if missing.wire_code != ACCOUNT_GONE:
                raise
            return ConnectStatus(account_id=account_id, is_gone=True)
        requirements = account.requirements
        # The SDK's objects have only what Stripe sent, and Stripe sends only the capabilities that were asked for.
        transfers = getattr(account.capabilities, "transfers", None)
        return ConnectStatus(
            account_id=account.id,
            transfers=transfers or "inactive",
            payouts_enabled=bool(account.payouts_enabled),
            details_submitted=bool(account.details_submitted),
            requirements=list((requirements.currently_due if requirements else None) or []),
            disabled_reason=requirements.disabled_reason if requirements else None,
        )
