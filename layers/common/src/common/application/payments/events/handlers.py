"""The handler of each of Stripe's event types; every other type is ignored, and counted.

A handler says whether what the event speaks of is ours. The account at Stripe may serve plans, other deployments and
other programs too, and connected accounts have payments of their own: their events are passed over.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from common.application.identity.onboarding.billing import sync_billing
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.payments.disputes import sync_dispute
from common.application.payments.events.webhooks import booking_of
from common.application.payments.operations.late_refunds import reread_refunds
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.payouts import PayoutDeps, tell_of_payout
from common.application.payments.subscriptions.plans import SubscriptionDeps
from common.application.payments.subscriptions.sync import sync_subscription
from common.application.ports.catalogue.repositories import Providers
from common.application.ports.payments.webhooks import StripeEvent, WebhookEvents
from common.domain.payments.operations import ACCOUNT_GONE
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import NotFound, Unavailable

Handler = Callable[["StripeEventDeps", StripeEvent], Awaitable[bool]]


@dataclass(frozen=True)
class StripeEventDeps(PayoutDeps):
    """What processing Stripe's events needs."""

    events: WebhookEvents
    owner: Owner
    providers: Providers
    onboarding: OnboardingDeps
    subscriptions: SubscriptionDeps


async def _payment_changed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    """An intent, charge, refund or transfer changed: bring its booking up to date."""
    booking = await booking_of(deps, event)
    if booking is not None:
        await sync_booking_payment(deps, booking.id, known=booking)
    return booking is not None


async def _refund_changed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    """A refund changed, perhaps long after it was made: bring its booking up to date, and book back what failed."""
    booking = await booking_of(deps, event)
    if booking is None:
        return False
    await sync_booking_payment(deps, booking.id, known=booking)
    if not await reread_refunds(deps, await deps.operations.list_by_booking(booking.id)):
        raise Unavailable("Another payment step of the booking is in flight.", retry_after=30)
    return True


async def _disputed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    if event.account_id is not None:
        return False
    return await sync_dispute(deps, deps.payouts, event.object_id)


async def _account_changed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    return await sync_billing(deps.onboarding, event.account_id or event.object_id)


async def _payout_changed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    if event.account_id is None:
        return False
    provider = await deps.providers.find_by_account(event.account_id)
    if provider is None:
        return False
    try:
        await tell_of_payout(deps, event.account_id, event.object_id, provider.user_id)
    except NotFound as missing:
        if missing.wire_code != ACCOUNT_GONE:
            raise
        await sync_billing(deps.onboarding, event.account_id)
    return True


async def _subscription_changed(deps: StripeEventDeps, event: StripeEvent) -> bool:
    subscription_id = event.related.get("subscription") or event.object_id
    if event.account_id is not None or not subscription_id.startswith("sub_"):
        return False
    return await sync_subscription(deps.subscriptions, subscription_id)


#: By the type's prefix; the longest that fits is taken (https://docs.stripe.com/api/events/types).
HANDLERS: Mapping[str, Handler] = {
    "payment_intent": _payment_changed,
    "setup_intent": _payment_changed,
    "charge": _payment_changed,
    "charge.dispute": _disputed,
    "refund": _refund_changed,
    "charge.refund": _refund_changed,
    "transfer": _payment_changed,
    "account": _account_changed,
    "capability": _account_changed,
    "payout": _payout_changed,
    "customer.subscription": _subscription_changed,
    "checkout.session.completed": _subscription_changed,
    "invoice": _subscription_changed,
}


def handler_of(event_type: str) -> Handler | None:
    """The handler of a type; ``None`` for one that says nothing to us."""
    fitting = [prefix for prefix in HANDLERS if event_type == prefix or event_type.startswith(f"{prefix}.")]
    return HANDLERS[max(fitting, key=len)] if fitting else None
