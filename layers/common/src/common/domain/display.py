"""How amounts and instants read to people."""

from datetime import datetime
from zoneinfo import ZoneInfo

from common.domain.money import Money, exponent


def money_text(money: Money) -> str:
    """An amount with its currency's code and digits: ``NZD 125.00``, ``JPY 1500``, ``-BHD 1.250``."""
    digits = exponent(money.currency)
    whole, rest = divmod(abs(money.amount), 10**digits)
    sign = "-" if money.amount < 0 else ""
    fraction = f".{rest:0{digits}d}" if digits else ""
    return f"{sign}{money.currency.upper()} {whole}{fraction}"


def local_time_text(instant: datetime, timezone: str) -> str:
    """An instant on the clock of an IANA zone: ``Friday 20 November 2026, 10:00 (Pacific/Auckland)``."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} ({timezone})"
