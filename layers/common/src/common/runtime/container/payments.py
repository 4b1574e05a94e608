"""Payments, payouts, plans and reconciliation."""

import os
from functools import cached_property

import stripe

from common.adapters.mongo.payments.customers import MongoStripeCustomers
from common.adapters.mongo.payments.due_reconciliations import MongoDueReconciliations
from common.adapters.mongo.payments.ledger import MongoLedger
from common.adapters.mongo.payments.reviews import MongoPaymentReviews
from common.adapters.mongo.payments.subscriptions import MongoSubscriptions
from common.adapters.stripe.cards import StripeCards
from common.adapters.stripe.client import make_stripe_client
from common.adapters.stripe.connect import StripeConnect
from common.adapters.stripe.gateway import StripeGateway
from common.adapters.stripe.pacing import PacedReads
from common.adapters.stripe.payouts import StripePayouts
from common.adapters.stripe.plans import StripePlans
from common.adapters.stripe.records import StripeRecordBooks
from common.application.payments.cards import CardDeps
from common.application.payments.deps import PaymentDeps
from common.application.payments.payouts import PayoutDeps
from common.application.payments.reconciliation.deps import ReconciliationDeps
from common.application.payments.subscriptions.plans import SubscriptionDeps
from common.application.ports.payments.connect import ConnectGateway
from common.application.ports.payments.gateway import PaymentGateway
from common.application.ports.payments.reconciliation import PaymentReviews
from common.domain.payments.ownership import Owner
from common.domain.payments.plans import Plan, load_plans
from common.runtime.container.http_calls import HttpCallContainer
from common.runtime.container.lazy import lazy
from common.runtime.container.listings import ListingContainer
from common.runtime.container.operations import OperationContainer
from common.runtime.container.people import PeopleContainer
from common.runtime.container.settings import ReconciliationSettings, StripeApiSettings, StripeSettings
from common.runtime.container.stored_bookings import StoredBookingContainer
from common.runtime.container.webhooks import WebhookContainer
from common.runtime.settings import CoreSettings


class PaymentContainer(
    OperationContainer, WebhookContainer, StoredBookingContainer, ListingContainer, PeopleContainer, HttpCallContainer
):
    """Payments, payouts, plans and reconciliation."""

    @cached_property
    def stripe(self) -> stripe.StripeClient:
        """The one Stripe client."""
        settings = self.settings.of(StripeSettings)
        return make_stripe_client(
            settings.secret_key(),
            api_base=self.settings.of(StripeApiSettings).stripe_api_base,
            reread_key=lambda: settings.secret_key(anew=True),
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
    def payments(self) -> PaymentDeps:
        """What the payment use cases need."""
        return PaymentDeps(
            bookings=self.booking_repository,
            operations=self.payment_operations,
            ledger=MongoLedger(self.mongo.db),
            gateway=lazy(lambda: self.gateway),
            users=self.users,
            providers=self.providers,
            customers=MongoStripeCustomers(self.mongo.db),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
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
            services=self.services,
            subscriptions=MongoSubscriptions(self.mongo.db),
            plan_gateway=StripePlans(self.stripe, self.stripe_owner),
            plans=self.plans,
            frontend_base_url=self.frontend_base_url,
        )

    @cached_property
    def payment_reviews(self) -> PaymentReviews:
        """What reconciliation of payments has found."""
        return MongoPaymentReviews(self.mongo.db)

    @cached_property
    def reconciliation(self) -> ReconciliationDeps:
        """What reconciliation of payments needs."""
        per_second = self.settings.of(ReconciliationSettings).reconciliation_reads_per_second
        reads = PacedReads(self.rate_limits, per_second)
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
    def connect(self) -> ConnectGateway:
        """Connected accounts."""
        return StripeConnect(self.stripe, self.stripe_owner)
