"""Slots that a customer already holds at a provider, which never prevent the same customer's booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.application.bookings.deps import BookingDeps
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingStatus
from common.domain.bookings.intents import BookingIntent, IntentStatus
from common.domain.scheduling.slot_cells import CELL_MINUTES, SlotClaim
from common.domain.shared.errors import VersionConflict
from common.domain.shared.events import Topic

_ONE_CELL = timedelta(minutes=CELL_MINUTES)


@dataclass(frozen=True)
class OwnHolds:
    """Unconfirmed requests and unpaid bookings of one customer for one start.

    Args:
        intents: requests made as a guest, whose holds still run.
        unpaid: bookings that wait for their payment, without those that were agreed to by an offer.
    """

    intents: Sequence[BookingIntent] = ()
    unpaid: Sequence[Booking] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids under which their claims are kept."""
        return (*(each.id for each in self.intents), *(each.id for each in self.unpaid))


async def guests_at(
    deps: BookingDeps, provider_id: str, start_at: datetime
) -> tuple[Sequence[BookingIntent], Sequence[str]]:
    """Guests' requests for a start whose holds still run, and the ids of bookings that take the provider's time."""
    now = deps.clock.now()
    claims = await deps.bookings.list_claims(provider_id, (), start_at, start_at + _ONE_CELL)
    ids = dict.fromkeys(claim.booking_id for claim in claims if claim.purpose == "intent" and _runs(claim, now))
    found = [await deps.intents.get(intent_id) for intent_id in ids]
    guests = [each for each in found if each is not None and each.start_at == start_at]
    pending = [each for each in guests if each.status_at(now) is IntentStatus.PENDING]
    return pending, list(dict.fromkeys(claim.booking_id for claim in claims if claim.purpose == "booking"))


async def own_holds(deps: BookingDeps, customer_id: str, provider_id: str, start_at: datetime) -> OwnHolds:
    """What a customer holds of a provider's time from a start on.

    Args:
        deps: ports.
        customer_id: an account that has been signed in to.
        provider_id: whose time.
        start_at: of the work, an aware instant.
    """
    intents, booking_ids = await guests_at(deps, provider_id, start_at)
    bookings = await deps.bookings.get_many(booking_ids) if booking_ids else {}
    unpaid = [
        each
        for each in bookings.values()
        if (each.customer_id, each.status, each.offer_id) == (customer_id, BookingStatus.PENDING_PAYMENT, None)
        and each.slot.start_at == start_at
    ]
    return OwnHolds([each for each in intents if each.user_id == customer_id], unpaid)


async def give_up_unpaid(deps: BookingDeps, booking: Booking) -> bool:
    """Cancel a booking that its customer replaces; nobody is notified, since another one takes its place.

    Returns:
        Whether it was still unpaid, and has ended.
    """
    actor = Actor(kind=ActorKind.CUSTOMER, id=booking.customer_id)
    now = deps.clock.now()
    change = state_machine.perform(
        booking, state_machine.CANCEL.name, actor, {"reason": "Replaced."}, now, deps.settings
    )
    change = change.model_copy(update={"events": [each for each in change.events if each.topic is Topic.PAYMENTS]})
    try:
        await deps.bookings.commit(change)
    except VersionConflict:
        return False
    await publish_committed(deps.outbox, deps.publisher, change.events, deps.clock)
    return True


def _runs(claim: SlotClaim, now: datetime) -> bool:
    return claim.expires_at is not None and claim.expires_at > now
