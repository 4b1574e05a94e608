"""Following providers' subscriptions at Stripe, and letting what the plan allows take effect."""

from common.application.payments.subscriptions.duplicates import settle_duplicates
from common.application.payments.subscriptions.plans import SubscriptionDeps
from common.application.ports.payments.subscriptions import StripeSubscription
from common.application.shared.publishing import publish_committed
from common.domain.catalogue.providers import Provider
from common.domain.payments.plans import ENDED, GRACE, Plan, PlanStatus, Subscription, effective_plan
from common.domain.shared.display import local_time_text
from common.domain.shared.errors import NotFound, Unavailable, VersionConflict
from common.domain.shared.events import Event, Topic, new_event

_BATCH = 100
#: Enough for a provider that several workers write at once; each try re-reads.
_TRIES = 8


async def sync_subscription(deps: SubscriptionDeps, subscription_id: str) -> bool:
    """Re-read a subscription and let what it allows take effect; safe to repeat, in any order.

    Where the provider has paid for several, the first one counts and the others end (see ``settle_duplicates``).

    What we know is read before Stripe is, and replaced only if nobody else has replaced it meanwhile: an answer of
    Stripe's that is older than another worker's is never the last one stored.

    Returns:
        Whether it is a plan of a provider of ours.

    Raises:
        Unavailable: Stripe or the database is unavailable, or the provider kept changing; try again.
    """
    found = await deps.plan_gateway.get_subscription(subscription_id)
    provider = await deps.providers.get(found.provider_id) if found.provider_id else None
    if provider is None:
        return False
    subscription_id = await settle_duplicates(deps, provider, found)
    for _ in range(_TRIES):
        known = await deps.subscriptions.get(provider.id)
        found = await deps.plan_gateway.get_subscription(subscription_id)
        plan = _plan_of(deps, found)
        if plan is None or _is_passed_over(known, found):
            return plan is not None
        stored = _as_known(deps, known, found, plan, provider)
        if await deps.subscriptions.save(stored):
            break
    else:
        raise Unavailable("The subscription is being changed by others.", retry_after=1)
    await apply_plan(deps, provider.id)
    if stored.status is PlanStatus.PAST_DUE and (known is None or known.status is not PlanStatus.PAST_DUE):
        await _warn(deps, provider, plan, stored)
    return True


async def end_graces(deps: SubscriptionDeps) -> int:
    """Let the free plan apply where the grace of an unpaid one has ended; returns how many.

    Raises:
        ValueError: a provider cannot be read; the others have had their turn.
        Unavailable: as for ``apply_plan``.
    """
    now = deps.clock.now()
    lapsed = await deps.subscriptions.list_past_due(now - GRACE, limit=_BATCH)
    faults: list[ValueError] = []
    for subscription in lapsed:
        try:
            await apply_plan(deps, subscription.id)
        except ValueError as fault:
            faults.append(fault)
            continue
        await deps.subscriptions.mark_lapsed(subscription, now)
    if faults:
        raise faults[0]
    return len(lapsed)


async def apply_plan(deps: SubscriptionDeps, provider_id: str) -> None:
    """Carry what the plan allows over to the provider; bookings made so far keep their snapshot.

    Where the plan now allows fewer active services, the newest ones beyond the limit are paused and the provider is
    told. The subscription is read after the provider, whose version guards the write: of two workers the later
    subscription takes effect.

    Raises:
        Unavailable: the provider kept changing.
    """
    for _ in range(_TRIES):
        provider = await deps.providers.get(provider_id)
        if provider is None:
            return
        known = await deps.subscriptions.get(provider_id)
        plan = effective_plan(deps.plans, known, deps.clock.now())
        try:
            await _carry_over(deps, provider, plan)
        except VersionConflict:
            continue
        except NotFound:
            return
        return
    raise Unavailable("The provider is being changed by others.", retry_after=1)


async def _carry_over(deps: SubscriptionDeps, provider: Provider, plan: Plan) -> None:
    now = deps.clock.now()
    fields = {
        "commission_basis_points": plan.commission_basis_points,
        "commission_minimum": plan.commission_minimum,
        "active_service_limit": plan.active_services,
        "plan_id": plan.id,
    }
    if any(getattr(provider, name) != value for name, value in fields.items()):
        await deps.providers.update(provider.id, fields, now=now, expected_version=provider.version)
    if plan.active_services is None:
        return
    paused = await deps.services.pause_beyond_limit(provider.id, now=now)
    if paused:
        data = {"plan": plan.name, "limit": plan.active_services, "paused": paused}
        event = new_event(
            Topic.NOTIFICATIONS,
            "mail.requested",
            now,
            template="services_paused",
            to_user_id=provider.user_id,
            data=data,
        )
        await _publish(deps, event)


def _plan_of(deps: SubscriptionDeps, found: StripeSubscription) -> Plan | None:
    """The plan that a subscription pays for: as its price says, else by the lookup key.

    A price that another has replaced keeps its subscribers and loses its lookup key.
    """
    by_id = next((each for each in deps.plans if each.lookup_key and each.id == found.plan_id), None)
    by_key = next((each for each in deps.plans if each.lookup_key and each.lookup_key == found.lookup_key), None)
    return by_id or by_key


def _is_passed_over(known: Subscription | None, found: StripeSubscription) -> bool:
    """Whether it ended, or never began, while another one has begun since."""
    is_other = known is not None and known.stripe_id != found.id
    return is_other and (found.status in ENDED or found.status is PlanStatus.INCOMPLETE)


def _as_known(
    deps: SubscriptionDeps, known: Subscription | None, found: StripeSubscription, plan: Plan, provider: Provider
) -> Subscription:
    now = deps.clock.now()
    is_past_due = found.status is PlanStatus.PAST_DUE
    since = (known.past_due_since if known and known.stripe_id == found.id else None) or now
    return Subscription(
        id=provider.id,
        stripe_id=found.id,
        plan_id=plan.id,
        status=found.status,
        current_period_end=found.current_period_end,
        trial_end=found.trial_end,
        cancel_at_period_end=found.cancel_at_period_end,
        past_due_since=since if is_past_due else None,
        revision=known.revision + 1 if known else 1,
        updated_at=now,
    )


async def _warn(deps: SubscriptionDeps, provider: Provider, plan: Plan, stored: Subscription) -> None:
    now = deps.clock.now()
    until = (stored.past_due_since or now) + GRACE
    event = new_event(
        Topic.NOTIFICATIONS,
        "mail.requested",
        now,
        template="subscription_past_due",
        to_user_id=provider.user_id,
        data={"plan": plan.name, "grace_until": local_time_text(until, provider.timezone)},
    )
    await _publish(deps, event)


async def _publish(deps: SubscriptionDeps, event: Event) -> None:
    await deps.outbox.insert([event])
    await publish_committed(deps.outbox, deps.publisher, [event], deps.clock)
