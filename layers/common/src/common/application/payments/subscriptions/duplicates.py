"""A provider who has paid for two plans keeps one, and the other is refunded."""

from common.application.payments.subscriptions.plans import SubscriptionDeps
from common.application.ports.payments.subscriptions import StripeSubscription
from common.domain.catalogue.providers import Provider
from common.domain.payments.plans import Plan
from common.domain.shared.display import money_text
from common.domain.shared.errors import GatewayRefused, NotFound, Unavailable
from common.domain.shared.events import Event, Topic, new_event
from common.domain.shared.money import Money


async def settle_duplicates(deps: SubscriptionDeps, provider: Provider, found: StripeSubscription) -> str:
    """End every live subscription of a provider but the one that was made first; returns the id that counts.

    The choice rests on what never changes, so that no two workers end each other's. An ended one's payments are given
    back and the provider is told before it is cancelled: whatever fails is tried again as long as it lives, and each
    step is harmless to repeat. A payment that Stripe will not give back, such as a disputed one, is left to operators.

    Args:
        deps: ports.
        provider: whose.
        found: one of them, as Stripe has it now.

    Raises:
        Unavailable, GatewayUncertain: Stripe or the queue is unavailable; try again.
    """
    if found.customer_id is None:
        return found.id
    of_customer = await deps.plan_gateway.list_live_subscriptions(found.customer_id)
    live = [each for each in of_customer if each.provider_id == provider.id]
    for other in live[1:]:
        await _end(deps, provider, live[0], other)
    return live[0].id if live else found.id


async def _end(deps: SubscriptionDeps, provider: Provider, kept: StripeSubscription, other: StripeSubscription) -> None:
    refunded: list[Money] = []
    refused: list[str] = []
    for payment in await deps.plan_gateway.list_payments(other.id):
        try:
            await deps.plan_gateway.refund(payment)
        except (GatewayRefused, NotFound) as error:
            reason = error.reason if isinstance(error, GatewayRefused) else error.wire_code
            words = str(reason).replace("_", " ")
            refused.append(f"{money_text(payment.amount)} of {payment.payment_intent_id}: {words}")
        else:
            refunded.append(payment.amount)
    if refused:
        await _tell_operators(deps, provider, other, refused)
    await _tell(deps, provider, kept, other, refunded)
    await deps.plan_gateway.cancel(other.id)


async def _tell_operators(
    deps: SubscriptionDeps, provider: Provider, other: StripeSubscription, refused: list[str]
) -> None:
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        deps.clock.now(),
        template="duplicate_plan_not_refunded",
        to_role="operator",
        data={"provider": provider.trading_name, "provider_id": provider.id, "lines": refused},
    )
    await _publish_once(deps, event, f"evt_{other.id}_refused")


async def _tell(
    deps: SubscriptionDeps,
    provider: Provider,
    kept: StripeSubscription,
    other: StripeSubscription,
    refunded: list[Money],
) -> None:
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        deps.clock.now(),
        template="duplicate_plan_ended",
        to_user_id=provider.user_id,
        data={
            "plan": _plan_name(deps.plans, kept),
            "ended_plan": _plan_name(deps.plans, other),
            "refunds": [money_text(each) for each in refunded],
        },
    )
    await _publish_once(deps, event, f"evt_{other.id}")


async def _publish_once(deps: SubscriptionDeps, event: Event, event_id: str) -> None:
    """Publish under an id that follows from the subscription, so that a repeated webhook tells nobody twice."""
    if not await deps.publisher.publish([event.model_copy(update={"id": event_id})]):
        raise Unavailable("The event could not be queued.")


def _plan_name(plans: tuple[Plan, ...], subscription: StripeSubscription) -> str:
    named = (
        each.name for each in plans if each.id == subscription.plan_id or each.lookup_key == subscription.lookup_key
    )
    return next(named, "your plan")
