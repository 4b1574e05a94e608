"""Payments, payouts, plans and Stripe's events."""

import json
import os
from functools import cached_property
from typing import Annotated, Any

import stripe
from pydantic import BeforeValidator, Field

from common.adapters.aws.stripe_event_queue import SqsStripeEvents
from common.adapters.mongo.payments.customers import MongoStripeCustomers
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.ledger import MongoLedger
from common.adapters.mongo.payments.operations import MongoPaymentOperations
from common.adapters.mongo.payments.reviews import MongoPaymentReviews
from common.adapters.mongo.payments.subscriptions import MongoSubscriptions
from common.adapters.mongo.payments.webhook_events import MongoWebhookEvents
from common.adapters.mongo.shared.rate_limits import MongoRateLimits
from common.adapters.stripe.cards import StripeCards
from common.adapters.stripe.client import make_stripe_client
from common.adapters.stripe.connect import StripeConnect
from common.adapters.stripe.gateway import StripeGateway
from common.adapters.stripe.pacing import PacedReads
from common.adapters.stripe.payouts import StripePayouts
from common.adapters.stripe.plans import StripePlans
from common.adapters.stripe.records import StripeRecordBooks
from common.adapters.stripe.webhooks import StripeWebhookVerifier
from common.application.payments.cards import CardDeps
from common.application.payments.deps import PaymentDeps
from common.application.payments.events.handlers import StripeEventDeps
from common.application.payments.events.webhooks import WebhookReceiverDeps
from common.application.payments.operations.leases import AbandonedDeps
from common.application.payments.payouts import PayoutDeps
from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.payments.subscriptions.plans import SubscriptionDeps
from common.application.ports.payments.connect import ConnectGateway
from common.application.ports.payments.gateway import PaymentGateway
from common.application.ports.payments.reconciliation import PaymentReviews
from common.application.ports.payments.webhooks import StripeEventQueue, WebhookEvents
from common.domain.payments.ownership import Owner
from common.domain.payments.plans import Plan, load_plans
from common.runtime.container.core import CoreContainer, StripeApiSettings
from common.runtime.container.lazy import lazy
from common.runtime.settings import (
    CoreSettings,
    Count,
    NamedBy,
    Secret,
    SecretRef,
    SettingsError,
    SettingsGroup,
    as_secret,
)


class StripeSettings(SettingsGroup):
    """What functions that call Stripe, or are called by it, need.

    Attributes:
        stripe_secret_key: the secret key; by name it is JSON, ``{"secret_key", "webhook_secrets": […]}``.
        stripe_webhook_secrets: signing secrets between commas, where the key is given by value.
    """

    needed = ("stripe_secret_key",)

    stripe_secret_key: Annotated[SecretRef, NamedBy("STRIPE_SECRET")]
    stripe_webhook_secrets: Annotated[Secret | None, BeforeValidator(as_secret)] = None

    def secret_key(self) -> str:
        """Stripe's secret API key.

        Raises:
            SettingsError: there is none.
            Unavailable: it is given by name and cannot be fetched.
        """
        key = str(self._both()["secret_key"]) if self.stripe_secret_key.name else self.stripe_secret_key.get()
        if not key:
            raise SettingsError(f"Missing settings: {self.stripe_secret_key.variables}")
        return key

    def signing_secrets(self) -> tuple[str, ...]:
        """Signing secrets of Stripe's webhook endpoints; more than one while one is being rolled.

        Raises:
            Unavailable: they are given by name and cannot be fetched.
        """
        if self.stripe_secret_key.name:
            return tuple(self._both().get("webhook_secrets", ()))
        given = self.stripe_webhook_secrets.get_secret_value() if self.stripe_webhook_secrets else ""
        return tuple(part.strip() for part in given.split(",") if part.strip())

    def _both(self) -> dict[str, Any]:
        return dict(json.loads(self.stripe_secret_key.get()))


class StripeEventSettings(SettingsGroup):
    """What queueing Stripe's events needs."""

    needed = ("stripe_events_queue_url",)

    stripe_events_queue_url: str = ""


class ReconciliationSettings(SettingsGroup):
    """How fast reconciliation goes.

    Attributes:
        reconciliation_reads_per_second: what all workers together may ask of Stripe in a second. Stripe takes 100
            requests a second, 25 of a sandbox and 25 of any one kind, and people's own payments need theirs
            (https://docs.stripe.com/rate-limits).
    """

    reconciliation_reads_per_second: Annotated[Count, Field(ge=1)] = 10


class PaymentContainer(CoreContainer):
    """Payments, payouts, plans and Stripe's events."""

    @cached_property
    def stripe(self) -> stripe.StripeClient:
        """The one Stripe client."""
        return make_stripe_client(
            self.settings.of(StripeSettings).secret_key(), api_base=self.settings.of(StripeApiSettings).stripe_api_base
        )

    @property
    def stripe_owner(self) -> Owner:
        """Whose marks our objects at Stripe carry."""
        settings = self.settings.of(CoreSettings)
        return Owner(settings.stage, settings.mongodb_database)

    @cached_property
    def gateway(self) -> PaymentGateway:
        """Payments and transfers at Stripe."""
        return StripeGateway(self.stripe, self.stripe_owner)

    @cached_property
    def payment_operations(self) -> MongoPaymentOperations:
        """What is to be done at Stripe, and what came of it."""
        return MongoPaymentOperations(self.mongo.db)

    @cached_property
    def abandoned_operations(self) -> AbandonedDeps:
        """What handing over the operations of dead processes needs; nothing of Stripe."""
        return AbandonedDeps(self.payment_operations, self.outbox, self.publisher, self.clock)

    @cached_property
    def payments(self) -> PaymentDeps:
        """What the payment use cases need."""
        return PaymentDeps(
            bookings=self.container.booking_repository,
            operations=self.payment_operations,
            ledger=MongoLedger(self.mongo.db),
            gateway=lazy(lambda: self.gateway),
            users=self.container.users,
            providers=self.container.providers,
            customers=MongoStripeCustomers(self.mongo.db),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.container.booking_settings,
        )

    @cached_property
    def cards(self) -> CardDeps:
        """What the use cases of saved cards need."""
        return CardDeps(**vars(self.payments), cards=StripeCards(self.stripe))

    @cached_property
    def payouts(self) -> PayoutDeps:
        """What the payout use cases need."""
        return PayoutDeps(**vars(self.payments), payouts=StripePayouts(self.stripe))

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """Provider plans."""
        return load_plans(os.environ)

    @cached_property
    def subscriptions(self) -> SubscriptionDeps:
        """What the use cases of provider plans need."""
        return SubscriptionDeps(
            **vars(self.payments),
            services=self.container.services,
            subscriptions=MongoSubscriptions(self.mongo.db),
            plan_gateway=StripePlans(self.stripe, self.stripe_owner),
            plans=self.plans,
            frontend_base_url=self.frontend_base_url,
        )

    @cached_property
    def stripe_events(self) -> StripeEventDeps:
        """What processing Stripe's events needs."""
        return StripeEventDeps(
            **vars(self.payouts),
            events=self.webhook_events,
            owner=self.stripe_owner,
            onboarding=self.container.onboarding,
            subscriptions=self.subscriptions,
        )

    @cached_property
    def payment_reviews(self) -> PaymentReviews:
        """What reconciliation of payments has found."""
        return MongoPaymentReviews(self.mongo.db)

    @cached_property
    def reconciliation(self) -> ReconciliationDeps:
        """What reconciliation of payments needs."""
        per_second = self.settings.of(ReconciliationSettings).reconciliation_reads_per_second
        reads = PacedReads(MongoRateLimits(self.mongo), per_second)
        return ReconciliationDeps(
            **vars(self.payments),
            records=StripeRecordBooks(self.stripe, self.stripe_owner, reads),
            reviews=self.payment_reviews,
            due=MongoDueReconciliations(self.mongo.db),
            owner=self.stripe_owner,
            events=self.webhook_events,
            queue=self.stripe_event_queue,
            reads_per_second=per_second,
        )

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
        verifier = StripeWebhookVerifier(self.settings.of(StripeSettings).signing_secrets())
        return WebhookReceiverDeps(verifier, self.webhook_events, self.stripe_event_queue, self.clock)

    @cached_property
    def connect(self) -> ConnectGateway:
        """Connected accounts."""
        return StripeConnect(self.stripe, self.stripe_owner)
