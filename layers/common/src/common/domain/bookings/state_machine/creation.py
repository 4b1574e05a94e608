"""The first change of a booking: everything that is agreed at the moment of booking, as snapshots."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.domain.bookings.booking import (
    Actor,
    ActorKind,
    Booking,
    BookingChange,
    PaymentDetails,
    Place,
    PriceSnapshot,
    ServiceSnapshot,
    Slot,
)
from common.domain.bookings.charges import Charge
from common.domain.bookings.commission import agreed_commission
from common.domain.bookings.payment_plan import choose_payment_mode
from common.domain.bookings.policies import POLICIES
from common.domain.bookings.price_lines import LineKind, PriceLine, line_id
from common.domain.bookings.settings import BookingSettings
from common.domain.bookings.state_machine.checks import MAX_AHEAD
from common.domain.bookings.state_machine.claims import slot_claims
from common.domain.bookings.state_machine.context import Draft
from common.domain.bookings.state_machine.inputs import require_grid
from common.domain.bookings.state_machine.outcome import finalize, to_change
from common.domain.bookings.state_machine.transitions_payment import CREATE
from common.domain.bookings.state_machine.verdict import SlotVerdict
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.service_options import ChosenOption, PickedOption, minutes_with, pick_options
from common.domain.catalogue.services import CancellationPolicyName, Service, ServiceStatus
from common.domain.payments.currencies import charge_problem
from common.domain.payments.operations import PaymentMode, Purpose
from common.domain.payments.tax import tax_terms
from common.domain.scheduling.slot_limits import HoldLimit
from common.domain.shared.errors import Conflict, Forbidden, InvalidInput, TermsChanged
from common.domain.shared.ids import BOOKING_PREFIX, new_id
from common.domain.shared.money import Money

NOTES_LIMIT = 2_000
ACCESS_NOTES_LIMIT = 500
#: How long after the start that somebody wanted the work may begin, where a price has to be asked for first.
_QUOTE_WINDOW = timedelta(days=1)


@dataclass(frozen=True)
class AgreedLine:
    """A part of an agreed price: what people call it, and what it costs; a service's title by default."""

    amount: Money
    label: str = ""


@dataclass(frozen=True)
class Agreed:
    """What both sides have agreed to by an offer, in place of what the service says: the provider has accepted.

    Args:
        booking_id: the booking's id, which follows from the offer: there can be no second one.
        job_request_id: the request that was answered.
        offer_id: the offer.
        lines: the price, at least one line, all in one currency.
        minutes: length of the work.
        hold: how long the customer has to pay, at most until the start.
    """

    booking_id: str
    job_request_id: str
    offer_id: str
    lines: tuple[AgreedLine, ...]
    minutes: int
    hold: timedelta


@dataclass(frozen=True)
class NewBooking:
    """What a customer asks for.

    Args:
        customer_id: the account that books.
        start_at: an aware instant on the five-minute grid.
        place: where the work happens.
        notes: a word to the provider, at most 2000 characters.
        access_notes: how to get in, shown once the booking is accepted; at most 500 characters.
        options: what is added to the service.
        stripe_customer_id: the account's customer at Stripe, where it has one.
        payment_method_id: a saved card to pay with.
        idempotency_key: what makes a repeated request the same booking.
        expected_price: the price that the customer was shown; another one is refused.
        expected_policy: the cancellation policy that the customer was shown; likewise.
        replaces_claim_ids: the customer's own slot holds that this booking takes over.
        held_by: digest of the network address that books, where unpaid bookings of it are counted.
        agreed: what an offer says that both sides have agreed to; the booking is then accepted as soon as it is paid.
    """

    customer_id: str
    start_at: datetime
    place: Place
    notes: str = ""
    access_notes: str = ""
    options: tuple[ChosenOption, ...] = ()
    stripe_customer_id: str | None = None
    payment_method_id: str | None = None
    idempotency_key: str | None = None
    expected_price: Money | None = None
    expected_policy: CancellationPolicyName | None = None
    replaces_claim_ids: tuple[str, ...] = ()
    held_by: str | None = None
    agreed: Agreed | None = None


def create(
    new: NewBooking,
    service: Service,
    provider: Provider,
    verdict: SlotVerdict,
    now: datetime,
    settings: BookingSettings,
) -> BookingChange:
    """Decide a new booking: slot claimed, price and policy snapshotted, the first payment operation requested.

    Raises:
        Forbidden: one's own service (``own_service``).
        Conflict: the service is not on sale or needs a quote (``quote_required``, with the request to make for one), or
            the provider cannot be paid.
        TermsChanged: the price or the policy is not the one that the customer was shown.
        InvalidInput: a start that is naive, past, off the grid or too far ahead; notes that are too long; options that
            the service does not have, not so many of, or that take too long or cost too much together.
        SlotUnavailable: the verdict says so.
    """
    picked = pick_options(service.options, new.options)
    _check_new(new, now)
    lines = _lines(service, provider, _prices(new, service, provider, settings), picked, settings)
    total = Money(amount=sum(each.minor_units for each in lines), currency=lines[0].unit_amount.currency)
    _check_total(total)
    _check_terms(new, service, total)
    verdict.require()
    minutes = new.agreed.minutes if new.agreed else minutes_with(service.duration_minutes, picked)
    booking = _new_booking(new, service, provider, lines, minutes, now, settings)
    claims = slot_claims(booking, booking.slot, now)
    draft = Draft(booking.model_copy(update={"claim_id": claims[0].id}), now, limits=verdict.limits)
    draft = draft.claim(claims).free(new.replaces_claim_ids)
    authorize = booking.first_charge.mode is PaymentMode.AUTHORIZE_NOW
    purpose = Purpose.AUTHORIZE if authorize else Purpose.SAVE_CARD
    draft = draft.request(purpose, total.amount, booking.first_charge.id)
    actor = Actor(kind=ActorKind.CUSTOMER, id=new.customer_id)
    change = to_change(None, finalize(draft, settings), actor, CREATE.name, CREATE.note)
    return change.model_copy(update={"hold_limit": _hold_limit(new, provider, now, settings)})


def _hold_limit(new: NewBooking, provider: Provider, now: datetime, settings: BookingSettings) -> HoldLimit | None:
    if new.held_by is None:
        return None
    return HoldLimit(
        provider_id=provider.id,
        held_by=new.held_by,
        most=settings.holds_per_address,
        ends_at=now + settings.payment_hold,
    )


def _prices(new: NewBooking, service: Service, provider: Provider, settings: BookingSettings) -> tuple[AgreedLine, ...]:
    """What the work costs without options: the agreed price, or else the service's."""
    if new.customer_id == provider.user_id:
        raise Forbidden("You cannot book your own service.", code="own_service")
    if service.status is not ServiceStatus.ACTIVE or service.provider_id != provider.id:
        raise Conflict("This service cannot be booked now.", code="service_not_bookable")
    if not (provider.is_billable and provider.is_listed):
        raise Conflict("This provider cannot take bookings now.", code="provider_not_bookable")
    if new.agreed is not None:
        lines = new.agreed.lines
    else:
        price = service.total_price()
        if price is None or service.duration_minutes <= 0:
            raise _quote_required(new, service)
        lines = (AgreedLine(price),)
    total = Money(amount=sum(each.amount.amount for each in lines), currency=lines[0].amount.currency)
    if total.amount < settings.minimum_charge or charge_problem(total):
        raise Conflict("A card cannot be charged this price.", code="price_too_small")
    return lines


def _quote_required(new: NewBooking, service: Service) -> Conflict:
    """The refusal of what has no price of its own, with the request that asks its provider for one."""
    body: dict[str, Any] = {
        "service_id": service.id,
        "place_kind": new.place.kind.value,
        "window": {"start_at": new.start_at.isoformat(), "end_at": (new.start_at + _QUOTE_WINDOW).isoformat()},
    }
    if new.place.kind is PlaceKind.CUSTOMER:
        body["address"] = new.place.address
    if new.notes:
        body["description"] = new.notes
    ask = {"method": "POST", "path": "/v1/job-requests", "body": body}
    return Conflict(
        "This service has no fixed price; ask for a quote.", code="quote_required", extra={"job_request": ask}
    )


def _check_total(total: Money) -> None:
    """The service alone can be charged; with options it may be too much."""
    if problem := charge_problem(total):
        raise InvalidInput.of("options", problem, "not_chargeable")


def _check_terms(new: NewBooking, service: Service, total: Money) -> None:
    """What was shown is what is agreed; who names nothing takes the terms as they are."""
    same_price = new.expected_price in {None, total}
    if same_price and new.expected_policy in {None, service.cancellation_policy}:
        return
    present = {"price": total.model_dump(), "cancellation_policy": service.cancellation_policy.value}
    raise TermsChanged("The price or the cancellation policy has changed since you saw it.", extra=present)


def _check_new(new: NewBooking, now: datetime) -> None:
    try:
        require_grid(new.start_at)
    except ValueError as error:
        raise InvalidInput.of("start_at", str(error), "off_grid") from None
    if new.start_at <= now:
        raise InvalidInput.of("start_at", "The start has passed.", "past")
    if new.start_at > now + MAX_AHEAD:
        raise InvalidInput.of("start_at", "The start is too far ahead.", "too_far")
    if len(new.notes) > NOTES_LIMIT:
        raise InvalidInput.of("notes", f"At most {NOTES_LIMIT} characters.", "too_long")
    if len(new.access_notes) > ACCESS_NOTES_LIMIT:
        raise InvalidInput.of("access_notes", f"At most {ACCESS_NOTES_LIMIT} characters.", "too_long")


def _new_booking(
    new: NewBooking,
    service: Service,
    provider: Provider,
    lines: list[PriceLine],
    minutes: int,
    now: datetime,
    settings: BookingSettings,
) -> Booking:
    slot = _slot(new.start_at, minutes, provider)
    share, minimum = agreed_commission(settings, provider, service.category)
    return Booking(
        id=new.agreed.booking_id if new.agreed else new_id(BOOKING_PREFIX, now),
        customer_id=new.customer_id,
        provider_id=provider.id,
        provider_user_id=provider.user_id,
        service_id=service.id,
        resource_ids=service.resources(),
        status=CREATE.targets[0],
        service=ServiceSnapshot(
            title=service.title,
            category=service.category,
            duration_minutes=minutes,
            auto_accept=service.auto_accept or new.agreed is not None,
            provider_name=provider.trading_name,
        ),
        slot=slot,
        place=new.place,
        notes=new.notes,
        access_notes=new.access_notes,
        price=PriceSnapshot(
            lines=lines,
            commission_basis_points=share,
            commission_minimum=minimum,
        ),
        policy=POLICIES[service.cancellation_policy],
        payment_details=PaymentDetails(
            stripe_customer_id=new.stripe_customer_id,
            payment_method_id=new.payment_method_id,
        ),
        charges=[Charge(mode=choose_payment_mode(slot, now, settings), amount=sum(each.minor_units for each in lines))],
        start_code=f"{secrets.randbelow(1_000_000):06d}" if new.place.kind.is_in_person else "",
        hold_expires_at=min(now + new.agreed.hold, slot.start_at) if new.agreed else now + settings.payment_hold,
        held_by=new.held_by,
        idempotency_key=new.idempotency_key,
        job_request_id=new.agreed.job_request_id if new.agreed else None,
        offer_id=new.agreed.offer_id if new.agreed else None,
        created_at=now,
        updated_at=now,
    )


def _lines(
    service: Service,
    provider: Provider,
    prices: Sequence[AgreedLine],
    picked: Sequence[PickedOption],
    settings: BookingSettings,
) -> list[PriceLine]:
    """The service, in as many lines as were agreed, then its options as they were picked; all are taxed alike."""
    terms = tax_terms(
        prices[0].amount.currency,
        settings.tax_rules,
        provider_number=provider.tax_number,
        platform_number=settings.platform_tax_numbers.get(prices[0].amount.currency),
    )
    own = [
        PriceLine(
            id=line_id(position),
            kind=LineKind.SERVICE,
            label=each.label or service.title,
            unit_amount=each.amount,
            taxes=terms,
        )
        for position, each in enumerate(prices, start=1)
    ]
    options = [
        PriceLine(
            id=line_id(position),
            kind=LineKind.OPTION,
            label=each.option.label,
            quantity=each.quantity,
            unit_amount=each.option.price,
            taxes=terms,
            option_id=each.option.id,
        )
        for position, each in enumerate(picked, start=len(own) + 1)
    ]
    return [*own, *options]


def _slot(start_at: datetime, minutes: int, provider: Provider) -> Slot:
    """The interval in UTC with the provider's buffers and zone."""
    availability = provider.availability
    start = start_at.astimezone(UTC)
    return Slot(
        start_at=start,
        end_at=start + timedelta(minutes=minutes),
        timezone=availability.timezone if availability else provider.timezone,
        buffer_before_minutes=availability.buffer_before_minutes if availability else 0,
        buffer_after_minutes=availability.buffer_after_minutes if availability else 0,
    )
