"""Making the links in identity mails: what the notifications worker does just before it sends.

Here, away from the caller, it is looked up whether an address has an account; and here the code is made, so that no
code ever rests in the outbox, a queue or a dead-letter queue. Only its digest is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.application.ports.identity.accounts import MailTokens, Registrations, Users
from common.application.ports.shared.clock import Clock
from common.domain.identity.mailed_codes import MAIL_LIFETIMES, MailPurpose, MailToken
from common.domain.shared.display import duration_text
from common.domain.shared.emails import EmailAddress, parse_email
from common.domain.shared.events import Event
from common.domain.shared.opaque_tokens import digest, new_token

_PATHS = {
    MailPurpose.VERIFY_EMAIL: "verify-email",
    MailPurpose.RESET_PASSWORD: "reset-password",
    MailPurpose.SIGN_IN: "sign-in",
    MailPurpose.CHANGE_EMAIL: "confirm-email",
}


@dataclass(frozen=True)
class LinkDeps:
    """What making a link needs."""

    clock: Clock
    users: Users
    registrations: Registrations
    mail_tokens: MailTokens
    frontend_base_url: str


@dataclass(frozen=True)
class LinkMail:
    """A mail that is ready to be rendered.

    Args:
        template: its name.
        to: the address.
        data: the template's variables; ``link`` holds the code.
    """

    template: str
    to: str
    data: Mapping[str, Any]


async def prepare_mail(deps: LinkDeps, event: Event) -> LinkMail | None:
    """Turn a ``mail.link_requested`` event into a mail; ``None`` where there is nothing to send.

    Repeating it for the same event makes a second code and leaves the first valid.
    """
    address = parse_email(str(event.payload["email"]))
    purpose = MailPurpose(event.payload["purpose"])
    if purpose is MailPurpose.VERIFY_EMAIL:
        return await _verification(deps, event, address)
    if purpose is MailPurpose.CHANGE_EMAIL:
        return await _change(deps, event, address)
    user = await deps.users.find_by_email_key(address.key)
    if user is None or not user.is_usable:
        return None
    intent = event.payload.get("booking_intent_id")
    link = await _link(deps, event, address, purpose, user_id=user.id, booking_intent_id=intent)
    data = {"link": link, "lifetime": _lifetime(purpose)}
    if purpose is MailPurpose.RESET_PASSWORD or intent is None:
        template = "reset_password" if purpose is MailPurpose.RESET_PASSWORD else "sign_in"
        return LinkMail(template, user.email, {**data, "reader": user.greeted_as})
    booked = {
        **data,
        "service": event.payload.get("service", "your service"),
        "when": event.payload.get("when", "at the time you chose"),
        "kept_until": event.payload.get("kept_until", "a little later"),
    }
    return LinkMail("booking_intent", user.email, booked)


async def _verification(deps: LinkDeps, event: Event, address: EmailAddress) -> LinkMail | None:
    """The link of a registration; an address with an account is told so instead."""
    purpose = MailPurpose.VERIFY_EMAIL
    user = await deps.users.find_by_email_key(address.key)
    waiting = await deps.registrations.list_by_address(address.key, deps.clock.now())
    wanted = event.payload.get("registration_id")
    if user is not None and user.is_verified:
        links = {
            "link": f"{deps.frontend_base_url}/forgot-password",
            "sign_in_link": f"{deps.frontend_base_url}/sign-in",
        }
        return LinkMail("account_exists", user.email, links) if wanted and user.is_active else None
    if wanted is None and len(waiting) > 1:
        return await _verification_without_password(deps, event, address)
    chosen = next((each for each in waiting if wanted in {None, each.id}), None)
    if chosen is None:
        return None
    link = await _link(deps, event, address, purpose, registration_id=chosen.id)
    data = {"link": link, "discard_link": f"{link}&discard_password=true", "lifetime": _lifetime(purpose)}
    return LinkMail("verify_email", chosen.email, data)


async def _change(deps: LinkDeps, event: Event, address: EmailAddress) -> LinkMail | None:
    """The code for a new address; one that has an account is told so instead, which the one who asked never learns."""
    user = await deps.users.get(str(event.payload["user_id"]))
    if user is None or not user.is_usable:
        return None
    owner = await deps.users.find_by_email_key(address.key)
    if owner is not None and owner.id != user.id:
        links = {"link": f"{deps.frontend_base_url}/sign-in"}
        return LinkMail("email_taken", owner.email, links) if owner.is_active else None
    purpose = MailPurpose.CHANGE_EMAIL
    link = await _link(deps, event, address, purpose, user_id=user.id)
    return LinkMail("confirm_email", address.text, {"link": link, "lifetime": _lifetime(purpose)})


async def _verification_without_password(deps: LinkDeps, event: Event, address: EmailAddress) -> LinkMail:
    """Several people may have registered the address: a link of none of them; each browser brings its own."""
    purpose = MailPurpose.VERIFY_EMAIL
    link = await _link(deps, event, address, purpose)
    return LinkMail("verify_email", address.text, {"link": link, "discard_link": link, "lifetime": _lifetime(purpose)})


async def _link(
    deps: LinkDeps,
    event: Event,
    address: EmailAddress,
    purpose: MailPurpose,
    *,
    user_id: str | None = None,
    registration_id: str | None = None,
    booking_intent_id: str | None = None,
) -> str:
    token = new_token()
    now = deps.clock.now()
    await deps.mail_tokens.insert(
        MailToken(
            id=digest(token),
            purpose=purpose,
            email=address.text,
            email_key=address.key,
            event_id=event.id,
            user_id=user_id,
            registration_id=registration_id,
            booking_intent_id=booking_intent_id,
            created_at=now,
            expires_at=now + MAIL_LIFETIMES[purpose],
        )
    )
    return f"{deps.frontend_base_url}/{_PATHS[purpose]}?token={token}"


def _lifetime(purpose: MailPurpose) -> str:
    return duration_text(MAIL_LIFETIMES[purpose])
