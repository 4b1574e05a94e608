"""What follows the deletion of an account, by a worker that goes on until all is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.application.ports.bookings.repository import BookingQuery, BookingRepository
from common.application.ports.identity.personal_data import PersonalData
from common.application.ports.media.repository import MediaRepository
from common.application.ports.payments.gateway import PaymentGateway
from common.application.ports.reports.reports import ReportAuthors
from common.application.ports.reports.support import CommentAuthors
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.application.shared.deadline import seconds_left
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.bookings.state_machine import TERMINAL, erase_customer, erase_provider, notes_without_words
from common.domain.shared.errors import Unavailable, VersionConflict
from common.domain.shared.events import Event, new_event

#: The intention that commits with a deletion.
ACCOUNT_DELETED = "account.deleted"
#: The fact, for contexts that have something of the person's to end.
ACCOUNT_LEFT = "account.left"

_PAGE = 50
#: Photographs that one command gives up.
_PHOTOS = 1_000
#: Reports or comments that one command takes them off.
_REPORTS = 1_000
#: A closed booking changes rarely: a late refund or a chargeback at most.
_TRIES = 5
#: What a page of bookings, or a thousand rows, may take at the worst; with less left the rest is another message's.
_STEP_SECONDS = 8.0


def _has_time() -> bool:
    return seconds_left() > _STEP_SECONDS


@dataclass(frozen=True)
class ErasureDeps:
    """Ports of what follows a deletion; ``has_time`` is asked whether one more bounded step may begin."""

    clock: Clock
    bookings: BookingRepository
    gateway: PaymentGateway
    personal: PersonalData
    outbox: Outbox
    publisher: Publisher
    media: MediaRepository
    reports: ReportAuthors
    comments: CommentAuthors
    has_time: Callable[[], bool] = _has_time


class _Step(StrEnum):
    """The parts of an erasure, in their order."""

    ROWS = "rows"
    CUSTOMER = "customer"
    PROVIDER = "provider"
    STRIPE = "stripe"
    REPORTS = "reports"
    MEDIA = "media"


@dataclass(frozen=True)
class _Place:
    """Where an erasure goes on: a part of it and, among a party's bookings, the start and id of the last one done."""

    step: _Step = _Step.ROWS
    after: tuple[datetime, str] | None = None


async def erase_person(deps: ErasureDeps, event: Event) -> None:
    """Erase the person's rows and photographs, and the person from closed bookings, reports, inboxes of others, Stripe.

    Safe to repeat. What one message has no time for is left to another one, which begins at the place that was reached.
    Stripe keeps payments and invoices of a deleted customer, but no card and no address, and ends its subscriptions
    (https://docs.stripe.com/api/customers/delete). A provider's connected account stays: it is the provider's own
    contract with Stripe, and late chargebacks are settled with it.

    Args:
        deps: ports.
        event: ``account.deleted`` with ``user_id``, ``provider_id``, ``stripe_customer_id`` and, where no customer
            was remembered, the ``email`` under which one may have been made; one that goes on has ``step`` and, among
            bookings, ``after``.

    Raises:
        Unavailable, GatewayUncertain: the event must be delivered again.
    """
    place = _place_of(event)
    for step in tuple(_Step)[tuple(_Step).index(place.step) :]:
        rest = await _take(deps, event, place if step is place.step else _Place(step))
        if rest is not None:
            await _go_on(deps, event, rest)
            return


async def _take(deps: ErasureDeps, event: Event, place: _Place) -> _Place | None:
    """Do one part; ``None`` where it is done, else the place that it goes on from."""
    user_id, provider_id = str(event.payload["user_id"]), event.payload.get("provider_id")
    if place.step is _Step.ROWS:
        is_done = await deps.personal.erase(user_id, provider_id, has_time=deps.has_time)
        return None if is_done else place
    if place.step is _Step.CUSTOMER:
        return await _erase_bookings(deps, BookingQuery(customer_id=user_id), ActorKind.CUSTOMER, place)
    if place.step is _Step.PROVIDER and provider_id is not None:
        return await _erase_bookings(deps, BookingQuery(provider_id=provider_id), ActorKind.PROVIDER, place)
    if place.step is _Step.STRIPE:
        await _delete_customer(deps, event)
    if place.step is _Step.REPORTS:
        return None if await _leave_reports(deps, user_id) else place
    if place.step is _Step.MEDIA:
        return None if await _give_up_media(deps, user_id) else place
    return None


async def _leave_reports(deps: ErasureDeps, user_id: str) -> bool:
    """Take the person off their reports and comments; whether all are done."""
    while await deps.reports.forget_author(user_id, deps.clock.now(), limit=_REPORTS) == _REPORTS:
        if not deps.has_time():
            return False
    while await deps.comments.forget_author(user_id, limit=_REPORTS) == _REPORTS:
        if not deps.has_time():
            return False
    return True


async def _give_up_media(deps: ErasureDeps, user_id: str) -> bool:
    """Give all of the person's photographs up, whose files the sweep then removes; whether all are."""
    while await deps.media.mark_all_deleted(user_id, deps.clock.now(), limit=_PHOTOS) == _PHOTOS:
        if not deps.has_time():
            return False
    return True


async def _delete_customer(deps: ErasureDeps, event: Event) -> None:
    customer_id = event.payload.get("stripe_customer_id")
    if customer_id is None and event.payload.get("email"):
        customer_id = await deps.gateway.find_customer(str(event.payload["user_id"]), str(event.payload["email"]))
    if customer_id is not None:
        await deps.gateway.delete_customer(customer_id)


def _place_of(event: Event) -> _Place:
    after = event.payload.get("after")
    step = _Step(event.payload.get("step", _Step.ROWS))
    return _Place(step, (datetime.fromisoformat(after[0]), str(after[1])) if after else None)


async def _go_on(deps: ErasureDeps, event: Event, place: _Place) -> None:
    """Ask for the rest by a message of its own; a death before this one is done asks twice, which harms nothing."""
    after = [place.after[0].isoformat(), place.after[1]] if place.after else None
    payload = {**event.payload, "step": place.step.value, "after": after}
    rest = new_event(event.topic, event.type, deps.clock.now(), **payload)
    await deps.outbox.insert([rest])
    await publish_committed(deps.outbox, deps.publisher, [rest], deps.clock)


async def _erase_bookings(deps: ErasureDeps, query: BookingQuery, party: ActorKind, place: _Place) -> _Place | None:
    """Bookings of one party, page by page; ``None`` where all are done, else the place that is next."""
    after = place.after
    while page := await deps.bookings.search(query, limit=_PAGE, after=after):
        parties = {each for booking in page for each in (booking.customer_id, booking.provider_user_id)}
        await deps.personal.erase_mentions([booking.id for booking in page], parties)
        for booking in page:
            await _erase(deps, booking, party)
        notes = notes_without_words()
        await deps.personal.erase_notes([booking.id for booking in page], party, notes)
        cancelled = [booking.id for booking in page if booking.cancelled_by is party]
        await deps.personal.erase_reasons(cancelled, "cancel_reason")
        disputed = [booking.id for booking in page if booking.dispute and booking.dispute.opened_by is party]
        await deps.personal.erase_reasons(disputed, "dispute")
        after = (page[-1].slot.start_at, page[-1].id)
        if not deps.has_time():
            return _Place(place.step, after)
    return None


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
