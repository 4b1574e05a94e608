"""Reading and changing one's own account."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.application.identity.onboarding.addresses import country_of, locate_address
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.identity.present_account import present_account
from common.application.media.showing import PhotoUse, show_photos, usable_photos
from common.domain.identity.roles import Principal
from common.domain.identity.users import User
from common.domain.media.media import Purpose
from common.domain.media.photos import Photo
from common.domain.shared.phones import parse_phone

_AS_PICTURE = PhotoUse(purpose=Purpose.PROFILE_PICTURE, field="picture_media_id")


async def update_account(deps: OnboardingDeps, caller: Principal, changes: Mapping[str, Any]) -> User:
    """Change name, telephone number, address or picture; what is not named stays.

    Args:
        deps: ports.
        caller: whose account.
        changes: ``full_name``, ``phone_number`` and ``address`` as typed, those that change; and ``picture_media_id``,
            ``None`` for no picture any more.

    Raises:
        InvalidInput: the telephone number is not accepted, or the picture cannot be shown.
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
    if "picture_media_id" in changes:
        return await _with_picture(deps, caller.user_id, changes["picture_media_id"], fields)
    return await deps.users.update(caller.user_id, fields)


async def _with_picture(deps: OnboardingDeps, user_id: str, media_id: str | None, fields: Mapping[str, Any]) -> User:
    """Write the account with another picture, or with none, and let the one before go."""
    target, named = f"user:{user_id}", [media_id] if media_id else []
    after = await usable_photos(deps, user_id, named, target=target, **_AS_PICTURE)
    picture = after[0] if after else None

    async def write() -> User:
        return await deps.users.update(user_id, {**fields, "picture": picture})

    async def read_shown() -> Sequence[Photo]:
        stored = await deps.users.get(user_id)
        return [stored.picture] if stored and stored.picture else []

    return await show_photos(deps, user_id, write, read_shown=read_shown, after=after, target=target, **_AS_PICTURE)
