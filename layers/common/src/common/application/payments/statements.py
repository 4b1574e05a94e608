"""Statements of a provider and of a booking, as figures and as CSV, for an accountant."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from common.application.payments.deps import PaymentDeps
from common.application.payments.statement_lines import LineFacts, line_facts
from common.application.shared.booking_access import find_booking
from common.domain.bookings.booking import Booking
from common.domain.identity.roles import Principal
from common.domain.payments.ledger import LedgerLine
from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.model import Model
from common.domain.shared.money import exponent

_LONGEST = timedelta(days=366)
_BATCH = 500
#: More lines than a year of one provider has; a longer statement is asked for in parts.
_MOST_LINES = 20_000
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
#: Spreadsheets take a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


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


async def own_statement(deps: PaymentDeps, caller: Principal, since: datetime, before: datetime) -> str:
    """The caller's ledger lines of a period as CSV.

    Raises:
        Forbidden: the caller is no provider.
        InvalidInput: the period is empty, longer than a year, or holds too many lines.
    """
    return await provider_statement(deps, _provider_of(caller), since, before)


async def booking_statement(deps: PaymentDeps, caller: Principal, booking_id: str) -> str:
    """A booking's ledger lines as CSV, for its parties and operators.

    Raises:
        NotFound: there is no such booking, or it is none of the caller's business.
    """
    booking, _ = await find_booking(deps, caller, booking_id)
    return to_csv(await deps.ledger.list_by_booking(booking.id), {booking.id: booking})


async def provider_statement(deps: PaymentDeps, provider_id: str, since: datetime, before: datetime) -> str:
    """A provider's ledger lines of a period as CSV, oldest first, amounts in main units with the currency's digits.

    Raises:
        InvalidInput: the period is empty, longer than a year, or holds too many lines.
    """
    _check_period(since, before)
    lines: list[LedgerLine] = []
    bookings: dict[str, Booking] = {}
    after: str | None = None
    while len(lines) <= _MOST_LINES:
        page = await deps.ledger.list_by_provider(provider_id, since=since, before=before, limit=_BATCH, after=after)
        lines.extend(page)
        bookings |= await deps.bookings.get_many(sorted({line.booking_id for line in page} - set(bookings)))
        if len(page) < _BATCH:
            return to_csv(lines, bookings)
        after = page[-1].id
    raise InvalidInput.of("to", "This period has too many lines; ask for a shorter one.", "too_many_lines")


def _provider_of(caller: Principal) -> str:
    if caller.provider_id is None:
        raise Forbidden("Only a provider has statements.")
    return caller.provider_id


def _check_period(since: datetime, before: datetime) -> None:
    if not since < before <= since + _LONGEST:
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
    facts = line_facts(lines, bookings or {})
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in lines:
        writer.writerow((*_row(line), *_facts_row(line, facts.get(line.id))))
    return text.getvalue()


def _facts_row(line: LedgerLine, facts: LineFacts | None) -> tuple[str, ...]:
    if facts is None:
        return ("", "", "", "")
    tax = "" if facts.tax is None else decimal_text(facts.tax, line.amount.currency)
    return (facts.line_id, _cell(facts.label), str(facts.quantity), tax)


def _row(line: LedgerLine) -> tuple[str, ...]:
    at = line.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    amount = decimal_text(line.amount.amount, line.amount.currency)
    currency = line.amount.currency.upper()
    before = (line.booking_id, line.entry_id, line.account, line.reason)
    return (at, *map(_cell, before), amount, currency, _cell(line.stripe_id or ""))


def decimal_text(amount: int, currency: str) -> str:
    """Minor units as a decimal number with the currency's digits: ``-12.50``, ``1500`` for JPY."""
    digits = exponent(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
