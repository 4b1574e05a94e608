"""Statements of a provider and of a booking, as figures and as CSV, for an accountant."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from common.application.payments.deps import PaymentDeps
from common.application.payments.statement_lines import LineFacts, line_facts
from common.application.shared.booking_access import find_booking
from common.domain.bookings.booking import Booking
from common.domain.identity.roles import Principal
from common.domain.payments.ledger import LedgerLine
from common.domain.shared.csv_cells import cell
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.model import Model
from common.domain.shared.money import exponent

_LONGEST = timedelta(days=366)
_BATCH = 5_000
#: A part's size: Lambda answers with at most 6 MB
#: (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), and JSON adds to what it wraps.
_MOST_LINES = 20_000
_MOST_BYTES = 4_500_000
_COLUMNS = (
    *("at_utc", "booking_id", "entry_id", "account", "reason", "amount", "currency", "stripe_id"),
    *("line_id", "line", "quantity", "tax"),
)
#: Reasons of ledger entries on the account of held money, by the name of their figure.
_REASONS = {
    "capture": "sales",
    "refund": "refunds",
    "refund_failed": "refunds",
    "chargeback": "chargebacks",
    "commission": "commission",
    "transfer": "paid_out",
    "reversal": "taken_back",
    "debt": "debt",
    "set_off": "set_off",
}
#: What adds to the held money.
_CREDITED = frozenset({"sales", "taken_back", "debt"})


class Statement(Model):
    """What a period brought a provider in one currency, in minor units; the parts sum to ``held``.

    ``sales`` is what customers paid, ``debt`` what the provider came to owe, ``set_off`` what of their share paid such
    debts, ``held`` what of the period's money was with the platform at its end: owed to the provider, or back to the
    customer. ``refunds`` are without those that came back.
    """

    currency: str
    sales: int = 0
    refunds: int = 0
    chargebacks: int = 0
    commission: int = 0
    paid_out: int = 0
    taken_back: int = 0
    debt: int = 0
    set_off: int = 0
    held: int = 0


class StatementPart(NamedTuple):
    """Lines of a statement as CSV with a header row; ``after`` is (instant, id) of the last where more follow."""

    text: str
    after: tuple[datetime, str] | None


async def provider_summary(
    deps: PaymentDeps, caller: Principal, since: datetime, before: datetime
) -> Sequence[Statement]:
    """The caller's figures of a period, one for each currency.

    Raises:
        Forbidden: the caller is no provider.
        InvalidInput: the period is empty or longer than a year.
    """
    provider_id = _provider_of(caller)
    _check_period(since, before)
    sums = await deps.ledger.sum_by_reason(provider_id, since=since, before=before)
    return [_statement(currency, by_reason) for currency, by_reason in sorted(sums.items())]


async def own_statement(
    deps: PaymentDeps, caller: Principal, since: datetime, before: datetime, after: tuple[datetime, str] | None = None
) -> StatementPart:
    """The caller's ledger lines of a period as CSV (see ``provider_statement``).

    Raises:
        Forbidden: the caller is no provider.
        InvalidInput: the period is empty or longer than a year.
    """
    return await provider_statement(deps, _provider_of(caller), since, before, after)


async def booking_statement(deps: PaymentDeps, caller: Principal, booking_id: str) -> str:
    """A booking's ledger lines as CSV, for its parties and operators.

    Raises:
        NotFound: there is no such booking, or it is none of the caller's business.
    """
    booking, _ = await find_booking(deps, caller, booking_id)
    return to_csv(await deps.ledger.list_by_booking(booking.id), {booking.id: booking})


async def provider_statement(
    deps: PaymentDeps, provider_id: str, since: datetime, before: datetime, after: tuple[datetime, str] | None = None
) -> StatementPart:
    """A provider's ledger lines of a period as CSV, oldest first, amounts in main units with the currency's digits.

    What is too much for one answer comes in parts, which end between two instants, so that each has whole entries.

    Args:
        deps: ports.
        provider_id: whose lines.
        since: the first instant of the period.
        before: the first instant after it.
        after: where the part before ended.

    Raises:
        InvalidInput: the period is empty or longer than a year.
    """
    _check_period(since, before)
    part, waiting = _Part(), list[LedgerLine]()
    while True:
        page = await deps.ledger.list_by_provider(provider_id, since=since, before=before, limit=_BATCH, after=after)
        waiting, is_last = [*waiting, *page], len(page) < _BATCH
        ready = waiting if is_last else _whole_entries(waiting)
        bookings = await deps.bookings.get_many(sorted({line.booking_id for line in ready}))
        for line, row in zip(ready, _rows(ready, bookings), strict=True):
            if not part.add(line, row):
                return part.cut()
        if is_last:
            return StatementPart(part.text(), None)
        waiting, after = waiting[len(ready) :], (page[-1].at, page[-1].id)


def _whole_entries(lines: Sequence[LedgerLine]) -> Sequence[LedgerLine]:
    """The lines before the last instant, more of which may follow; all of them where there is only that one."""
    return [line for line in lines if line.at < lines[-1].at] or lines


class _Part:
    """Rows of CSV up to the size of an answer."""

    def __init__(self) -> None:
        self._rows = [_csv_row(_COLUMNS)]
        self._bytes = 0
        self._last: LedgerLine | None = None
        self._end: tuple[int, LedgerLine] | None = None

    def add(self, line: LedgerLine, row: str) -> bool:
        """Add a line's row; ``False`` where it does not fit any more."""
        if self._last is not None and self._last.at < line.at:
            self._end = len(self._rows), self._last
        self._bytes += len(row.encode())
        if self._last is not None and (len(self._rows) > _MOST_LINES or self._bytes > _MOST_BYTES):
            return False
        self._rows.append(row)
        self._last = line
        return True

    def cut(self) -> StatementPart:
        """What there is up to the last whole instant; up to the last line where all are of one."""
        rows, line = self._end or (len(self._rows), self._last)
        return StatementPart("".join(self._rows[:rows]), (line.at, line.id) if line else None)

    def text(self) -> str:
        """All rows."""
        return "".join(self._rows)


def _provider_of(caller: Principal) -> str:
    if caller.provider_id is None:
        raise Forbidden("Only a provider has statements.")
    return caller.provider_id


def _check_period(since: datetime, before: datetime) -> None:
    if before <= since:
        raise InvalidInput.of("to", "The end must come after the start.", "invalid_period")
    if before > since + _LONGEST:
        raise InvalidInput.of("to", "Ask for a period of at most a year.", "invalid_period")


def _statement(currency: str, by_reason: Mapping[str, int]) -> Statement:
    """The figures behind the lines of the account of held money, whose credits are negative."""
    amounts = dict.fromkeys(_REASONS.values(), 0)
    for reason, name in _REASONS.items():
        amounts[name] += by_reason.get(reason, 0) * (-1 if name in _CREDITED else 1)
    return Statement(currency=currency, held=-sum(by_reason.values()), **amounts)


def to_csv(lines: Sequence[LedgerLine], bookings: Mapping[str, Booking] | None = None) -> str:
    """Ledger lines as CSV (RFC 4180) with a header row; those of held money say which line of the price they are about.

    ``tax`` is what is contained in the amount of money that a customer paid or got back.
    Instants are in UTC and written so that spreadsheets take them for dates; a ``T`` or a ``Z`` makes them text.
    """
    return "".join([_csv_row(_COLUMNS), *_rows(lines, bookings or {})])


def _rows(lines: Sequence[LedgerLine], bookings: Mapping[str, Booking]) -> Iterator[str]:
    facts = line_facts(lines, bookings)
    return (_csv_row((*_row(line), *_facts_row(line, facts.get(line.id)))) for line in lines)


class _Returned:
    """A file that gives back what is written; a CSV writer's ``writerow`` returns it."""

    def write(self, text: str) -> str:
        return text


_WRITER = csv.writer(_Returned())


def _csv_row(values: Sequence[str]) -> str:
    return str(_WRITER.writerow(values))


def _facts_row(line: LedgerLine, facts: LineFacts | None) -> tuple[str, ...]:
    if facts is None:
        return ("", "", "", "")
    tax = "" if facts.tax is None else decimal_text(facts.tax, line.amount.currency)
    return (facts.line_id, cell(facts.label), str(facts.quantity), tax)


def _row(line: LedgerLine) -> tuple[str, ...]:
    at = line.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    amount = decimal_text(line.amount.amount, line.amount.currency)
    currency = line.amount.currency.upper()
    before = (line.booking_id, line.entry_id, line.account, line.reason)
    return (at, *map(cell, before), amount, currency, cell(line.stripe_id or ""))


def decimal_text(amount: int, currency: str) -> str:
    """Minor units as a decimal number with the currency's digits: ``-12.50``, ``1500`` for JPY."""
    digits = exponent(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"
