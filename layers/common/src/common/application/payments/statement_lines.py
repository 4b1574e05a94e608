"""Which line of a booking's price each ledger line is about, and the tax in it, for statements."""

from collections.abc import Iterable, Mapping

from common.domain.bookings.booking import Booking
from common.domain.bookings.line_taxes import taxes_by_line
from common.domain.bookings.price_lines import PriceLine
from common.domain.payments.ledger import Account, LedgerLine
from common.domain.shared.model import Model

#: What moves the customer's money, which contains the tax.
_TAXED = frozenset({"capture", "refund", "refund_failed", "chargeback"})


class LineFacts(Model):
    """What a statement says of a ledger line beside its amount; ``tax`` is in minor units, signed like it."""

    line_id: str
    label: str
    quantity: int
    tax: int | None = None


def line_facts(lines: Iterable[LedgerLine], bookings: Mapping[str, Booking]) -> dict[str, LineFacts]:
    """The facts of the lines on the account of held money, by the ledger line's id.

    Entries of before the ledger named lines belong to the one line that their booking had. What was paid for an extra
    after it had lapsed, and goes back, belongs to none.

    Args:
        lines: whole entries.
        bookings: those of the lines, by id; lines of others have no facts.
    """
    entries: dict[str, list[tuple[LedgerLine, int]]] = {}
    for line in lines:
        booking = bookings.get(line.booking_id)
        position = _position(line, booking) if booking and line.account is Account.HELD else None
        if position is not None:
            entries.setdefault(line.entry_id, []).append((line, position))
    facts: dict[str, LineFacts] = {}
    for entry in entries.values():
        booking = bookings[entry[0][0].booking_id]
        taxes = _taxes(booking, entry) if entry[0][0].reason in _TAXED else {}
        for line, position in entry:
            facts[line.id] = _facts(booking, booking.price.lines[position], taxes.get(position))
    return facts


def _position(line: LedgerLine, booking: Booking) -> int | None:
    ids = [each.id for each in booking.price.lines]
    if line.price_line_id is None:
        return 0 if line.charge_id == booking.first_charge.id else None
    return ids.index(line.price_line_id) if line.price_line_id in ids else None


def _taxes(booking: Booking, entry: Iterable[tuple[LedgerLine, int]]) -> dict[int, int]:
    """The tax in each position's part of an entry, signed like the part."""
    parts = [0] * len(booking.price.lines)
    for line, position in entry:
        parts[position] += line.amount.amount
    sign = -1 if sum(parts) < 0 else 1
    found = taxes_by_line(booking.price, [sign * part for part in parts])
    return {position: sign * sum(each.amount.amount for each in taxes) for position, taxes in enumerate(found) if taxes}


def _facts(booking: Booking, line: PriceLine, tax: int | None) -> LineFacts:
    return LineFacts(line_id=line.id, label=booking.label_of(line), quantity=line.quantity, tax=tax)
