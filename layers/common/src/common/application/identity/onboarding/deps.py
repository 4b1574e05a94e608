"""What onboarding needs."""

from dataclasses import dataclass
from typing import Any, Protocol

from common.application.identity.deps import AuthDeps
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.catalogue.repositories import Providers, Services
from common.application.ports.media.attachments import Attachments
from common.application.ports.payments.connect import ConnectGateway
from common.domain.identity.users import User
from common.domain.payments.platform import Platform


class IntentCompletion(Protocol):
    """Completes bookings of guests that wait for an account."""

    async def complete(self, user: User, booking_intent_id: str) -> Any:
        """Turn the intent into a booking of its owner and return that.

        Raises:
            NotFound: the user has no such intent.
            SlotUnavailable: its hold has ended and the slot is taken.
        """
        ...


class ConnectSource(Protocol):
    """Gives the gateway to connected accounts when it is first needed."""

    def __call__(self) -> ConnectGateway:
        """The gateway."""
        ...


@dataclass(frozen=True)
class OnboardingDeps(AuthDeps):
    """Ports of onboarding. ``connect`` is asked for only where Stripe is needed, whose key not every function has."""

    providers: Providers
    services: Services
    geocoder: Geocoder
    intents: IntentCompletion
    connect: ConnectSource
    platform: Platform
    media: Attachments
