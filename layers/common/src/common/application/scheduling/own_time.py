"""A provider takes time by hand: blocks it, or enters a booking that was taken on the telephone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.application.catalogue.deps import ProviderDeps
from common.application.catalogue.services import own_service
from common.domain.bookings.state_machine import MAX_AHEAD
from common.domain.catalogue.providers import Provider
from common.domain.scheduling.own_time import (
    LONGEST_BLOCK,
    LONGEST_MANUAL_BOOKING,
    MOST_BLOCKS,
    MOST_MANUAL_BOOKINGS,
    Block,
    ManualBooking,
    OwnTime,
    block_expiry,
    check_interval,
    manual_booking_expiry,
)
from common.domain.scheduling.slot_cells import SlotClaim
from common.domain.shared.errors import InvalidInput, NotFound, SlotUnavailable, VersionConflict
from common.domain.shared.ids import new_id
from common.domain.shared.phones import parse_phone

#: How much of what is in the way a refusal names.
_MOST_NAMED = 10
#: What a provider has taken without a booking, by the purpose of its claims: by hand, or for a quote of theirs.
_OWN_KINDS = {"block": "block", "manual": "manual_booking", "offer": "offer"}
#: How often a change without a version is decided anew where somebody was first.
_TRIES = 5


@dataclass(frozen=True)
class NewManualBooking:
    """What a provider enters: a service of theirs or a title, or both; without a duration it is the service's.

    Args:
        start_at: an aware instant on the five-minute grid.
        customer_name: who is coming or visited.
        service_id: a service of the provider's.
        title: what is done, the service's title by default.
        duration_minutes: length of the work.
        customer_phone_number: as people write it.
        notes: whatever the provider wants to remember.
    """

    start_at: datetime
    customer_name: str
    service_id: str | None = None
    title: str | None = None
    duration_minutes: int | None = None
    customer_phone_number: str | None = None
    notes: str = ""


async def add_block(deps: ProviderDeps, provider: Provider, start_at: datetime, end_at: datetime, reason: str) -> Block:
    """Take an interval of the provider's own time.

    Raises:
        InvalidInput: it is off the grid, over, longer than 31 days or too far ahead.
        SlotUnavailable: something takes some of it; ``in_the_way`` says what.
        Conflict: the provider has as many blocks as may be (``too_many``).
    """
    now = deps.clock.now()
    check_interval(start_at, end_at, now, longest=LONGEST_BLOCK, max_ahead=MAX_AHEAD, end_field="end_at")
    block = Block(
        id=new_id("blk", now),
        provider_id=provider.id,
        start_at=start_at.astimezone(UTC),
        end_at=end_at.astimezone(UTC),
        expires_at=block_expiry(end_at),
        created_at=now,
        updated_at=now,
        reason=reason,
    )
    try:
        await deps.blocks.insert(block, user_id=provider.user_id, most=MOST_BLOCKS)
    except SlotUnavailable as refused:
        raise await _with_reasons(deps, block, [provider.id], refused) from None
    return block


async def remove_block(deps: ProviderDeps, provider: Provider, block_id: str) -> None:
    """Give blocked time back.

    Raises:
        NotFound: the provider has no such block.
    """
    block = await deps.blocks.get(block_id)
    if block is None or block.provider_id != provider.id or not await deps.blocks.delete(block):
        raise NotFound("There is no such block.")


async def add_manual_booking(deps: ProviderDeps, provider: Provider, new: NewManualBooking) -> ManualBooking:
    """Enter a booking; hours, notice and limits are the provider's to pass over, but nothing is booked twice.

    Raises:
        InvalidInput: neither service nor title, no duration, no such telephone number, or a time that cannot be taken.
        NotFound: the provider has no such service.
        SlotUnavailable: something takes some of the time; ``in_the_way`` says what.
        Conflict: the provider has as many as may be (``too_many``).
    """
    now = deps.clock.now()
    service = await own_service(deps, provider, new.service_id) if new.service_id is not None else None
    title = new.title or (service.title if service else None)
    minutes = new.duration_minutes or (service.duration_minutes if service else None)
    if title is None:
        raise InvalidInput.of("title", "Give a service, or a title.", "missing")
    if minutes is None:
        raise InvalidInput.of("duration_minutes", "Give a service, or a duration.", "missing")
    end_at = new.start_at + timedelta(minutes=minutes)
    _check_manual(new.start_at, end_at, now)
    rules = provider.availability
    booking = ManualBooking(
        id=new_id("mbk", now),
        provider_id=provider.id,
        start_at=new.start_at.astimezone(UTC),
        end_at=end_at.astimezone(UTC),
        expires_at=manual_booking_expiry(end_at),
        created_at=now,
        updated_at=now,
        service_id=new.service_id,
        title=title,
        resource_ids=service.resources() if service else [provider.id],
        buffer_before_minutes=rules.buffer_before_minutes if rules else 0,
        buffer_after_minutes=rules.buffer_after_minutes if rules else 0,
        customer_name=new.customer_name,
        customer_phone_number=_phone(provider, new.customer_phone_number),
        notes=new.notes,
    )
    try:
        await deps.manual_bookings.insert(booking, user_id=provider.user_id, most=MOST_MANUAL_BOOKINGS)
    except SlotUnavailable as refused:
        raise await _with_reasons(deps, booking, booking.resource_ids, refused) from None
    return booking


async def own_manual_booking(deps: ProviderDeps, provider: Provider, booking_id: str) -> ManualBooking:
    """One of the provider's manual bookings.

    Raises:
        NotFound: the provider has no such one.
    """
    booking = await deps.manual_bookings.get(booking_id)
    if booking is None or booking.provider_id != provider.id:
        raise NotFound("There is no such manual booking.")
    return booking


async def update_manual_booking(
    deps: ProviderDeps, provider: Provider, booking_id: str, fields: Mapping[str, Any], *, expected: int | None
) -> ManualBooking:
    """Edit a manual booking, or move it: the old time is free when the new one is taken, and not before.

    Args:
        deps: ports.
        provider: whose it is.
        booking_id: which.
        fields: of ``NewManualBooking``, those that change; the service stays.
        expected: the version that was read, where it shall be refused if it is stale.

    Raises:
        NotFound: the provider has no such one.
        InvalidInput, SlotUnavailable: as for a new one.
        VersionConflict: it has changed meanwhile.
    """
    for attempt in range(_TRIES):
        stored = await own_manual_booking(deps, provider, booking_id)
        if expected is not None and expected != stored.version:
            break
        changed = _changed(stored, provider, fields, deps.clock.now())
        try:
            await deps.manual_bookings.save(changed, expected_version=stored.version)
        except SlotUnavailable as refused:
            raise await _with_reasons(deps, changed, changed.resource_ids, refused) from None
        except VersionConflict:
            if attempt == _TRIES - 1:
                raise
        else:
            return changed
    raise VersionConflict("The booking has changed since you read it.")


async def remove_manual_booking(deps: ProviderDeps, provider: Provider, booking_id: str) -> None:
    """Take a manual booking out, with its time and all it says of its customer.

    Raises:
        NotFound: the provider has no such one.
    """
    booking = await own_manual_booking(deps, provider, booking_id)
    if not await deps.manual_bookings.delete(booking):
        raise NotFound("There is no such manual booking.")


def _changed(stored: ManualBooking, provider: Provider, fields: Mapping[str, Any], now: datetime) -> ManualBooking:
    start_at = fields.get("start_at", stored.start_at).astimezone(UTC)
    end_at = start_at + timedelta(minutes=fields.get("duration_minutes", stored.duration_minutes))
    if (start_at, end_at) != (stored.start_at, stored.end_at):
        _check_manual(start_at, end_at, now)
    texts = {name: fields[name] for name in ("title", "customer_name", "notes") if name in fields}
    if "customer_phone_number" in fields:
        texts["customer_phone_number"] = _phone(provider, fields["customer_phone_number"])
    times = {"start_at": start_at, "end_at": end_at, "expires_at": manual_booking_expiry(end_at), "updated_at": now}
    return stored.model_copy(update={**texts, **times, "version": stored.version + 1})


def _check_manual(start_at: datetime, end_at: datetime, now: datetime) -> None:
    check_interval(
        start_at, end_at, now, longest=LONGEST_MANUAL_BOOKING, max_ahead=MAX_AHEAD, end_field="duration_minutes"
    )


def _phone(provider: Provider, text: str | None) -> str | None:
    return parse_phone(text, country=provider.address.country, field="customer_phone_number") if text else None


async def _with_reasons(
    deps: ProviderDeps, item: OwnTime, resource_ids: Sequence[str], refused: SlotUnavailable
) -> SlotUnavailable:
    """The refusal with what is in the way, as far as the provider may know of it."""
    wanted = item.claims()
    now = deps.clock.now()
    first, last = min(each.start_at for each in wanted), max(each.end_at for each in wanted)
    claims = await deps.bookings.list_claims(item.provider_id, resource_ids, first, last)
    in_the_way = {
        claim.booking_id: claim
        for claim in sorted(claims, key=lambda each: each.start_at)
        if claim.resource_id in resource_ids and claim.booking_id != item.id and claim.stands_at(now)
    }
    named = [await _named(deps, item.provider_id, claim) for claim in list(in_the_way.values())[:_MOST_NAMED]]
    return SlotUnavailable(refused.detail, extra={"in_the_way": named})


async def _named(deps: ProviderDeps, provider_id: str, claim: SlotClaim) -> dict[str, str]:
    """What takes a time. Of a guest's hold, or of a booking that is not paid for yet, a provider hears nothing more."""
    shown = {"start_at": claim.start_at.isoformat(), "end_at": claim.end_at.isoformat()}
    if claim.provider_id == provider_id and claim.purpose in _OWN_KINDS:
        return {"kind": _OWN_KINDS[claim.purpose], "id": claim.booking_id, **shown}
    booking = await deps.bookings.get(claim.booking_id) if claim.provider_id == provider_id else None
    if booking is None or not booking.was_requested:
        return {"kind": "hold", **shown}
    return {"kind": "booking", "id": booking.id, **shown}
