"""Stripe Connect: the account a provider is paid to."""

from datetime import datetime
from typing import Protocol

from pydantic import Field

from common.domain.shared.model import Model


class ConnectStatus(Model):
    """What Stripe says a connected account can do; capabilities decide, nothing of ours.

    ``transfers`` is the state of the capability of that name (``active``, ``pending``, ``inactive``); ``is_gone`` says
    that the account was disconnected or closed, so that nothing can be done with it any more.
    """

    account_id: str
    is_gone: bool = False
    transfers: str = "inactive"
    payouts_enabled: bool = False
    details_submitted: bool = False
    requirements: list[str] = Field(default_factory=list)
    disabled_reason: str | None = None

    @property
    def is_billable(self) -> bool:
        """Whether money can be transferred to it and paid out of it."""
        return self.transfers == "active" and self.payouts_enabled


class OnboardingLink(Model):
    """A single-use link to Stripe's own onboarding pages."""

    url: str
    expires_at: datetime


class ConnectGateway(Protocol):
    """Connected accounts.

    Raises (all methods):
        GatewayUncertain: no answer.
        Unavailable: Stripe is unavailable.
    """

    async def create_account(
        self, *, provider_id: str, email: str, country: str, name: str, closed_account_id: str | None = None
    ) -> str:
        """Find or make the account of a provider, another one than its closed one; returns its id."""
        ...

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """A fresh onboarding link."""
        ...

    async def status(self, account_id: str) -> ConnectStatus:
        """Re-read what the account can do."""
        ...
