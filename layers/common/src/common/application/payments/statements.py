"""A provider's ledger as CSV, for an accountant."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta

from common.application.payments.deps import PaymentDeps
from common.domain.errors import Forbidden, InvalidInput
from common.domain.ledger import LedgerLine
from common.domain.money import exponent
from common.domain.roles import Principal

_LONGEST = timedelta(days=366)
_BATCH = 500
#: More lines than a year of one provider has; a longer statement is asked for in parts.
_MOST_LINES = 20_000
_COLUMNS = ("at", "booking_id", "entry_id", "account", "reason", "amount", "currency", "stripe_id")
#: Spreadsheets take a cell that begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
_FORMULA = ("=", "+", "@", "\t", "\r")


async def provider_statement(deps: PaymentDeps, caller: Principal, since: datetime, before: datetime) -> str:
    """The caller's ledger lines of a period, oldest first, amounts in main units with the currency's digits.

    Raises:
        Forbidden: the caller is no provider.
        InvalidInput: the period is empty, longer than a year, or holds too many lines.
    """
    if caller.provider_id is None:
        raise Forbidden("Only a provider has statements.")
    if not since < before <= since + _LONGEST:
        raise InvalidInput.of("to", "Ask for a period of at most a year.", "invalid_period")
    lines: list[LedgerLine] = []
    after: str | None = None
    while len(lines) <= _MOST_LINES:
        page = await deps.ledger.for_provider(caller.provider_id, since=since, before=before, limit=_BATCH, after=after)
        lines.extend(page)
        if len(page) < _BATCH:
            return to_csv(lines)
        after = page[-1].id
    raise InvalidInput.of("to", "This period has too many lines; ask for a shorter one.", "too_many_lines")


def to_csv(lines: Iterable[LedgerLine]) -> str:
    """Ledger lines as CSV (RFC 4180) with a header row."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    for line in lines:
        writer.writerow([_cell(each) for each in _row(line)])
    return text.getvalue()


def _row(line: LedgerLine) -> tuple[str, ...]:
    at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    amount = decimal_text(line.amount.amount, line.amount.currency)
    currency = line.amount.currency.upper()
    return (at, line.booking_id, line.entry_id, line.account, line.reason, amount, currency, line.stripe_id or "")


def decimal_text(amount: int, currency: str) -> str:
    """Minor units as a decimal number with the currency's digits: ``-12.50``, ``1500`` for JPY."""
    digits = exponent(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{rest:0{digits}d}" if digits else f"{sign}{whole}"


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
