"""Reading and changing one's own account."""

from collections.abc import Mapping
from typing import Any

from common.application.identity.onboarding.addresses import country_of, locate_address
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.identity.present_account import present_account
from common.domain.identity.roles import Principal
from common.domain.identity.users import User
from common.domain.shared.phones import parse_phone


async def update_account(deps: OnboardingDeps, caller: Principal, changes: Mapping[str, str]) -> User:
    """Change name, telephone number or address; what is not named stays.

    Args:
        deps: ports.
        caller: whose account.
        changes: ``full_name``, ``phone_number`` and ``address`` as typed, those that change.

    Raises:
        InvalidInput: the telephone number is not accepted.
    """
    fields: dict[str, Any] = {"updated_at": deps.clock.now()}
    if "full_name" in changes:
        fields["full_name"] = changes["full_name"]
    if "address" in changes:
        fields["address"], _ = await locate_address(deps.geocoder, changes["address"])
    if "phone_number" in changes:
        address = fields.get("address") or (await present_account(deps.users, caller.user_id)).address
        fields["phone_number"] = parse_phone(changes["phone_number"], country=country_of(address) if address else "")
    if caller.is_provisional and {"full_name", "phone_number", "address"} <= fields.keys():
        fields["is_provisional"] = False
    return await deps.users.update(caller.user_id, fields)
