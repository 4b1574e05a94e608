"""Providers' accounts at Stripe that turn out to be gone while money is moved."""

from common.application.payments.deps import PaymentDeps
from common.application.shared.publishing import publish_committed
from common.domain.shared.events import Topic, new_event

#: Asks the payments worker to read an account again, and to follow what it says.
ACCOUNT_CHECK_REQUESTED = "payout_account.check_requested"


async def request_account_check(deps: PaymentDeps, account_id: str) -> None:
    """Request a re-read of an account that Stripe refused, in case its webhook has not come."""
    event = new_event(Topic.PAYMENTS, ACCOUNT_CHECK_REQUESTED, deps.clock.now(), account_id=account_id)
    await deps.outbox.insert([event])
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
