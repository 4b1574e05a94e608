"""What one area's part of the container may ask of another's."""

from typing import Protocol

from common.adapters.mongo.bookings.repository import MongoBookings
from common.adapters.mongo.catalogue.providers import MongoProviders
from common.adapters.mongo.catalogue.services import MongoServices
from common.adapters.mongo.identity.users import MongoUsers
from common.application.bookings.intents import IntentDeps
from common.application.identity.deps import AuthDeps
from common.application.identity.mail_links import LinkDeps
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.payments.deps import PaymentDeps
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.catalogue.repositories import Summaries
from common.application.ports.payments.connect import ConnectGateway
from common.domain.bookings.settings import BookingSettings


class ContainerProtocol(Protocol):
    """The container as its parts see it."""

    @property
    def users(self) -> MongoUsers:
        """Accounts of people."""
        ...

    @property
    def auth(self) -> AuthDeps:
        """Sign-in and tokens."""
        ...

    @property
    def mail_links(self) -> LinkDeps:
        """One-use links for mails."""
        ...

    @property
    def onboarding(self) -> OnboardingDeps:
        """Profiles and provider applications."""
        ...

    @property
    def is_geocoder_outside(self) -> bool:
        """Whether looking an address up may ask somebody else."""
        ...

    @property
    def geocoder(self) -> Geocoder:
        """Addresses to points and back."""
        ...

    @property
    def providers(self) -> MongoProviders:
        """Providers."""
        ...

    @property
    def services(self) -> MongoServices:
        """Services."""
        ...

    @property
    def rating_summaries(self) -> Summaries:
        """Rating summaries of services and providers."""
        ...

    @property
    def booking_settings(self) -> BookingSettings:
        """Windows and limits of bookings."""
        ...

    @property
    def booking_repository(self) -> MongoBookings:
        """Bookings, and their one writer."""
        ...

    @property
    def booking_intents(self) -> IntentDeps:
        """Guest checkout."""
        ...

    @property
    def payments(self) -> PaymentDeps:
        """Payment operations and Stripe."""
        ...

    @property
    def connect(self) -> ConnectGateway:
        """Providers' accounts at Stripe."""
        ...
