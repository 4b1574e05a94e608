"""The steps from a fresh account to a customer or an applicant. Each may be left and resumed, and done again.

Addresses are located and passwords hashed first, which takes time; what the account is by then is read again in the
transaction that writes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from common.application.identity.onboarding.addresses import country_of, locate_address, locate_workplace
from common.application.identity.onboarding.deps import OnboardingDeps
from common.application.identity.present_account import present_account
from common.application.identity.recent_sign_in import require_recent_sign_in
from common.application.identity.records import log_event, mail_event, publish
from common.application.identity.sessions import TokenPair, end_session, extend_session, open_session
from common.application.identity.terms import accepted_or_none, record_terms
from common.application.ports.catalogue.geocoding import Geocoder, Located
from common.application.shared.together import together
from common.domain.catalogue.providers import Provider
from common.domain.identity.clients import ClientInfo
from common.domain.identity.passwords import check_password
from common.domain.identity.roles import Principal, Role
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.sessions import Session
from common.domain.identity.users import Address, OnboardingStatus, ProviderStatus, User
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.search.places import zone_of
from common.domain.shared.errors import Conflict, StepOutOfOrder, Unauthenticated
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id
from common.domain.shared.phones import parse_phone

_WORKING_DAYS = range(5)
_UNKNOWN_CLIENT = ClientInfo()
_OPENS, _CLOSES = time(9), time(17)
_Locate = Callable[[Geocoder, str], Awaitable[tuple[Address, Located | None]]]


@dataclass(frozen=True)
class Profile:
    """What every person gives for a profile; who has nobody come to them may leave out the address."""

    full_name: str
    phone_number: str
    address: str | None = None


@dataclass(frozen=True)
class CompletedProfile:
    """The account after its profile was stored, the booking it continued with, and a new sign-in."""

    user: User
    booking: Any | None
    tokens: TokenPair


async def complete_profile(
    deps: OnboardingDeps,
    caller: Principal,
    profile: Profile,
    client: ClientInfo,
    *,
    password: str | None = None,
    booking_intent_id: str | None = None,
    accepted_terms_version: str | None = None,
) -> CompletedProfile:
    """Store name, telephone number and address, if given; a guest becomes a full account and goes on with the booking.

    The caller gets a fresh token pair: of the same sign-in, or of a new one that replaces a guest's.

    Raises:
        InvalidInput: the telephone number, the password or the terms' version is not accepted.
        Conflict: a password is given and the account has one (``password_exists``).
        Forbidden: a password is given and the sign-in is not recent (``recent_sign_in_required``).
        NotFound, SlotUnavailable: of the booking intent.
    """
    if password is not None:
        require_recent_sign_in(deps, caller)
    password_hash = await _new_password_hash(deps, caller, password) if password is not None else None
    terms = accepted_or_none(deps, accepted_terms_version, "profile")
    fields, _ = await _profile_fields(deps, profile, locate_address)
    fields["is_provisional"] = False
    if password_hash is not None:
        fields["requires_password_setup"] = False

    async def write() -> User:
        if terms is not None:
            await record_terms(deps, await present_account(deps.users, caller.user_id), terms, client)
        if password_hash is not None:
            await _refuse_second_password(deps, caller.user_id)
            await deps.credentials.set_password(caller.user_id, password_hash, deps.clock.now())
            await log_event(deps, SecurityEventType.PASSWORD_CHANGED, caller.user_id, client)
        return await deps.users.advance(
            caller.user_id, fields, step=OnboardingStatus.NOT_STARTED, next_step=OnboardingStatus.BASIC_COMPLETE
        )

    is_account_alone = terms is None and password_hash is None
    user, session = await together(
        write() if is_account_alone else deps.unit_of_work.run(write), deps.sessions.get(caller.session_id)
    )
    booking = None
    if booking_intent_id:
        booking = await deps.intents.complete(user, booking_intent_id)
        session = await deps.sessions.get(caller.session_id)  # Stripe has been asked meanwhile
    return CompletedProfile(user, booking, await _renew(deps, caller, user, client, session))


async def _renew(
    deps: OnboardingDeps, caller: Principal, user: User, client: ClientInfo, seen: Session | None
) -> TokenPair:
    """A fresh token pair: of the same sign-in, or of one that replaces a guest's.

    Args:
        deps: ports.
        caller: who asks.
        user: the account as it has been written.
        client: where the request comes from.
        seen: the sign-in as it was read at once with that, or after.
    """
    if not caller.is_provisional:
        known = seen if user.session_epoch == caller.epoch else None
        extended = await extend_session(deps, user, caller.session_id, known)
        if extended is None:
            raise Unauthenticated("This sign-in has ended.", code="session_ended")
        return extended

    async def end() -> bool:
        return await end_session(deps, user.id, caller.session_id, "renewed")

    if seen is None or not await deps.unit_of_work.run(end):
        raise Unauthenticated("This sign-in has ended.", code="session_ended")
    return await open_session(deps, user, client, "profile_completed", continues=seen)


async def _profile_fields(
    deps: OnboardingDeps, profile: Profile, locate: _Locate
) -> tuple[dict[str, Any], Located | None]:
    """What a profile sets on the account, and where its address is; without one the account's stays as it is."""
    fields: dict[str, Any] = {"full_name": profile.full_name, "updated_at": deps.clock.now()}
    if profile.address is None:
        return {**fields, "phone_number": parse_phone(profile.phone_number)}, None
    address, place = await locate(deps.geocoder, profile.address)
    phone_number = parse_phone(profile.phone_number, country=country_of(address))
    return {**fields, "phone_number": phone_number, "address": address}, place


async def _new_password_hash(deps: OnboardingDeps, caller: Principal, password: str) -> str:
    user = await present_account(deps.users, caller.user_id)
    accepted = check_password(password, email=user.email_key)
    await _refuse_second_password(deps, user.id)
    return await deps.passwords.hash(accepted)


async def _refuse_second_password(deps: OnboardingDeps, user_id: str) -> None:
    if await deps.credentials.find_password(user_id) is not None:
        raise Conflict("The account has a password; change it in the settings.", code="password_exists")


async def choose_path(deps: OnboardingDeps, caller: Principal, path: str) -> User:
    """Choose to continue as a customer or as a provider; a provider stays a customer, a customer may choose again."""
    now = deps.clock.now()
    return await deps.users.update(caller.user_id, {"onboarding_path": path, "updated_at": now})


async def apply_as_provider(
    deps: OnboardingDeps,
    caller: Principal,
    profile: Profile,
    trading_name: str,
    client: ClientInfo = _UNKNOWN_CLIENT,
    *,
    accepted_terms_version: str | None = None,
) -> tuple[User, Provider]:
    """Give a provider's details; this is the application, which a moderator decides on.

    Doing it again corrects the details; after a rejection it applies anew.

    Raises:
        StepOutOfOrder: the provider's path has not been chosen.
        InvalidInput: the telephone number or the terms' version is not accepted, or the address cannot be found
            (``unknown_address``) or is in another country than the platform's.
        Conflict: the address cannot be located now, and customers come to it (code ``provider_address_needed``).
        Forbidden: the terms in force have not been accepted, where that is required (``terms_not_accepted``).
    """
    terms = accepted_or_none(deps, accepted_terms_version, "provider")
    seen = await present_account(deps.users, caller.user_id)
    _require_providers_path(seen)
    deps.terms.require_of_provider([*seen.accepted_terms, *([terms] if terms else [])])
    now = deps.clock.now()
    fields, place = await _profile_fields(deps, profile, locate_workplace)
    deps.platform.require_provider_in(place.country if place else "")
    zone = zone_of(place.country if place else "", place.region if place else "")

    async def write() -> tuple[User, Provider, list[Event]]:
        user = await present_account(deps.users, caller.user_id)
        _require_providers_path(user)
        user = await record_terms(deps, user, terms, client)
        is_approved = user.provider_status is ProviderStatus.APPROVED
        status = ProviderStatus.APPROVED if is_approved else ProviderStatus.PENDING
        details = {"trading_name": trading_name, "address": fields["address"], "status": status}
        existing = await deps.providers.find_by_user(user.id)
        if existing is None:
            provider = Provider(
                id=new_id("prv", now),
                user_id=user.id,
                timezone=zone,
                availability=_office_hours(zone),
                created_at=now,
                updated_at=now,
                **details,
            )
            await deps.providers.insert(provider)
        else:
            provider = await deps.providers.update(existing.id, details, now=now)
            await _require_way_there(deps, provider)
        is_new_application = user.provider_status in {ProviderStatus.NOT_APPLIED, ProviderStatus.REJECTED}
        events = [mail_event(deps, "provider_applied", user.id, name=profile.full_name)] if is_new_application else []
        await deps.outbox.insert(events)
        changed = await deps.users.update(user.id, {**fields, **_as_applicant(user, provider)})
        return changed, provider, events

    user, provider, events = await deps.unit_of_work.run(write)
    await publish(deps, events)
    return user, provider


def _require_providers_path(user: User) -> None:
    if user.onboarding_path != "provider":
        raise StepOutOfOrder("Choose the provider's path first.", extra={"missing": ["path"]})


async def _require_way_there(deps: OnboardingDeps, provider: Provider) -> None:
    if not provider.address.is_located and await deps.services.is_any_done_at_provider(provider.id):
        message = "This address cannot be located, and you have services that customers come to. Pause them first."
        raise Conflict(message, code="provider_address_needed")


def _as_applicant(user: User, provider: Provider) -> dict[str, Any]:
    """What applying makes of the account as it is now."""
    roles = [*user.roles, *([] if Role.PROVIDER in user.roles else [Role.PROVIDER])]
    fields = {"provider_status": provider.status, "provider_id": provider.id, "roles": roles, "is_provisional": False}
    if user.onboarding_status is not OnboardingStatus.BILLING_SETUP_COMPLETE:
        fields["onboarding_status"] = OnboardingStatus.PROVIDER_ONBOARDING_COMPLETE
    return fields


def _office_hours(zone: str) -> Availability:
    """What a new provider's week looks like until it is edited: Monday to Friday, nine to five."""
    hours = [TimeRange(start=_OPENS, end=_CLOSES)]
    return Availability(timezone=zone, weekly=[WeeklyRule(weekday=day, ranges=hours) for day in _WORKING_DAYS])
