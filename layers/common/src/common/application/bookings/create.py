"""Making a booking."""

import asyncio
import time
from dataclasses import dataclass, replace
from datetime import datetime

from common.application.bookings.deps import BookingDeps
from common.application.bookings.offers import find_offer, locate, place_of, verdict_of
from common.application.bookings.own_holds import OwnHolds, give_up_unpaid, own_holds
from common.application.bookings.provider_unavailable import apply_to_booking, is_provider_unavailable
from common.application.payments.intents import PaymentAction, ensure_intent, make_intent
from common.application.payments.operations.execute import OperationBusy
from common.application.payments.operations.leases import born_taken
from common.application.ports.bookings.offers import Offer
from common.application.ports.shared.limits import KEEP_KEYS
from common.application.shared.deadline import RECORDING_SECONDS, seconds_left
from common.application.shared.publishing import publish_committed
from common.application.shared.together import together
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Booking, BookingChange, BookingStatus
from common.domain.bookings.intents import BookingIntent
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.service_options import ChosenOption
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.identity.users import User
from common.domain.shared.errors import (
    Conflict,
    GigstaError,
    IdempotencyKeyReused,
    NotFound,
    SlotUnavailable,
)
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: Between a key and the booking it made a day or more before.
_AFTER = "\n"
#: How long a request that comes again waits for the one that opens its payment: a call of Stripe's takes a second or
#: two.
_OTHERS_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.25


class BookingInput(Model):
    """What a customer asks for; ``start_at`` is an aware instant, ``address`` as a person writes it.

    ``place_kind`` may be left out where the service has one only; ``address`` and ``access_notes`` are for visits.
    ``expected_price`` and ``expected_cancellation_policy`` are what the customer was shown; where the service has
    others by now, no booking is made.
    ``held_by`` is the digest of the network address that asks, whose unpaid slots are counted; ``None`` counts nothing.
    """

    service_id: str
    start_at: datetime
    place_kind: PlaceKind | None = None
    address: str | None = None
    notes: str = ""
    access_notes: str = ""
    options: tuple[ChosenOption, ...] = ()
    payment_method_id: str | None = None
    expected_price: Money | None = None
    expected_cancellation_policy: CancellationPolicyName | None = None
    held_by: str | None = None


@dataclass(frozen=True)
class Known:
    """What was read for a request just now: what it asks for, and who the customer is."""

    offer: Offer
    customer: User


async def create_booking(
    deps: BookingDeps,
    customer_id: str,
    request: BookingInput,
    *,
    idempotency_key: str | None = None,
    intent: BookingIntent | None = None,
    known: Known | None = None,
) -> tuple[Booking, PaymentAction | None]:
    """Take the slot, record what was agreed, and open the payment.

    The booking commits before Stripe is called, and its payment with it, taken by this request: no other worker has it
    meanwhile, and nothing is read again. A request that comes again with its key, after a crash or a lost answer, finds
    the booking and goes on with its payment. What the customer keeps of the slot already, as a guest or
    as a booking that has not been paid, is taken over.

    Args:
        deps: ports.
        customer_id: who books.
        request: what is asked for.
        idempotency_key: what makes a repeated request the same booking, for a day; that of a guest's intent means its
            one booking for ever.
        intent: what the customer asked for as a guest, whose hold this booking takes over.
        known: what has just been read for this request.

    Returns:
        The booking, and what the customer has to do to pay; ``None`` where nothing is left.

    Raises:
        NotFound: no such service, or account.
        Conflict: the account has no name or no telephone number (``profile_incomplete``, ``missing`` names which).
        Forbidden, Conflict, InvalidInput, SlotUnavailable: as the state machine rules.
        TooManyHolds: the network address keeps as many unpaid slots of the provider as it may.
        IdempotencyKeyReused: the key made another booking.
        Unavailable: Stripe gave no answer. The booking stands; ask again with the same key.
    """
    attempt = _Attempt(deps, customer_id, request, idempotency_key)
    made = await _commit_new(attempt, OwnHolds(intents=[intent] if intent else []), known)
    if isinstance(made, BookingChange):
        return await _open_new(deps, made)
    try:
        return await open_payment(deps, made)
    except OperationBusy:
        # A second press of the button may have come to the payment before the request that made the booking.
        return await _opened_by_another(deps, made)


async def _open_new(deps: BookingDeps, change: BookingChange) -> tuple[Booking, PaymentAction | None]:
    """Open the payment of a booking that this request has committed; its provider's account is read meanwhile.

    The provider may have been suspended while the booking was decided, after the open bookings were looked through:
    whoever does that misses only what had not committed by then, and so this reads the account after the commit.
    """
    (operation,) = change.operations
    opened, is_unavailable, _ = await asyncio.gather(
        make_intent(deps.payments(), change.booking, operation),
        is_provider_unavailable(deps, change.booking.provider_user_id),
        publish_committed(deps.outbox, deps.publisher, change.events, deps.clock),
        return_exceptions=True,
    )
    present, action = (change.booking, None) if isinstance(opened, BaseException) else opened
    if is_unavailable is True:
        present = await apply_to_booking(deps, present, is_unavailable=True)
    for ended in (opened, is_unavailable):
        if isinstance(ended, BaseException):
            raise ended
    return present, action


async def _opened_by_another(deps: BookingDeps, booking: Booking) -> tuple[Booking, PaymentAction | None]:
    """The booking's payment, once another request for the same booking or the payments worker has opened it.

    An answer without what the customer has to do would be taken for a booking that needs no payment, and be kept.

    Raises:
        OperationBusy: it is not open after a while, or near the deadline; ask again with the same key.
    """
    ends_at = time.monotonic() + min(_OTHERS_SECONDS, seconds_left() - RECORDING_SECONDS)
    while True:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        try:
            return await open_payment(deps, booking)
        except OperationBusy:
            if time.monotonic() >= ends_at:
                raise


@dataclass(frozen=True)
class _Attempt:
    """One request for a booking."""

    deps: BookingDeps
    customer_id: str
    request: BookingInput
    key: str | None


async def _commit_new(attempt: _Attempt, held: OwnHolds, known: Known | None = None) -> Booking | BookingChange:
    """Commit a new booking; gives the change, or the booking that there is instead."""
    deps, change = attempt.deps, None
    try:
        change = await _decide(attempt, held, known)
        await deps.bookings.commit(change)
    except GigstaError as refused:
        # A request that comes again is refused by what it has made before: its own booking holds the key and the slot.
        key = attempt.key
        existing = await deps.bookings.find_by_idempotency_key(attempt.customer_id, key) if key is not None else None
        if existing is None and isinstance(refused, SlotUnavailable):
            decided = change.booking.provider_id if change else known.offer.provider.id if known else None
            return await _take_over(attempt, held, refused, decided)
        if existing is None:
            raise
        if not held.intents and _is_key_over(existing, deps.clock.now()):
            return await _commit_new(replace(attempt, key=_next_key(key, existing)), held)
        if change is not None and existing.id == change.booking.id:
            return change  # it has committed, and the answer to that was lost
        if not _is_same(existing, attempt.request):
            raise IdempotencyKeyReused("This idempotency key has made another booking.") from None
        return existing
    return change


def _is_key_over(booking: Booking, now: datetime) -> bool:
    """Whether the key that made a booking may make another, as its first answer is no longer replayed either."""
    return now >= booking.created_at + KEEP_KEYS


def _next_key(key: str | None, booking: Booking) -> str:
    """What the same key is stored as after that booking; no caller's key has a line break."""
    return f"{(key or '').partition(_AFTER)[0]}{_AFTER}{booking.id}"


async def _take_over(
    attempt: _Attempt, known: OwnHolds, refused: SlotUnavailable, provider_id: str | None
) -> Booking | BookingChange:
    """Continue where only the customer's own holds occupy the slot: return the same booking, or replace another.

    Raises:
        SlotUnavailable: they are not what stands in the way.
    """
    deps, request = attempt.deps, attempt.request
    if provider_id is None:
        provider_id = (await find_offer(deps, request)).provider.id
    found = await own_holds(deps, attempt.customer_id, provider_id, request.start_at)
    same = next((each for each in found.unpaid if _is_same(each, request)), None)
    if same is not None:
        return same
    if not set(found.ids) - set(known.ids):
        raise refused
    held = OwnHolds(list({each.id: each for each in (*known.intents, *found.intents)}.values()), found.unpaid)
    # What is refused for another reason is refused before anything is given up.
    await _decide(attempt, held)
    for booking in held.unpaid:
        if not await give_up_unpaid(deps, booking):
            raise refused
    change = await _decide(attempt, held)
    await deps.bookings.commit(change)
    for intent in held.intents:
        await deps.intents.complete(intent.id, change.booking.id)
    return change


async def _decide(attempt: _Attempt, held: OwnHolds, known: Known | None = None) -> BookingChange:
    """Decide on the offer and the customer, both read at once, and anew after a call outside to find the address."""
    deps, request = attempt.deps, attempt.request
    if known is not None:
        offer = await find_offer(deps, request, known.offer)
        customer: User | None = known.customer
    else:
        offer, customer = await together(find_offer(deps, request), deps.users.get(attempt.customer_id))
    located = await locate(deps, request, offer.service)
    if located.is_late:
        offer, customer = await together(find_offer(deps, request), deps.users.get(attempt.customer_id))
    place = place_of(located, offer.service, offer.provider)
    now = deps.clock.now()
    payer = require_bookable(customer)
    new = state_machine.NewBooking(
        customer_id=payer.id,
        start_at=request.start_at,
        place=place,
        notes=request.notes,
        access_notes=request.access_notes,
        options=request.options,
        stripe_customer_id=payer.stripe_customer_id,
        payment_method_id=request.payment_method_id,
        idempotency_key=attempt.key,
        replaces_claim_ids=tuple(claim_id for intent in held.intents for claim_id in intent.claim_ids),
        held_by=request.held_by,
        expected_price=request.expected_price,
        expected_policy=request.expected_cancellation_policy,
    )
    verdict = await verdict_of(deps, offer, request, now, held.ids)
    return born_taken(state_machine.create(new, offer.service, offer.provider, verdict, now, deps.settings), now)


def require_bookable(customer: User | None) -> User:
    """The customer who books; the account must have a name and a telephone number for the provider.

    Raises:
        NotFound: no such account.
        Conflict: it lacks one of them (``profile_incomplete``, ``missing`` names which).
    """
    if customer is None or customer.deleted_at is not None:
        raise NotFound("There is no such account.")
    if missing := [name for name in ("full_name", "phone_number") if not getattr(customer, name)]:
        named = " and ".join(name.replace("_", " ") for name in missing)
        raise Conflict(
            f"Tell us your {named} first: the provider needs it.", code="profile_incomplete", extra={"missing": missing}
        )
    return customer


def _is_same(booking: Booking, request: BookingInput) -> bool:
    place = booking.place
    address = place.address if place.kind is PlaceKind.CUSTOMER else ""
    requested = (request.service_id, request.address or "", request.notes, request.access_notes)
    booked = (booking.service_id, address, booking.notes, booking.access_notes)
    options = {each.option_id: each.quantity for each in request.options}
    same_options = options == {each.option_id: each.quantity for each in booking.price.lines if each.option_id}
    is_there = request.place_kind in {None, place.kind}
    is_then = booking.reschedule_count > 0 or booking.slot.start_at == request.start_at
    return requested == booked and same_options and is_there and is_then


async def open_payment(deps: BookingDeps, booking: Booking) -> tuple[Booking, PaymentAction | None]:
    """Open the payment of a booking that waits for it, or continue it; does nothing for any other."""
    if booking.status is not BookingStatus.PENDING_PAYMENT:
        return booking, None
    return await ensure_intent(deps.payments(), booking)
