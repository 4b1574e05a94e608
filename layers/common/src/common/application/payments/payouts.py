"""A provider's payouts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from common.application.payments.deps import PaymentDeps
from common.application.payments.gone_accounts import request_account_check
from common.application.ports.payments.payouts import Payout, PayoutBalance, PayoutGateway
from common.domain.identity.roles import Principal
from common.domain.payments.operations import ACCOUNT_GONE
from common.domain.shared.display import money_text
from common.domain.shared.errors import Conflict, NotFound, Unavailable
from common.domain.shared.events import Topic, new_event
from common.domain.shared.money import Money

_FAILED = "failed"


@dataclass(frozen=True)
class PayoutDeps(PaymentDeps):
    """Ports of the payout use cases."""

    payouts: PayoutGateway


async def list_payouts(deps: PayoutDeps, caller: Principal, *, limit: int, after: str | None) -> Sequence[Payout]:
    """The caller's payouts, newest first.

    Raises:
        Conflict: the caller has no payout account yet.
    """
    async with _account_of(deps, caller) as account_id:
        return await deps.payouts.list_payouts(account_id, limit=limit, after=after)


async def get_balance(deps: PayoutDeps, caller: Principal) -> PayoutBalance:
    """The caller's balance at Stripe.

    Raises:
        Conflict: the caller has no payout account yet.
    """
    async with _account_of(deps, caller) as account_id:
        return await deps.payouts.balance(account_id)


async def owed_by(deps: PayoutDeps, caller: Principal) -> Sequence[Money]:
    """What the caller owes of refunds and chargebacks that could not be taken back, by currency."""
    owed = await deps.bookings.sum_owed_by_provider(caller.provider_id) if caller.provider_id else {}
    return [Money(amount=amount, currency=currency) for currency, amount in sorted(owed.items())]


async def make_dashboard_link(deps: PayoutDeps, caller: Principal) -> str:
    """A single-use link to the caller's dashboard at Stripe.

    Raises:
        Conflict: the caller has no payout account yet.
    """
    async with _account_of(deps, caller) as account_id:
        return await deps.payouts.dashboard_link(account_id)


async def tell_of_payout(deps: PayoutDeps, account_id: str, payout_id: str, provider_user_id: str) -> None:
    """Tell a provider that a payout has failed; the re-read says whether it really has."""
    payout = await deps.payouts.get_payout(account_id, payout_id)
    if payout.status != _FAILED:
        return
    reason = payout.failure_message or payout.failure_code or "unknown"
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        deps.clock.now(),
        template="payout_failed",
        to_user_id=provider_user_id,
        data={"amount": money_text(payout.amount), "reason": reason.rstrip(".")},
    )
    # The id follows from the payout, so that a repeated webhook tells nobody twice.
    once = event.model_copy(update={"id": f"evt_{payout_id}"})
    if not await deps.publisher.publish([once]):
        raise Unavailable("The event could not be queued.")


@asynccontextmanager
async def _account_of(deps: PayoutDeps, caller: Principal) -> AsyncIterator[str]:
    """The caller's account; one that turns out to be disconnected or closed is none, and is followed."""
    provider = await deps.providers.get(caller.provider_id) if caller.provider_id else None
    account_id = provider.stripe_account_id if provider else None
    if account_id is None:
        raise _no_account()
    try:
        yield account_id
    except NotFound as missing:
        if missing.wire_code != ACCOUNT_GONE:
            raise
        await request_account_check(deps, account_id)
        raise _no_account() from missing


def _no_account() -> Conflict:
    return Conflict("Set up your payout account first.", code="no_payout_account")
