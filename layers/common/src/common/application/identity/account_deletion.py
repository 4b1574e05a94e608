"""Exporting one's data, and deleting the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.application.identity.deps import AuthDeps
from common.application.identity.ended_sockets import ended_sockets
from common.application.identity.erasure import ACCOUNT_DELETED, ACCOUNT_LEFT
from common.application.identity.present_account import present_account
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import log_event, publish
from common.application.ports.catalogue.repositories import Providers
from common.application.ports.identity.personal_data import (
    ExportPage,
    ExportPlace,
    OpenMatter,
    PersonalData,
    PersonalExport,
)
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import Address, User
from common.domain.shared.errors import Conflict
from common.domain.shared.events import Event, Topic, new_event

#: Of a page of an export. Lambda answers 6 MB at most
#: (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), as JSON that
#: holds this one, escaped again.
_MOST_EXPORTED_BYTES = 3_000_000
#: Where a photograph's files lie is of no use to its owner; the rest is how we find an account, and end its tokens.
_NOT_EXPORTED: Any = {"email_key": True, "session_epoch": True, "picture": {"folder"}}
#: What a refusal names at most.
_MOST_MATTERS = 20


@dataclass(frozen=True)
class AccountDeletionDeps(AuthDeps):
    """Ports of export and deletion."""

    providers: Providers
    personal: PersonalData
    exports: PersonalExport


@dataclass(frozen=True)
class AccountExport:
    """The account, a page of what else is held about it, and where the rest begins."""

    account: Mapping[str, Any]
    page: ExportPage


async def export_account(
    deps: AccountDeletionDeps, caller: Principal, client: ClientInfo, after: ExportPlace | None = None
) -> AccountExport:
    """All that is held about the caller, by subject (GDPR articles 15, 20; NZ Privacy Act 2020, principle 6).

    Most accounts fit into the first page; of others, the pages together hold every row once.

    Args:
        deps: ports.
        caller: whose.
        client: for the log, which each page is noted in.
        after: where an earlier page ended.

    Raises:
        InvalidInput: there is no such place.
    """
    user = await present_account(deps.users, caller.user_id)
    page = await deps.exports.collect(user.id, user.provider_id, after=after, most_bytes=_MOST_EXPORTED_BYTES)
    await log_event(deps, SecurityEventType.EXPORTED, user.id, client, session_id=caller.session_id)
    return AccountExport(user.model_dump(mode="json", exclude=_NOT_EXPORTED), page)


async def delete_account(deps: AccountDeletionDeps, caller: Principal, client: ClientInfo) -> None:
    """Delete the account: it can no longer be opened or recognised. Bookings and the ledger stay.

    The account is gone when this returns, however much it holds: what opens it, what is sent to it and what others see
    of it go here. A worker then removes its rows by thousands, and erases the person from closed bookings, from what
    others were told, and at Stripe.

    Nobody can leave with a booking under way (which is anything before it is settled), with money on its way, or owing
    some: the answer names what is open, and nothing is scheduled behind anybody's back.

    Raises:
        Conflict: something is open (``open_bookings``); ``bookings`` names it.
        Forbidden: the sign-in is not recent (``recent_sign_in_required``).
    """
    require_recent_sign_in(deps, caller)
    now = deps.clock.now()

    async def write() -> list[Event]:
        user = await present_account(deps.users, caller.user_id)
        event = _deleted_event(user, now)
        matters = await deps.personal.open_matters(user.id, user.provider_id, limit=_MOST_MATTERS)
        if matters:
            raise _still_open(matters)
        await deps.mail_tokens.delete_by_address(user.email_key)
        await deps.mail_tokens.delete_by_user(user.id)
        await deps.registrations.delete_by_address(user.email_key)
        await log_event(deps, SecurityEventType.DELETED, user.id, client, session_id=caller.session_id)
        await deps.sessions.revoke_by_user(user.id, "deleted", now)
        events = [event, _left_event(user, now), *await ended_sockets(deps.sessions, user.id, now)]
        await deps.personal.close(user.id, user.provider_id, now)
        if user.provider_id is not None:
            nobody = {
                "trading_name": "Deleted provider",
                "bio": "",
                "address": Address(text=""),
                "picture": None,
                "is_listed": False,
                "deleted_at": now,
            }
            await deps.providers.update(user.provider_id, nobody, now=now)
        await deps.users.update(user.id, {**_nobody(user), "deleted_at": now, "updated_at": now}, end_sessions=True)
        await deps.outbox.insert(events)
        return events

    await publish(deps, await deps.unit_of_work.run(write))


def _deleted_event(user: User, now: datetime) -> Event:
    """What the worker needs; the address only where the customer at Stripe is not known, and blanked when sent."""
    customer_id = user.stripe_customer_id
    email = {} if customer_id else {"email": user.email}
    known = {"user_id": user.id, "provider_id": user.provider_id, "stripe_customer_id": customer_id}
    return new_event(Topic.PAYMENTS, ACCOUNT_DELETED, now, **known, **email)


def _left_event(user: User, now: datetime) -> Event:
    """What ends the person's job requests and offers."""
    return new_event(Topic.MATCHING, ACCOUNT_LEFT, now, user_id=user.id, provider_id=user.provider_id)


def _still_open(matters: Sequence[OpenMatter]) -> Conflict:
    named = [matter.model_dump(mode="json") for matter in matters]
    detail = "Finish or cancel your bookings first; those that are done close when they are settled."
    return Conflict(detail, code="open_bookings", extra={"bookings": named})


def _nobody(user: User) -> dict[str, Any]:
    """An account's fields once its person is gone; the address is in a domain that never exists (RFC 2606)."""
    address = f"{user.id}@deleted.invalid"
    return {
        "email": address,
        "email_key": address,
        "full_name": "",
        "phone_number": None,
        "address": None,
        "picture": None,
        "stripe_customer_id": None,
        "roles": [Role.USER],
        "is_verified": False,
        "is_active": False,
        "is_oauth_registered": False,
        "factor_kinds": [],
        "accepted_terms": [],
        "mail_problem": None,
    }
