"""Disputes, payouts and connected accounts in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from common.application.ports.payments.connect import ConnectStatus, OnboardingLink
from common.application.ports.payments.payouts import BankDispute, Payout, PayoutBalance
from common.domain.payments.operations import ACCOUNT_GONE, OBJECT_GONE
from common.domain.shared.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass
class FakePayoutGateway:
    """Implements ``PayoutGateway``."""

    disputes: dict[str, BankDispute] = field(default_factory=dict)
    payouts: dict[str, Payout] = field(default_factory=dict)

    async def get_dispute(self, dispute_id: str) -> BankDispute:
        if dispute_id not in self.disputes:
            raise NotFound("no such dispute", code=OBJECT_GONE)
        return self.disputes[dispute_id]

    async def get_payout(self, account_id: str, payout_id: str) -> Payout:  # noqa: ARG002 - the port's
        return self.payouts[payout_id]

    async def list_payouts(
        self,
        account_id: str,  # noqa: ARG002 - the port's
        *,
        limit: int,
        after: str | None,  # noqa: ARG002 - the port's
    ) -> Sequence[Payout]:
        return list(self.payouts.values())[:limit]

    async def balance(self, account_id: str) -> PayoutBalance:  # noqa: ARG002 - the port's
        return PayoutBalance(available=[], pending=[])

    async def dashboard_link(self, account_id: str) -> str:
        return f"https://connect.test/{account_id}"


@dataclass
class FakeAccounts:
    """Implements ``ConnectGateway``: ``statuses`` is what Stripe says of accounts, one that is not there is gone."""

    statuses: dict[str, ConnectStatus] = field(default_factory=dict)
    closed: list[str | None] = field(default_factory=list)

    async def create_account(
        self,
        *,
        provider_id: str,
        email: str,  # noqa: ARG002 - the port's
        country: str,  # noqa: ARG002 - the port's
        name: str,  # noqa: ARG002 - the port's
        closed_account_id: str | None = None,
    ) -> str:
        self.closed.append(closed_account_id)
        made = f"acct_new_{provider_id}_{closed_account_id or 1}"
        self.statuses.setdefault(made, ConnectStatus(account_id=made))
        return made

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:  # noqa: ARG002
        if account_id not in self.statuses:
            raise NotFound("no such account", code=ACCOUNT_GONE)
        return OnboardingLink(url=f"https://connect.test/{account_id}", expires_at=datetime.now(UTC))

    async def status(self, account_id: str) -> ConnectStatus:
        return self.statuses.get(account_id) or ConnectStatus(account_id=account_id, is_gone=True)
