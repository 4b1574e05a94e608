"""Delivering an event: a mail, an inbox entry and a push message for each person it concerns, once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from common.application.bookings.rating_summaries import RATING_MODERATED
from common.application.identity.mail_links import prepare_mail
from common.application.notifications.booking_data import booking_data
from common.application.notifications.deps import DeliveryDeps
from common.application.notifications.dispatch import Message, dispatch, send_mail
from common.application.notifications.live import show_booking
from common.application.notifications.matching import deliver_matching
from common.application.notifications.operators import is_for_one, original, tell_operators
from common.application.notifications.reader_zone import zone_of_reader
from common.application.notifications.reports import deliver_report_event, is_about_report
from common.application.notifications.undeliverable import UNDELIVERABLE, note_undeliverable
from common.application.notifications.unread import check_unread
from common.application.ports.bookings.calendar_writer import Invitation
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.notifications import NOTIFICATIONS, RATINGS_READABLE
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.identity.users import User
from common.domain.matching.notifications import NOTIFICATIONS as OF_MATCHING
from common.domain.messaging.unread import UNREAD
from common.domain.moderation.ratings import held_rating_item
from common.domain.shared.display import local_time_text
from common.domain.shared.events import Event
from common.domain.shared.notification_kinds import Kind

_MAIL_REQUESTED = "mail.requested"
_LINK_REQUESTED = "mail.link_requested"
#: ``to_role`` of a requested mail that goes to everybody who works as an operator.
OPERATORS = "operator"


async def deliver_event(deps: DeliveryDeps, event: Event) -> None:
    """Notify everybody an event concerns.

    Safe to repeat: inbox entries have the event's id in theirs, and each mail is noted before it is sent. A crash
    between SES's acceptance and the note can repeat that one mail; it cannot lose one.

    Raises:
        Unavailable: the mail service or the database is unavailable; deliver the event again.
        LookupError: a template is missing or lacks something; the event ends up with the dead letters.
    """
    event = original(event)
    if event.type == _MAIL_REQUESTED:
        await _send_requested(deps, event)
    elif event.type == _LINK_REQUESTED:
        await _send_link(deps, event)
    elif event.type == UNDELIVERABLE:
        await note_undeliverable(deps, event)
    elif event.type == UNREAD:
        await check_unread(deps, event)
    elif event.type in OF_MATCHING:
        await deliver_matching(deps, event)
    elif is_about_report(event):
        await deliver_report_event(deps, event)
    else:
        await _deliver_booking_event(deps, event)


async def _deliver_booking_event(deps: DeliveryDeps, event: Event) -> None:
    notification = RATINGS_READABLE if event.type == RATING_MODERATED else NOTIFICATIONS.get(event.type)
    booking = await deps.bookings.get(event.booking_id) if notification and event.booking_id else None
    if booking is None or notification is None:
        return
    ratings = await deps.ratings.list_by_booking(booking.id) if notification.kind is Kind.RATINGS else []
    for each in ratings:
        if each.state is RatingState.HELD:
            await deps.moderation.report(held_rating_item(each, deps.clock.now()))
    if event.type == RATING_MODERATED and not (event.payload.get("was_held") and _all_are_decided(ratings)):
        return
    if not is_for_one(event):
        await show_booking(deps, event, booking, notification)
    customer = await deps.users.get(booking.customer_id)
    provider_user = await deps.users.get(booking.provider_user_id)
    provider = await deps.providers.get(booking.provider_id)
    parties = {ActorKind.CUSTOMER: customer, ActorKind.PROVIDER: provider_user}
    now = deps.clock.now()
    recipients = [ActorKind.OPERATOR] if is_for_one(event) else notification.recipients
    for recipient in recipients:
        data = booking_data(booking, event, recipient, customer, provider, deps.frontend_base_url, deps.settings, now)
        data = {**data, "ratings_note": _ratings_note(booking, ratings)}
        entry = _calendar_entry(deps, booking, recipient, now) if notification.changes_calendar else None
        message = Message(event, notification.kind, notification.template_for(recipient), data, str(data["url"]), entry)
        if recipient is ActorKind.PROVIDER and not booking.was_requested:
            continue
        if recipient is ActorKind.OPERATOR:
            await _dispatch_to_operators(deps, message)
        else:
            await _dispatch_to_party(deps, message, parties[recipient], recipient[0])


def _all_are_decided(ratings: Sequence[Rating]) -> bool:
    return all(rating.state is not RatingState.HELD for rating in ratings)


def _ratings_note(booking: Booking, ratings: Sequence[Rating]) -> str:
    """What can be read of the ratings now."""
    service, shown = booking.service.title, [each for each in ratings if each.state is RatingState.PUBLISHED]
    if not _all_are_decided(ratings):
        first = f"A rating of {service} can be read now, and one" if shown else f"A rating of {service}"
        return f"{first} is looked at by our team first; we tell you when that is done."
    if not shown:
        return f"There is no rating of {service} to read."
    if len(shown) == 1:
        return f"The rating of {service} can be read now."
    return f"Both sides have rated {service}; the ratings can be read now."


def _calendar_entry(
    deps: DeliveryDeps, booking: Booking, part: ActorKind, now: datetime
) -> Callable[[str], tuple[str, str]] | None:
    """What puts the booking into a party's calendar, or moves it there, or takes it away.

    The entry's identity and its sequence number, the booking's version, make a client replace what it has. What was
    never accepted was never in a calendar.
    """
    if part is ActorKind.OPERATOR or booking.accepted_at is None:
        return None
    shown = seen_by(booking, part, now, deps.settings)

    def entry(address: str) -> tuple[str, str]:
        is_cancelled = booking.status is BookingStatus.CANCELLED
        invitation = Invitation(organizer=deps.organizer, attendee=address, is_cancelled=is_cancelled)
        return invitation.method, deps.calendar_writer.write([shown], now, is_feed=True, invitation=invitation)

    return entry


async def _dispatch_to_party(deps: DeliveryDeps, message: Message, user: User | None, mark: str) -> None:
    """Notify a party, unless the event names others."""
    recipients = message.event.payload.get("recipients")
    if user is not None and (recipients is None or user.id in recipients):
        await dispatch(deps, message, user, mark)


async def _dispatch_to_operators(deps: DeliveryDeps, message: Message) -> None:
    if message.event.payload.get("notify_operators", True):

        async def tell(user: User) -> None:
            await dispatch(deps, message, user, f"o{user.id.removeprefix('usr_')}")

        await tell_operators(deps, message.event, tell)


async def _send_requested(deps: DeliveryDeps, event: Event) -> None:
    """A mail about the account itself, or to staff: to a user, to a role, or to an address that has no account."""
    template = str(event.payload["template"])
    data = {"frontend": deps.frontend_base_url, **dict(event.payload.get("data") or {})}
    if event.payload.get("to_role") == OPERATORS:

        async def tell(user: User) -> None:
            mail = deps.renderer.render(template, {**data, "reader": user.greeted_as})
            await send_mail(deps, event, template, user.email, mail, user.id)

        await tell_operators(deps, event, tell)
        return
    user_id = event.payload.get("to_user_id")
    user = await deps.users.get(str(user_id)) if user_id else None
    address = event.payload.get("to") or (user.email if user else None)
    if not address or (user is not None and user.deleted_at is not None):
        return
    data |= await _instants(deps, event, user)
    mail = deps.renderer.render(template, {**data, "reader": user.greeted_as if user else ""})
    await send_mail(deps, event, template, str(address), mail, user.id if user else None)


async def _instants(deps: DeliveryDeps, event: Event, user: User | None) -> Mapping[str, str]:
    """The instants of a requested mail as its reader's clock shows them."""
    names = event.payload.get("instants") or []
    if not names:
        return {}
    zone, data = await zone_of_reader(deps, user), event.payload["data"]
    return {name: local_time_text(datetime.fromisoformat(data[name]), zone) for name in names}


async def _send_link(deps: DeliveryDeps, event: Event) -> None:
    """A mail whose one-time link is made only now."""
    prepared = await prepare_mail(deps.links, event)
    if prepared is not None:
        mail = deps.renderer.render(prepared.template, prepared.data)
        await send_mail(deps, event, prepared.template, prepared.to, mail, None)
