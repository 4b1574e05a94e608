"""Taking one's data along, and leaving for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.application.auth.deps import AuthDeps
from common.application.auth.records import log_event
from common.application.ports.catalogue import Providers
from common.application.ports.personal_data import PersonalData
from common.domain.errors import Conflict, NotFound
from common.domain.identity import ClientInfo, SecurityEventType
from common.domain.roles import Principal, Role
from common.domain.users import Address, User


@dataclass(frozen=True)
class LeavingDeps:
    """Ports of export and deletion."""

    auth: AuthDeps
    providers: Providers
    personal: PersonalData


async def export_account(deps: LeavingDeps, caller: Principal, client: ClientInfo) -> Mapping[str, Any]:
    """All that is held about the caller, by subject (GDPR articles 15, 20; NZ Privacy Act 2020, principle 6)."""
    user = await _account(deps, caller)
    found = await deps.personal.collect(user.id, user.provider_id)
    await log_event(deps.auth, SecurityEventType.EXPORTED, user.id, client, session_id=caller.session_id)
    return {"account": user.model_dump(mode="json", exclude={"email_key", "session_epoch"}), **found}


async def delete_account(deps: LeavingDeps, caller: Principal, client: ClientInfo) -> None:
    """Let the person go: the account can no longer be opened or recognised. Bookings and the ledger stay.

    Raises:
        Conflict: bookings are under way (``open_bookings``).
    """
    user = await _account(deps, caller)
    now = deps.auth.clock.now()

    async def write() -> None:
        if await deps.personal.has_open_bookings(user.id, user.provider_id):
            raise Conflict("Finish or cancel your bookings first.", code="open_bookings")
        await deps.auth.mail_tokens.remove_all(user.email_key)
        await deps.auth.registrations.remove_all(user.email_key)
        await log_event(deps.auth, SecurityEventType.DELETED, user.id, client, session_id=caller.session_id)
        await deps.personal.erase(user.id, user.provider_id, now)
        if user.provider_id is not None:
            nobody = {"trading_name": "Deleted provider", "bio": "", "address": Address(text=""), "is_listed": False}
            await deps.providers.update(user.provider_id, nobody, now=now)
        await deps.auth.users.update(
            user.id, {**_nobody(user), "deleted_at": now, "updated_at": now}, end_sessions=True
        )

    await deps.auth.unit_of_work.run(write)


def _nobody(user: User) -> dict[str, Any]:
    """An account's fields once its person is gone; the address is in a domain that never exists (RFC 2606)."""
    address = f"{user.id}@deleted.invalid"
    return {
        "email": address,
        "email_key": address,
        "full_name": "",
        "phone_number": None,
        "address": None,
        "stripe_customer_id": None,
        "roles": [Role.USER],
        "is_verified": False,
        "is_active": False,
        "is_oauth_registered": False,
    }


async def _account(deps: LeavingDeps, caller: Principal) -> User:
    user = await deps.auth.users.get(caller.user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user
