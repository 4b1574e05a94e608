"""How amounts, shares, instants and durations read to people: Babel's rules and the words of the Unicode CLDR.

Every function takes the reader's locale; ``DEFAULT_LOCALE`` is the one place that says which it is while nobody has
chosen one. What the CLDR joins by special spaces is joined by plain ones, which every mail client and log can show.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_datetime_format
from babel.numbers import format_currency, format_percent
from babel.units import format_unit

from common.domain.shared.money import Money, exponent

#: English as Australia and New Zealand write it.
DEFAULT_LOCALE = "en_AU"
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})
_DAY = "yMMMEd"
_BASIS_POINTS = 10_000
_FROM_THIS_ON_IN_DAYS = timedelta(days=3)
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


@dataclass(frozen=True)
class _Formats:
    """What a locale writes with.

    ``amount`` is its pattern for an amount in two digits, a currency's code in the place of its sign: codes say which
    dollar is meant wherever the reader is.
    """

    locale: Locale
    instant: str
    amount: str


@cache
def _formats(locale: str) -> _Formats:
    found = Locale.parse(locale)
    pattern = str(found.currency_formats["standard"].pattern).replace("\u00a4", "\u00a4\u00a4")
    amount = re.sub("(?<=\u00a4)(?=[#0])", " ", pattern)
    return _Formats(found, str(get_datetime_format("medium", locale=found)), amount)


#: Read with the module, so that no request waits for it.
_formats(DEFAULT_LOCALE)


def money_text(money: Money, locale: str = DEFAULT_LOCALE) -> str:
    """An amount with its currency's code and digits: ``NZD 1,250.00``, ``JPY 1,500``, ``-BHD 1.250``.

    The digits are those of the amount (``money.exponent``), which are not the CLDR's for every currency.
    """
    digits = exponent(money.currency)
    formats = _formats(locale)
    pattern = formats.amount.replace("0.00", f"0.{'0' * digits}" if digits else "0")
    value = Decimal(money.amount).scaleb(-digits)
    code = money.currency.upper()
    return format_currency(value, code, pattern, formats.locale, currency_digits=False).translate(_SPACES)


def share_text(basis_points: int, locale: str = DEFAULT_LOCALE) -> str:
    """A share in per cent: ``15%``, ``12.5%``."""
    share = Decimal(basis_points) / _BASIS_POINTS
    found = _formats(locale).locale
    return format_percent(share, locale=found, decimal_quantization=False).translate(_SPACES)


def local_time_text(instant: datetime, timezone: str, locale: str = DEFAULT_LOCALE) -> str:
    """An instant on the clock of an IANA zone: ``Tue 1 Dec 2026, 17:10 NZDT``.

    The clock counts to 24 whatever the locale does, as in the web app (``web/src/time.ts``): a mail and the page it
    leads to say the same. The abbreviation is always there: in the night that clocks go back it alone tells the two
    half past twos apart. Where a zone has none (RFC 9636 then gives its offset) it is the offset from UTC.
    """
    local = instant.astimezone(ZoneInfo(timezone))
    formats = _formats(locale)
    day = format_skeleton(_DAY, local, locale=formats.locale)
    time = f"{local.hour}:{local:%M}"
    return f"{formats.instant.format(time, day)} {_zone_text(local)}".translate(_SPACES)


def _zone_text(local: datetime) -> str:
    name = local.tzname() or ""
    offset = f"{local:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:]}"


def duration_text(duration: timedelta, locale: str = DEFAULT_LOCALE) -> str:
    """A duration in words, whole minutes: ``48 hours``, ``1 hour 30 minutes``, ``30 days``.

    Up to three days it is in hours, because windows around an appointment are counted so.
    """
    units = _UNITS if duration >= _FROM_THIS_ON_IN_DAYS else _UNITS[1:]
    parts, rest = [], duration
    for name, length in units:
        count, rest = divmod(rest, length)
        if count:
            parts.append(_unit_text(count, name, locale))
    return " ".join(parts) or _unit_text(0, "minute", locale)


def _unit_text(count: int, unit: str, locale: str) -> str:
    return format_unit(count, f"duration-{unit}", "long", locale=_formats(locale).locale).translate(_SPACES)
