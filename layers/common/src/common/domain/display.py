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
    """An instant on the clock of an IANA zone: ``Friday 20 November 2026, 10:00 NZDT (Pacific/Auckland)``.

    The abbreviation is always there: in the night that clocks go back it alone tells the two 02:30s apart. Where a zone
    has none (RFC 9636 then gives its offset) it is the offset from UTC.
    """
    local = instant.astimezone(ZoneInfo(timezone))
    name = local.tzname() or ""
    offset = f"{local:%z}"
    shown = name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:]}"
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M} {shown} ({timezone})"
