"""Guest checkout: a request with a short hold becomes a booking once the guest's account exists."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.application.bookings.create import BookingInput, create_booking, open_payment
from common.application.bookings.deps import BookingDeps
from common.application.bookings.offers import find_offer, locate, place_of, verdict_of
from common.application.bookings.own_holds import guests_at
from common.application.identity.deps import AuthDeps
from common.application.identity.provisional import ensure_provisional_user, sign_in_link_event
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import BookingChange
from common.domain.bookings.intents import BookingIntent, IntentStatus
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.service_options import ChosenOption
from common.domain.catalogue.services import CancellationPolicyName
from common.domain.identity.users import User
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.search.places import country_said
from common.domain.shared.display import local_time_text
from common.domain.shared.errors import NotFound, SlotUnavailable, Unavailable
from common.domain.shared.ids import new_id
from common.domain.shared.model import Model
from common.domain.shared.money import Money
from common.domain.shared.opaque_tokens import digest, new_token
from common.domain.shared.phones import parse_phone


@dataclass(frozen=True, kw_only=True)
class IntentDeps(BookingDeps):
    """Ports of guest checkout."""

    auth: Callable[[], AuthDeps]


class EarlierIntent(Model):
    """What a guest asked for before, with the secret that proves it."""

    id: str
    secret: str


class GuestBookingInput(Model):
    """What a guest asks for, and who the guest says to be.

    ``replaces`` is an earlier request that this one takes the place of. ``device_token`` is the browser's, by which a
    request for the same time is known as its own; ``held_by`` is the digest of the network address, whose holds are
    counted.
    """

    service_id: str
    start_at: datetime
    place_kind: PlaceKind | None = None
    address: str | None = None
    notes: str = ""
    access_notes: str = ""
    options: tuple[ChosenOption, ...] = ()
    full_name: str
    email: str
    phone_number: str | None = None
    replaces: EarlierIntent | None = None
    device_token: str | None = None
    held_by: str | None = None
    expected_price: Money | None = None
    expected_cancellation_policy: CancellationPolicyName | None = None


#: Fields of the intent that are worked out of what was given.
_MADE_OUT = {"place_kind", "address", "phone_number"}
#: The address belongs to the account; the terms are kept as they were found.
_NOT_KEPT = {"email", "replaces", "device_token", "expected_price", "expected_cancellation_policy", *_MADE_OUT}


@dataclass(frozen=True)
class CompletedIntent:
    """The booking that an intent has become; ``client_secret`` where the card must still be confirmed."""

    id: str
    status: str
    client_secret: str | None = None


async def open_intent(deps: IntentDeps, request: GuestBookingInput) -> tuple[BookingIntent, str]:
    """Hold the slot for a guest and mail a link that signs in and continues.

    The answer is the same whether or not the address has an account. A guest's own earlier hold makes way: the one that
    is named with its secret, and one of the same browser for the same time. A mail address proves nothing, since
    anybody may type it: anyone who knows one neither frees its hold nor learns of it.

    Returns:
        The intent, and the secret with which the guest reads it back; only its digest is stored.

    Raises:
        NotFound: no such service, or no such earlier intent.
        Conflict, InvalidInput, SlotUnavailable: as for a booking.
        RateLimited: the address has had enough mails.
        TooManyHolds: the network address keeps as many slots of the provider as it may.
    """
    named = [await read_intent(deps, request.replaces.id, request.replaces.secret)] if request.replaces else []
    earlier = [each for each in named if each.status is IntentStatus.PENDING]
    try:
        return await _open(deps, request, earlier)
    except SlotUnavailable:
        own = await _of_this_browser(deps, request, known=earlier)
        if not own:
            raise
        return await _open(deps, request, [*earlier, *own])


async def _open(
    deps: IntentDeps, request: GuestBookingInput, earlier: Sequence[BookingIntent]
) -> tuple[BookingIntent, str]:
    now = deps.clock.now()
    holds, rehearsed = await _hold(deps, request, earlier, now)
    booking = rehearsed.booking
    country = booking.place.country or country_said(booking.place.address)
    phone_number = parse_phone(request.phone_number, country=country) if request.phone_number else None
    auth = deps.auth()
    user = await ensure_provisional_user(auth, request.email)
    secret = new_token()
    intent = BookingIntent(
        id=holds[0].booking_id,
        user_id=user.id,
        secret_hash=digest(secret),
        device_hash=digest(request.device_token) if request.device_token else None,
        provider_id=booking.provider_id,
        service_title=booking.service.title,
        end_at=booking.slot.end_at,
        claim_id=holds[0].id,
        resource_ids=booking.resource_ids,
        expires_at=now + deps.settings.intent_hold,
        created_at=now,
        price=booking.price.total,
        cancellation_policy=CancellationPolicyName(booking.policy.name),
        place_kind=booking.place.kind,
        address=request.address or "",
        phone_number=phone_number,
        **request.model_dump(exclude=_NOT_KEPT),
    )
    zone = booking.slot.timezone
    shown = {
        "service": booking.service.title,
        "when": local_time_text(intent.start_at, zone),
        "kept_until": local_time_text(intent.expires_at, zone),
    }
    limit = rehearsed.hold_limit
    held = limit.model_copy(update={"ends_at": intent.expires_at}) if limit else None
    events = [sign_in_link_event(auth, user, intent.id, **shown)]
    await deps.intents.insert(intent, holds, events, limits=rehearsed.limits, hold_limit=held, replaced=earlier)
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return intent, secret


async def _of_this_browser(
    deps: IntentDeps, request: GuestBookingInput, *, known: Sequence[BookingIntent]
) -> Sequence[BookingIntent]:
    """Earlier requests of the same browser for the same time of the same provider."""
    service = await deps.services.get(request.service_id)
    if request.device_token is None or service is None:
        return []
    around, _ = await guests_at(deps, service.provider_id, request.start_at)
    mine, others = digest(request.device_token), {each.id for each in known}
    return [each for each in around if each.device_hash == mine and each.id not in others]


async def read_intent(deps: IntentDeps, intent_id: str, secret: str) -> BookingIntent:
    """An intent, for anyone who has its secret.

    Raises:
        NotFound: there is none, or the secret is wrong.
    """
    intent = await deps.intents.get(intent_id)
    if intent is None or not _knows(intent, secret):
        raise NotFound("There is no such booking intent.")
    return intent.model_copy(update={"status": intent.status_at(deps.clock.now())})


async def renew_secret(deps: IntentDeps, intent_id: str) -> str:
    """Give a guest who repeats a request with the same idempotency key another secret; earlier ones stay valid.

    Raises:
        NotFound: the intent is gone.
    """
    secret = new_token()
    if not await deps.intents.add_secret(intent_id, digest(secret)):
        raise NotFound("There is no such booking intent.")
    return secret


def _knows(intent: BookingIntent, secret: str) -> bool:
    given = digest(secret)
    return any(hmac.compare_digest(known, given) for known in (intent.secret_hash, *intent.renewed_secret_hashes))


async def complete_intent(deps: IntentDeps, user: User, intent_id: str) -> CompletedIntent:
    """Turn a guest's intent into a booking of the account that the guest has proven to own.

    Harmless to repeat: the booking is made once. Where Stripe gives no answer the booking stands and its payment goes
    on by ``POST …/payment/confirm``.

    Raises:
        NotFound: the user has no such intent.
        SlotUnavailable: its hold has ended and the slot is taken.
        TermsChanged: the service has another price or policy by now than the guest was shown.
        Forbidden, Conflict, InvalidInput: as for a booking.
    """
    intent = await deps.intents.get(intent_id)
    if intent is None or intent.user_id != user.id:
        raise NotFound("There is no such booking intent.")
    request = BookingInput(
        service_id=intent.service_id,
        start_at=intent.start_at,
        place_kind=intent.place_kind,
        address=intent.address or None,
        notes=intent.notes,
        access_notes=intent.access_notes,
        options=intent.options,
        expected_price=intent.price,
        expected_cancellation_policy=intent.cancellation_policy,
        held_by=intent.held_by,
    )
    key = f"intent:{intent.id}"
    made = await deps.bookings.get(intent.booking_id) if intent.booking_id else None
    try:
        if made is not None:
            booking, action = await open_payment(deps, made)
        else:
            booking, action = await create_booking(deps, user.id, request, idempotency_key=key, intent=intent)
    except Unavailable:
        made = made or await deps.bookings.find_by_idempotency_key(user.id, key)
        if made is None:
            raise
        booking, action = made, None
    await deps.intents.complete(intent.id, booking.id)
    return CompletedIntent(booking.id, booking.status.value, action.client_secret if action else None)


async def _hold(
    deps: BookingDeps, request: GuestBookingInput, earlier: Sequence[BookingIntent], now: datetime
) -> tuple[Sequence[SlotClaim], BookingChange]:
    """Holds of the slot that the booking would take, by the very rules of booking it, and the change that makes it."""
    offer = await find_offer(deps, request)
    located = await locate(deps, request, offer.service)
    if located.is_late:
        offer = await find_offer(deps, request)
    place = place_of(located, offer.service, offer.provider)
    verdict = await verdict_of(deps, offer, request, now, [each.id for each in earlier])
    intent_id = new_id("bki", now)
    rehearsal = state_machine.NewBooking(
        customer_id=intent_id,
        start_at=request.start_at,
        place=place,
        notes=request.notes,
        expected_price=request.expected_price,
        expected_policy=request.expected_cancellation_policy,
        access_notes=request.access_notes,
        options=request.options,
        held_by=request.held_by,
    )
    change = state_machine.create(rehearsal, offer.service, offer.provider, verdict, now, deps.settings)
    ends = now + deps.settings.intent_hold
    hold = {"booking_id": intent_id, "purpose": "intent", "expires_at": ends, "held_by": request.held_by}
    return [claim.model_copy(update=hold) for claim in change.claims], change
