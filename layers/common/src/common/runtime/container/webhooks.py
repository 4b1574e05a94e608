"""Stripe's events as they arrive."""

from functools import cached_property

from common.adapters.aws.stripe_event_queue import SqsStripeEvents
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.adapters.stripe.webhooks import StripeWebhookVerifier
from common.application.payments.events.webhooks import WebhookReceiverDeps
from common.application.ports.payments.webhooks import StripeEventQueue, WebhookEvents
from common.runtime.container.core import CoreContainer
from common.runtime.container.settings import StripeEventSettings, StripeSettings


class WebhookContainer(CoreContainer):
    """Receiving Stripe's events, and their queue."""

    @cached_property
    def webhook_events(self) -> WebhookEvents:
        """Stripe's events as they were received."""
        return MongoWebhookEvents(self.mongo.db)

    @cached_property
    def stripe_event_queue(self) -> StripeEventQueue:
        """The queue of received Stripe events."""
        return SqsStripeEvents(self.sqs, self.settings.of(StripeEventSettings).stripe_events_queue_url)

    @cached_property
    def webhook_receiver(self) -> WebhookReceiverDeps:
        """What receiving Stripe's webhooks needs."""
        settings = self.settings.of(StripeSettings)
        verifier = StripeWebhookVerifier(settings.signing_secrets(), reread=lambda: settings.signing_secrets(anew=True))
        return WebhookReceiverDeps(verifier, self.webhook_events, self.stripe_event_queue, self.clock)
