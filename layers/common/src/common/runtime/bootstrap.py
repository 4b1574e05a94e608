"""The composition root: the only place where adapters are built and wired to the use cases.

Every part is a ``cached_property``, made when first asked for, so a function pays only for what it uses. What is heavy
to import (Stripe, boto3, argon2, cryptography, jinja2) is imported inside the property that needs it.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.adapters.clock import OffsetClock, SystemClock
from common.adapters.mongo.database import Mongo
from common.runtime.logging import get_logger
from common.runtime.settings import Settings

if TYPE_CHECKING:
    from typing import Self

    import stripe

    from common.adapters.mongo.bookings import MongoBookings
    from common.adapters.mongo.categories import MongoCategories
    from common.adapters.mongo.listings import MongoListings
    from common.adapters.mongo.providers import MongoProviders
    from common.adapters.mongo.services import MongoServices
    from common.adapters.mongo.signing_keys import MongoSigningKeys
    from common.adapters.mongo.terms import MongoTerms
    from common.adapters.mongo.users import MongoUsers
    from common.adapters.oidc import OidcProviders
    from common.adapters.probes import Probes
    from common.adapters.tokens import TokenIssuer
    from common.application.access import AccessDeps
    from common.application.admin.deps import AdminDeps
    from common.application.auth.deps import AuthDeps
    from common.application.auth.mail_links import LinkDeps
    from common.application.auth.oauth import OAuthDeps
    from common.application.bookings.deps import BookingDeps
    from common.application.bookings.intents import IntentDeps
    from common.application.cleanup import CleanupDeps
    from common.application.notifications.deps import DeliveryDeps, InboxDeps
    from common.application.onboarding.deps import OnboardingDeps
    from common.application.outbox import OutboxDeps
    from common.application.payments.cards import CardDeps
    from common.application.payments.deps import PaymentDeps
    from common.application.payments.payouts import PayoutDeps
    from common.application.payments.stripe_events import StripeEventDeps
    from common.application.payments.subscriptions import SubscriptionDeps
    from common.application.payments.verification import VerificationDeps
    from common.application.payments.webhooks import WebhookReceiverDeps
    from common.application.ports.catalogue import BusyTimes, Summaries
    from common.application.ports.clock import Clock
    from common.application.ports.connect import ConnectGateway
    from common.application.ports.geocoding import Geocoder
    from common.application.ports.limits import IdempotencyStore, RateLimits
    from common.application.ports.mail import Mailer
    from common.application.ports.outbox import Outbox, ProcessedEvents, Publisher
    from common.application.ports.payments import PaymentGateway
    from common.application.ports.verification import PaymentReviews
    from common.application.ports.webhooks import StripeEventQueue, WebhookEvents
    from common.application.providers.deps import ProviderDeps
    from common.application.search.deps import SearchDeps
    from common.domain.booking_settings import BookingSettings
    from common.domain.plans import Plan
    from common.domain.users import Address


class Container:
    """What one process is made of.

    Args:
        settings: the checked settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def replace(self, **parts: Any) -> "Self":
        """Put other implementations in the place of parts, before they are first used; returns the container.

        Raises:
            AttributeError: there is no part of that name.
        """
        for name, part in parts.items():
            if name not in self._part_names():
                raise AttributeError(f"the container has no part named {name}")
            self.__dict__[name] = part
        return self

    @classmethod
    def _part_names(cls) -> set[str]:
        return {name for name in dir(cls) if isinstance(getattr(cls, name), cached_property)}

    @cached_property
    def clock(self) -> "Clock":
        """The clock; a developer may move it on the local stage."""
        if self.settings.clock_file and self.settings.is_local:
            return OffsetClock(Path(self.settings.clock_file))
        return SystemClock()

    @cached_property
    def mongo(self) -> Mongo:
        """The database."""
        return Mongo(self.settings.mongo_uri, self.settings.mongodb_database)

    @cached_property
    def signing_keys(self) -> "MongoSigningKeys":
        """Public token signing keys."""
        from common.adapters.mongo.signing_keys import MongoSigningKeys

        return MongoSigningKeys(self.mongo)

    @cached_property
    def access(self) -> "AccessDeps":
        """What authenticating a request needs."""
        from common.adapters.mongo.principals import MongoPrincipals
        from common.adapters.tokens import TokenVerifier
        from common.application.access import AccessDeps

        tokens = TokenVerifier(self.settings.public_base_url, self.signing_keys)
        return AccessDeps(self.clock, tokens, MongoPrincipals(self.mongo))

    @cached_property
    def token_issuer(self) -> "TokenIssuer":
        """Signs access tokens; only the identity functions have the private keys."""
        from common.adapters.tokens import TokenIssuer

        return TokenIssuer(self.settings.public_base_url, self.settings.signing_keys)

    @cached_property
    def publisher(self) -> "Publisher":
        """The queues."""
        from common.adapters.sqs import SqsPublisher

        return SqsPublisher(self.settings.queue_urls(), self.clock, _warn)

    @cached_property
    def outbox(self) -> "Outbox":
        """Events that have committed and wait to be published."""
        from common.adapters.mongo.outbox import MongoOutbox

        return MongoOutbox(self.mongo)

    @cached_property
    def outbox_sweep(self) -> "OutboxDeps":
        """What publishing left-over events needs."""
        from common.application.outbox import OutboxDeps

        return OutboxDeps(self.clock, self.outbox, self.publisher)

    @cached_property
    def cleanup(self) -> "CleanupDeps":
        """What removing expired things needs."""
        from common.adapters.mongo.expiry import MongoExpiry
        from common.application.cleanup import CleanupDeps

        return CleanupDeps(self.clock, MongoExpiry(self.mongo))

    @cached_property
    def probes(self) -> "Probes":
        """Signs of life of what the product depends on."""
        from common.adapters.probes import Probes

        return Probes(self.mongo, self.settings.notifications_queue_url, self.settings.stripe_api_base)

    @cached_property
    def processed_events(self) -> "ProcessedEvents":
        """Which events a consumer has done."""
        from common.adapters.mongo.processed_events import MongoProcessedEvents

        return MongoProcessedEvents(self.mongo)

    @cached_property
    def rate_limits(self) -> "RateLimits":
        """Token buckets shared by all instances."""
        from common.adapters.mongo.rate_limits import MongoRateLimits

        return MongoRateLimits(self.mongo)

    @cached_property
    def idempotency(self) -> "IdempotencyStore":
        """First answers by idempotency key."""
        from common.adapters.mongo.idempotency import MongoIdempotency

        return MongoIdempotency(self.mongo)

    @cached_property
    def users(self) -> "MongoUsers":
        """Accounts."""
        from common.adapters.mongo.users import MongoUsers

        return MongoUsers(self.mongo)

    @cached_property
    def mail_links(self) -> "LinkDeps":
        """What making the links of identity mails needs."""
        from common.adapters.mongo.mail_tokens import MongoMailTokens
        from common.adapters.mongo.registrations import MongoRegistrations
        from common.application.auth.mail_links import LinkDeps

        return LinkDeps(
            clock=self.clock,
            users=self.users,
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            frontend_base_url=self.settings.frontend_base_url,
        )

    @cached_property
    def auth(self) -> "AuthDeps":
        """What the identity use cases need."""
        from common.adapters.mongo.credentials import MongoCredentials
        from common.adapters.mongo.mail_tokens import MongoMailTokens
        from common.adapters.mongo.registrations import MongoRegistrations
        from common.adapters.mongo.security_events import MongoSecurityLog
        from common.adapters.mongo.sessions import MongoSessions
        from common.adapters.mongo.sign_in_guard import MongoSignInGuard
        from common.adapters.mongo.unit_of_work import MongoUnitOfWork
        from common.adapters.passwords import Argon2Passwords
        from common.application.auth.deps import AuthDeps

        return AuthDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            credentials=MongoCredentials(self.mongo),
            sessions=MongoSessions(self.mongo),
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            log=MongoSecurityLog(self.mongo),
            passwords=Argon2Passwords(),
            tokens=self.token_issuer,
            guard=MongoSignInGuard(self.mongo),
            limits=self.rate_limits,
            outbox=self.outbox,
            publisher=self.publisher,
            frontend_base_url=self.settings.frontend_base_url,
        )

    @cached_property
    def booking_settings(self) -> "BookingSettings":
        """Windows and limits of bookings."""
        from common.domain.booking_settings import load_booking_settings

        return load_booking_settings(os.environ)

    @cached_property
    def booking_repository(self) -> "MongoBookings":
        """Bookings."""
        from common.adapters.mongo.bookings import MongoBookings

        return MongoBookings(self.mongo)

    @cached_property
    def categories(self) -> "MongoCategories":
        """The tree of categories."""
        from common.adapters.mongo.categories import MongoCategories

        return MongoCategories(self.mongo)

    @cached_property
    def listings(self) -> "MongoListings":
        """What searches read of providers and services."""
        from common.adapters.mongo.listings import MongoListings

        return MongoListings(self.mongo, self.categories)

    @cached_property
    def provider_reader(self) -> "MongoProviders":
        """Provider profiles."""
        from common.adapters.mongo.providers import MongoProviders

        return MongoProviders(self.mongo, self.listings, self.terms)

    @cached_property
    def service_reader(self) -> "MongoServices":
        """Services."""
        from common.adapters.mongo.services import MongoServices

        return MongoServices(self.mongo, self.listings, self.terms)

    @cached_property
    def terms(self) -> "MongoTerms":
        """The words that searches know."""
        from common.adapters.mongo.terms import MongoTerms

        return MongoTerms(self.mongo)

    @cached_property
    def busy_times(self) -> "BusyTimes":
        """What is taken of providers' time."""
        from common.adapters.mongo.busy_times import MongoBusyTimes

        return MongoBusyTimes(self.mongo)

    @cached_property
    def rating_summaries(self) -> "Summaries":
        """Rating summaries of services and providers."""
        from common.adapters.mongo.published_ratings import MongoSummaries

        return MongoSummaries(self.mongo, self.listings)

    @cached_property
    def providers(self) -> "ProviderDeps":
        """What the use cases of providers need."""
        from common.adapters.mongo.booking_figures import MongoBookingFigures
        from common.adapters.mongo.published_ratings import MongoPublishedRatings
        from common.application.providers.deps import ProviderDeps

        return ProviderDeps(
            clock=self.clock,
            providers=self.provider_reader,
            services=self.service_reader,
            categories=self.categories,
            busy=self.busy_times,
            bookings=self.booking_repository,
            figures=MongoBookingFigures(self.mongo),
            ratings=MongoPublishedRatings(self.mongo),
        )

    @cached_property
    def search(self) -> "SearchDeps":
        """What searching needs."""
        from common.adapters.mongo.popularity import MongoPopularity
        from common.adapters.mongo.search import MongoListingIndex
        from common.application.search.deps import SearchDeps

        return SearchDeps(
            clock=self.clock,
            listings=MongoListingIndex(self.mongo),
            vocabulary=self.terms,
            categories=self.categories,
            providers=self.provider_reader,
            busy=self.busy_times,
            popularity=MongoPopularity(self.mongo),
            geocoder=self.geocoder,
        )

    @cached_property
    def bookings(self) -> "BookingDeps":
        """What the booking use cases need; Stripe is loaded when a booking is made."""
        from common.adapters.mongo.calendar_feeds import MongoCalendarFeeds
        from common.adapters.mongo.ratings import MongoRatings
        from common.application.bookings.deps import BookingDeps
        from common.application.onboarding.addresses import locate_address

        async def locate(address: str) -> "Address":
            located, _ = await locate_address(self.geocoder, address)
            return located

        return BookingDeps(
            bookings=self.booking_repository,
            services=self.service_reader,
            providers=self.provider_reader,
            users=self.users,
            ratings=MongoRatings(self.mongo),
            summaries=self.rating_summaries,
            feeds=MongoCalendarFeeds(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
            payments=lambda: self.payments,
            locate=locate,
        )

    @cached_property
    def booking_intents(self) -> "IntentDeps":
        """What guest checkout needs; identity is loaded when a guest comes."""
        from common.adapters.mongo.booking_intents import MongoBookingIntents
        from common.application.bookings.intents import IntentDeps

        return IntentDeps(bookings=self.bookings, intents=MongoBookingIntents(self.mongo), auth=lambda: self.auth)

    @cached_property
    def stripe(self) -> "stripe.StripeClient":
        """The one Stripe client."""
        from common.adapters.stripe.client import make_stripe_client

        return make_stripe_client(self.settings.stripe_key(), api_base=self.settings.stripe_api_base)

    @cached_property
    def gateway(self) -> "PaymentGateway":
        """Payments and transfers at Stripe."""
        from common.adapters.stripe.gateway import StripeGateway

        return StripeGateway(self.stripe)

    @cached_property
    def payments(self) -> "PaymentDeps":
        """What the payment use cases need; loads Stripe."""
        from common.adapters.mongo.ledger import MongoLedger
        from common.adapters.mongo.payment_operations import MongoPaymentOperations
        from common.adapters.mongo.stripe_customers import MongoStripeCustomers
        from common.application.payments.deps import PaymentDeps

        return PaymentDeps(
            bookings=self.booking_repository,
            operations=MongoPaymentOperations(self.mongo.db),
            ledger=MongoLedger(self.mongo.db),
            gateway=self.gateway,
            users=self.users,
            providers=self.provider_reader,
            customers=MongoStripeCustomers(self.mongo.db),
            outbox=self.outbox,
            publisher=self.publisher,
            clock=self.clock,
            settings=self.booking_settings,
        )

    @cached_property
    def cards(self) -> "CardDeps":
        """What the use cases of saved cards need; loads Stripe."""
        from common.adapters.stripe.cards import StripeCards
        from common.application.payments.cards import CardDeps

        return CardDeps(payments=self.payments, cards=StripeCards(self.stripe))

    @cached_property
    def payouts(self) -> "PayoutDeps":
        """What the payout use cases need; loads Stripe."""
        from common.adapters.stripe.payouts import StripePayouts
        from common.application.payments.payouts import PayoutDeps

        return PayoutDeps(payments=self.payments, payouts=StripePayouts(self.stripe))

    @cached_property
    def plans(self) -> "tuple[Plan, ...]":
        """Provider plans."""
        from common.domain.plans import load_plans

        return load_plans(os.environ)

    @cached_property
    def subscriptions(self) -> "SubscriptionDeps":
        """What the use cases of provider plans need; loads Stripe."""
        from common.adapters.mongo.subscriptions import MongoSubscriptions
        from common.adapters.stripe.plans import StripePlans
        from common.application.payments.subscriptions import SubscriptionDeps

        return SubscriptionDeps(
            payments=self.payments,
            providers=self.provider_reader,
            subscriptions=MongoSubscriptions(self.mongo.db),
            gateway=StripePlans(self.stripe),
            plans=self.plans,
            frontend_base_url=self.settings.frontend_base_url,
        )

    @cached_property
    def stripe_events(self) -> "StripeEventDeps":
        """What processing Stripe's events needs; loads Stripe."""
        from common.application.payments.stripe_events import StripeEventDeps

        return StripeEventDeps(
            events=self.webhook_events,
            payouts=self.payouts,
            onboarding=self.onboarding,
            subscriptions=self.subscriptions,
        )

    @cached_property
    def payment_reviews(self) -> "PaymentReviews":
        """What the verification of payments has found."""
        from common.adapters.mongo.payment_reviews import MongoPaymentReviews

        return MongoPaymentReviews(self.mongo.db)

    @cached_property
    def verification(self) -> "VerificationDeps":
        """What the verification of payments needs; loads Stripe."""
        from common.adapters.stripe.records import StripeRecordBooks
        from common.application.payments.verification import VerificationDeps

        return VerificationDeps(
            payments=self.payments,
            records=StripeRecordBooks(self.stripe),
            reviews=self.payment_reviews,
            events=self.webhook_events,
            queue=self.stripe_event_queue,
        )

    @cached_property
    def webhook_events(self) -> "WebhookEvents":
        """Stripe's events as they were received."""
        from common.adapters.mongo.webhook_events import MongoWebhookEvents

        return MongoWebhookEvents(self.mongo.db)

    @cached_property
    def stripe_event_queue(self) -> "StripeEventQueue":
        """The queue of received Stripe events."""
        from common.adapters.stripe_event_queue import SqsStripeEvents

        return SqsStripeEvents(self.settings.stripe_events_queue_url)

    @cached_property
    def webhook_receiver(self) -> "WebhookReceiverDeps":
        """What receiving Stripe's webhooks needs."""
        from common.adapters.stripe.webhooks import StripeWebhookVerifier
        from common.application.payments.webhooks import WebhookReceiverDeps

        verifier = StripeWebhookVerifier(self.settings.stripe_signing_secrets())
        return WebhookReceiverDeps(verifier, self.webhook_events, self.stripe_event_queue, self.clock)

    @cached_property
    def inbox(self) -> "InboxDeps":
        """What the inbox needs."""
        from common.adapters.mongo.notifications import MongoNotifications, MongoPreferences, MongoPushSubscriptions
        from common.application.notifications.deps import InboxDeps

        return InboxDeps(
            notifications=MongoNotifications(self.mongo.db),
            preferences=MongoPreferences(self.mongo.db),
            push_subscriptions=MongoPushSubscriptions(self.mongo.db),
            clock=self.clock,
        )

    @cached_property
    def mailer(self) -> "Mailer":
        """The mail service."""
        from common.adapters.mail.ses import SesMailer

        return SesMailer(self.settings.mail_from)

    @cached_property
    def delivery(self) -> "DeliveryDeps":
        """What telling people needs; loads jinja2."""
        from common.adapters.mail.renderer import TemplateMailRenderer
        from common.adapters.mongo.mails import MongoMailLog
        from common.application.notifications.deps import DeliveryDeps

        return DeliveryDeps(
            bookings=self.booking_repository,
            users=self.users,
            providers=self.provider_reader,
            notifications=self.inbox.notifications,
            preferences=self.inbox.preferences,
            mailer=self.mailer,
            renderer=TemplateMailRenderer(),
            mail_log=MongoMailLog(self.mongo.db),
            links=self.mail_links,
            clock=self.clock,
            frontend_base_url=self.settings.frontend_base_url,
        )

    @cached_property
    def identity_providers(self) -> "OidcProviders":
        """Google, Facebook, or what stands in for them."""
        from common.adapters.oidc import OidcProviders

        return OidcProviders(self.settings.oauth_providers)

    @cached_property
    def oauth(self) -> "OAuthDeps":
        """What signing in elsewhere needs."""
        from common.adapters.mongo.sign_in_attempts import MongoSignInAttempts
        from common.application.auth.oauth import OAuthDeps

        return OAuthDeps(self.auth, self.identity_providers, MongoSignInAttempts(self.mongo))

    @cached_property
    def geocoder(self) -> "Geocoder":
        """Addresses and points: by the chosen service, behind a breaker and a cache, else by the gazetteer."""
        from common.adapters.geocoders.gazetteer import Gazetteer

        if self.settings.geocoder == "gazetteer":
            return Gazetteer()
        from common.adapters.geocoders.layers import CachedGeocoder, FallbackGeocoder, GuardedGeocoder
        from common.adapters.mongo.breakers import MongoBreakers

        breakers = MongoBreakers(self.mongo, threshold=3, window_seconds=60, rest_seconds=30)
        guarded = GuardedGeocoder(self._remote_geocoder(), breakers)
        return FallbackGeocoder(CachedGeocoder(guarded, self.mongo, self.clock), Gazetteer())

    def _remote_geocoder(self) -> "Geocoder":
        from common.adapters.geocoders import addressable, nominatim

        url = self.settings.geocoder_url
        if self.settings.geocoder == "nominatim":
            return nominatim.Nominatim(url or nominatim.DEFAULT_URL)
        return addressable.Addressable(self.settings.geocoder_key, url or addressable.DEFAULT_URL)

    @cached_property
    def connect(self) -> "ConnectGateway":
        """Connected accounts; loads Stripe."""
        from common.adapters.stripe.connect import StripeConnect

        return StripeConnect(self.stripe)

    @cached_property
    def onboarding(self) -> "OnboardingDeps":
        """What onboarding needs; Stripe is loaded when billing is asked for."""
        from common.application.bookings.guest_completion import GuestBookings
        from common.application.onboarding.deps import OnboardingDeps

        return OnboardingDeps(
            auth=self.auth,
            providers=self.provider_reader,
            geocoder=self.geocoder,
            intents=GuestBookings(lambda: self.booking_intents),
            connect=lambda: self.connect,
        )

    @cached_property
    def admin(self) -> "AdminDeps":
        """What the use cases of staff need."""
        from common.adapters.mongo.provider_lists import MongoProviderLists
        from common.adapters.mongo.security_events import MongoSecurityLog
        from common.adapters.mongo.sessions import MongoSessions
        from common.adapters.mongo.unit_of_work import MongoUnitOfWork
        from common.application.admin.deps import AdminDeps

        return AdminDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            sessions=MongoSessions(self.mongo),
            providers=self.provider_reader,
            provider_lists=MongoProviderLists(self.mongo),
            log=MongoSecurityLog(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
        )

    async def close(self) -> None:
        """Close what holds connections."""
        if "identity_providers" in self.__dict__:
            await self.identity_providers.close()
        if "mongo" in self.__dict__:
            await self.mongo.close()


def _warn(message: str, fields: dict[str, Any]) -> None:
    """Log a warning for an adapter, which may not know the logger."""
    get_logger().warning(message, extra=fields)
