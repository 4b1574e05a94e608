"""What follows the deletion of an account, by a worker that repeats it until all is done."""

from dataclasses import dataclass

from common.application.ports.bookings.repository import BookingQuery, BookingRepository
from common.application.ports.identity.personal_data import PersonalData
from common.application.ports.payments.gateway import PaymentGateway
from common.application.ports.shared.clock import Clock
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.bookings.state_machine import TERMINAL, erase_customer, erase_provider, notes_without_words
from common.domain.shared.errors import Unavailable, VersionConflict
from common.domain.shared.events import Event

#: The intention that commits with a deletion.
ACCOUNT_DELETED = "account.deleted"

_PAGE = 50
#: A closed booking changes rarely: a late refund or a chargeback at most.
_TRIES = 5


@dataclass(frozen=True)
class ErasureDeps:
    """Ports of what follows a deletion."""

    clock: Clock
    bookings: BookingRepository
    gateway: PaymentGateway
    personal: PersonalData


async def erase_person(deps: ErasureDeps, event: Event) -> None:
    """Erase the person from closed bookings, from what others were told, and from Stripe. Safe to repeat.

    Stripe keeps payments and invoices of a deleted customer, but no card and no address, and ends its subscriptions
    (https://docs.stripe.com/api/customers/delete). A provider's connected account stays: it is the provider's own
    contract with Stripe, and late chargebacks are settled with it.

    Args:
        deps: ports.
        event: ``account.deleted`` with ``user_id``, ``provider_id``, ``stripe_customer_id`` and, where no customer
            was remembered, the ``email`` under which one may have been made.

    Raises:
        Unavailable, GatewayUncertain: the event must be delivered again.
    """
    user_id = str(event.payload["user_id"])
    await _erase_bookings(deps, BookingQuery(customer_id=user_id), ActorKind.CUSTOMER)
    if provider_id := event.payload.get("provider_id"):
        await _erase_bookings(deps, BookingQuery(provider_id=provider_id), ActorKind.PROVIDER)
    customer_id = event.payload.get("stripe_customer_id")
    if customer_id is None and event.payload.get("email"):
        customer_id = await deps.gateway.find_customer(user_id, str(event.payload["email"]))
    if customer_id is not None:
        await deps.gateway.delete_customer(customer_id)


async def _erase_bookings(deps: ErasureDeps, query: BookingQuery, party: ActorKind) -> None:
    """All bookings of one party, page by page; they are few enough for one invocation, or it is repeated."""
    after = None
    while page := await deps.bookings.search(query, limit=_PAGE, after=after):
        await deps.personal.erase_mentions([booking.id for booking in page])
        for booking in page:
            await _erase(deps, booking, party)
        notes = notes_without_words()
        await deps.personal.erase_notes([booking.id for booking in page], party, notes)
        cancelled = [booking.id for booking in page if booking.cancelled_by is party]
        await deps.personal.erase_reasons(cancelled, "cancel_reason")
        disputed = [booking.id for booking in page if booking.dispute and booking.dispute.opened_by is party]
        await deps.personal.erase_reasons(disputed, "dispute")
        after = (page[-1].slot.start_at, page[-1].id)


async def _erase(deps: ErasureDeps, booking: Booking, party: ActorKind) -> None:
    """Erase by the one writer of bookings, deciding again where somebody was first."""
    current: Booking | None = booking
    for _ in range(_TRIES):
        if current is None or current.status not in TERMINAL:
            return
        erase = erase_customer if party is ActorKind.CUSTOMER else erase_provider
        change = erase(current, deps.clock.now())
        if change is None:
            return
        try:
            await deps.bookings.commit(change)
        except VersionConflict:
            current = await deps.bookings.get(booking.id)
            continue
        return
    raise Unavailable("The booking is being changed by others.", retry_after=1)
