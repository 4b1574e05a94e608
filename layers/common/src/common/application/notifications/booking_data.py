"""What the templates of a booking's mails may show."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.domain.bookings.booking import ActorKind, Booking, Place
from common.domain.bookings.charges import net_paid
from common.domain.bookings.disclosure import given_name, is_disclosed, seen_by
from common.domain.bookings.line_taxes import platform_taxes, receipt_taxes
from common.domain.bookings.price_lines import LineKind, PriceLine
from common.domain.bookings.settings import BookingSettings
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.identity.users import User
from common.domain.payments.decline_advice import decline_advice
from common.domain.payments.tax import TaxLine
from common.domain.shared.display import duration_text, local_time_text, money_text, share_text
from common.domain.shared.events import Event
from common.domain.shared.money import Money


def booking_data(
    booking: Booking,
    event: Event,
    part: ActorKind,
    customer: User | None,
    provider: Provider | None,
    frontend_base_url: str,
    settings: BookingSettings,
    now: datetime,
) -> Mapping[str, Any]:
    """Everything that a template may show, as text; instants read on the provider's clock, where the work is.

    Args:
        booking: as stored now.
        event: what happened.
        part: who reads it; a provider sees of the customer what ``common.domain.bookings.disclosure`` says.
        customer: who booked, where the account is still there.
        provider: who works, likewise.
        frontend_base_url: where links lead.
        settings: windows and limits that texts name.
        now: the present instant.
    """
    customer_name = _name(customer)
    if part is ActorKind.PROVIDER and not is_disclosed(booking, now, settings):
        customer_name = given_name(customer_name) if customer and customer.full_name else customer_name
    seen = seen_by(booking, part, now, settings)
    place = seen.place
    provider_name = provider.trading_name if provider else "the provider"
    absent = booking.no_show.absent if booking.no_show else None
    return {
        "booking_id": booking.id,
        "service": booking.service.title,
        "customer": customer_name,
        "provider": provider_name,
        "when": local_time_text(booking.slot.start_at, booking.slot.timezone),
        "place_kind": place.kind.value,
        "place": _place(place, part),
        "online_link": place.online_link or "",
        "start_code": booking.start_code,
        "step": str(event.payload.get("purpose") or "payment").replace("_", " "),
        "problem": (booking.payment_details.last_error_code or "none given").replace("_", " "),
        "url": f"{frontend_base_url}/bookings/{booking.id}",
        "search_url": f"{frontend_base_url}/search",
        "payouts_url": f"{frontend_base_url}/onboarding/billing",
        "preferences_url": f"{frontend_base_url}/account/notifications",
        "notes": seen.notes,
        "is_absent": absent is part,
        "absent": "you" if absent is part else provider_name if absent is ActorKind.PROVIDER else customer_name,
        "by": _by(booking, part, customer_name, provider_name),
        **_times(booking, event),
        **_deadlines(booking, settings),
        **_amounts(booking, event, part),
    }


def _place(place: Place, part: ActorKind) -> str:
    """Where it is, as this part may know it."""
    if place.kind is PlaceKind.ONLINE:
        return "online"
    return place.address or f"shown to you once {'you accept' if part is ActorKind.PROVIDER else 'it is accepted'}"


def _times(booking: Booking, event: Event) -> Mapping[str, str]:
    zone, no_show = booking.slot.timezone, booking.no_show

    def instant(member: str) -> str:
        at = event.payload.get(member)
        return local_time_text(datetime.fromisoformat(str(at)), zone) if at else ""

    return {
        "accept_by": local_time_text(booking.accept_by, zone) if booking.accept_by else "the deadline",
        "proposed_when": instant("proposed_start_at"),
        "proposal_expires": instant("proposal_expires_at"),
        "contest_until": local_time_text(no_show.contest_until, zone) if no_show else "",
    }


def _deadlines(booking: Booking, settings: BookingSettings) -> Mapping[str, str]:
    """What follows from the settings, as instants and durations that people can act on."""
    slot = booking.slot
    instants = {
        "pay_by": booking.hold_expires_at or slot.start_at - settings.payment_default_before_start,
        "report_until": slot.end_at + settings.dispute_after_end,
        "paid_out_from": slot.end_at + settings.settle_after,
    }
    texts = {name: local_time_text(at, slot.timezone) for name, at in instants.items()}
    return {**texts, "retry_after": duration_text(settings.payment_retry_after)}


def _amounts(booking: Booking, event: Event, part: ActorKind) -> Mapping[str, Any]:
    details, currency = booking.payment_details, booking.price.total.currency

    def text(amount: int) -> str:
        return money_text(Money(amount=amount, currency=currency))

    moved = int(event.payload.get("amount") or 0)
    paid = net_paid(booking)
    return {
        "price": money_text(booking.price.total),
        "options": ", ".join(_line_text(booking, line) for line in booking.price.lines if line.kind is LineKind.OPTION),
        "extra": str(event.payload.get("extra_label") or "an extra"),
        "extra_amount": text(int(event.payload.get("extra_amount") or 0)),
        "amount": text(moved),
        "paid": text(moved or booking.captured_amount),
        "refunded": text(moved or booking.refunded_amount),
        "receipt_lines": receipt_lines(booking, moved, event.payload.get("charge_id")),
        "commission_lines": commission_lines(booking),
        "advice": decline_advice(details.last_error_code),
        "refund_note": _refund_note(booking, part, text(details.due_amount or 0), text(paid)),
    }


def receipt_lines(booking: Booking, paid: int, charge_id: str | None = None) -> list[str]:
    """The lines of a receipt: what was sold, what was paid, and the tax in it where the provider is registered.

    Args:
        booking: with the agreed price.
        paid: what was charged, in minor units; less than the price where a fee or a part was charged.
        charge_id: the charge that was paid, for the lines that it pays for; all lines without.
    """
    total = Money(amount=paid, currency=booking.price.total.currency)
    sold = booking.price.lines if charge_id is None else booking.lines_of(charge_id)
    lines = [f"{_line_text(booking, line)}: {money_text(line.amount)}" for line in sold]
    taxes = receipt_taxes(booking.price.model_copy(update={"lines": sold}), paid) if sold else []
    return [*lines, f"Charged: {money_text(total)}", *_tax_texts(taxes)]


def commission_lines(booking: Booking) -> list[str]:
    """The lines of our invoice to the provider: the commission, and the tax in it where the platform is registered."""
    commission = Money(amount=booking.commission_amount, currency=booking.price.total.currency)
    taxes = platform_taxes(booking.price, commission.amount)
    return [f"Our commission: {money_text(commission)}", *_tax_texts(taxes)]


def _line_text(booking: Booking, line: PriceLine) -> str:
    """A line of the price as people say it: a quantity other than one goes before its label."""
    label = booking.label_of(line)
    return label if line.quantity == 1 else f"{line.quantity} \N{MULTIPLICATION SIGN} {label}"


def _tax_texts(lines: Sequence[TaxLine]) -> list[str]:
    return [
        f"Includes {line.name} {share_text(line.basis_points)} (number {line.tax_number}): {money_text(line.amount)}"
        for line in lines
    ]


def _refund_note(booking: Booking, part: ActorKind, due: str, paid: str) -> str:
    """What the customer pays in the end, as they read it or as others do."""
    is_theirs, details = part is ActorKind.CUSTOMER, booking.payment_details
    card = "your card" if is_theirs else "their card"
    if details.due_amount is None:
        return f"So far {'you have' if is_theirs else 'the customer has'} paid {paid}."
    if details.due_amount == 0:
        return (
            f"{'You are' if is_theirs else 'The customer is'} not charged; what was held or paid goes back to {card}."
        )
    return f"{'You pay' if is_theirs else 'The customer pays'} {due}; everything else goes back to {card}."


def _by(booking: Booking, part: ActorKind, customer: str, provider: str) -> str:
    if booking.cancelled_by is part and part is not ActorKind.OPERATOR:
        return " by you"
    names = {ActorKind.CUSTOMER: customer, ActorKind.PROVIDER: provider, ActorKind.OPERATOR: "our team"}
    name = names.get(booking.cancelled_by) if booking.cancelled_by else None
    return f" by {name}" if name else ""


def _name(user: User | None) -> str:
    return user.full_name if user is not None and user.full_name else "the customer"
