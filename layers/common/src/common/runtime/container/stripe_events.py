"""Working on Stripe's events, which may be about a booking, an account or a plan."""

from functools import cached_property

from common.application.payments.events.handlers import StripeEventDeps
from common.runtime.container.identity import IdentityContainer


class StripeEventContainer(IdentityContainer):
    """Working on Stripe's events."""

    @cached_property
    def stripe_events(self) -> StripeEventDeps:
        """What processing Stripe's events needs."""
        return StripeEventDeps(
            **vars(self.payouts),
            events=self.webhook_events,
            owner=self.stripe_owner,
            onboarding=self.onboarding,
            subscriptions=self.subscriptions,
        )
