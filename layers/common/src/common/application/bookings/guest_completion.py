"""How onboarding completes a guest's booking."""

from collections.abc import Callable

from common.application.bookings.intents import CompletedIntent, IntentDeps, complete_intent
from common.domain.identity.users import User


class GuestBookings:
    """Implements onboarding's ``IntentCompletion``.

    Args:
        deps: gives the ports when a guest completes an account.
    """

    def __init__(self, deps: Callable[[], IntentDeps]) -> None:
        self._deps = deps

    async def complete(self, user: User, booking_intent_id: str) -> CompletedIntent:
        """Turn the intent into a booking of its owner and return that (see ``complete_intent``)."""
        return await complete_intent(self._deps(), user, booking_intent_id)
