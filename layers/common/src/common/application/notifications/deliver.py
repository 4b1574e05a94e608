"""Delivering an event: a mail and an inbox entry for each person it concerns, once."""

from collections.abc import Mapping
from typing import Any

from common.application.auth.mail_links import prepare_mail
from common.application.notifications.booking_data import booking_data
from common.application.notifications.deps import DeliveryDeps
from common.application.ports.mail import MailRefused, MailStatus, RenderedMail
from common.domain.bookings import ActorKind, Booking
from common.domain.errors import Unavailable
from common.domain.events import Event
from common.domain.notifications import Channel, Notice, Notification, notices_of
from common.domain.users import User

_MAIL_REQUESTED = "mail.requested"
_LINK_REQUESTED = "mail.link_requested"


async def deliver_event(deps: DeliveryDeps, event: Event) -> None:
    """Tell everybody an event concerns.

    Safe to repeat: inbox entries have the event's id in theirs, and each mail is noted before it is sent. A crash
    between SES's acceptance and the note can repeat that one mail; it cannot lose one.

    Raises:
        Unavailable: the mail service or the database is away; deliver the event again.
        LookupError: a template is missing or lacks something; the event ends up with the dead letters.
    """
    if event.type == _MAIL_REQUESTED:
        await _send_requested(deps, event)
        return
    if event.type == _LINK_REQUESTED:
        await _send_link(deps, event)
        return
    notices = notices_of(event.type)
    booking = await deps.bookings.get(event.booking_id) if notices and event.booking_id else None
    if booking is None:
        return
    told = event.payload.get("recipients")
    customer = await deps.users.get(booking.customer_id)
    provider_user = await deps.users.get(booking.provider_user_id)
    provider = await deps.providers.get(booking.provider_id)
    data = booking_data(booking, event, customer, provider, deps.frontend_base_url)
    for notice in notices:
        user = customer if notice.part is ActorKind.CUSTOMER else provider_user
        if user is not None and (told is None or user.id in told):
            await _tell(deps, event, booking, notice, user, data)


async def _tell(
    deps: DeliveryDeps, event: Event, booking: Booking, notice: Notice, user: User, data: Mapping[str, Any]
) -> None:
    if user.deleted_at is not None:
        return
    mail = deps.renderer.render(notice.template, data)
    await deps.notifications.add(
        Notification(
            id=f"ntf_{event.id.removeprefix('evt_')}{notice.part[0]}",
            user_id=user.id,
            kind=notice.kind,
            type=event.type,
            title=mail.subject,
            body=mail.summary,
            booking_id=booking.id,
            created_at=event.created_at,
        )
    )
    if (await deps.preferences.get(user.id)).wants(notice.kind, Channel.EMAIL):
        await _send(deps, event, notice.template, user.email, mail, user.id)


async def _send_requested(deps: DeliveryDeps, event: Event) -> None:
    """A mail about the account itself: to a user, or to an address that has no account."""
    template = str(event.payload["template"])
    user_id = event.payload.get("to_user_id")
    user = await deps.users.get(str(user_id)) if user_id else None
    address = event.payload.get("to") or (user.email if user else None)
    if not address or (user is not None and user.deleted_at is not None):
        return
    data = {"frontend": deps.frontend_base_url, **dict(event.payload.get("data") or {})}
    mail = deps.renderer.render(template, data)
    await _send(deps, event, template, str(address), mail, user.id if user else None)


async def _send_link(deps: DeliveryDeps, event: Event) -> None:
    """A mail whose one-time link is made only now."""
    prepared = await prepare_mail(deps.links, event)
    if prepared is not None:
        mail = deps.renderer.render(prepared.template, prepared.data)
        await _send(deps, event, prepared.template, prepared.to, mail, None)


async def _send(
    deps: DeliveryDeps, event: Event, template: str, address: str, mail: RenderedMail, user_id: str | None
) -> None:
    mail_id = f"{event.id}:{template}:{user_id or 'address'}"
    if not await deps.mail_log.begin(mail_id, template=template, user_id=user_id, now=deps.clock.now()):
        return
    try:
        message_id = await deps.mailer.send(address, mail)
    except MailRefused:
        await deps.mail_log.end(mail_id, MailStatus.REFUSED, None, deps.clock.now())
        return
    except Unavailable:
        await deps.mail_log.forget(mail_id)
        raise
    await deps.mail_log.end(mail_id, MailStatus.SENT, message_id, deps.clock.now())
