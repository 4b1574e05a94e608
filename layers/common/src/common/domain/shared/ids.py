"""Opaque, prefixed identifiers that sort by the time they were made."""

import hashlib
import secrets
from datetime import datetime

#: The kind of a booking's id, by which it is told from ids that other programs use.
BOOKING_PREFIX = "bkg"

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
#: Where each pair of the 26 digits begins, in bits; ten bits are a pair.
_SHIFTS = tuple(range(120, -1, -10))
_RANDOM_BITS = 80


def new_id(prefix: str, now: datetime) -> str:
    """Make an identifier such as ``bkg_01jd3…``: 48 bits of milliseconds, then 80 random bits.

    The layout is that of a ULID (https://github.com/ulid/spec) in lower-case Crockford base 32, so string order is
    time order to the millisecond.

    Args:
        prefix: the kind, without the underscore (``usr``, ``bkg``).
        now: an aware instant.
    """
    return _written(prefix, now, secrets.randbits(_RANDOM_BITS))


def id_of(prefix: str, instant: datetime, source: str) -> str:
    """Make the identifier that something has however often it is made again.

    Args:
        prefix: the kind, without the underscore.
        instant: when what it is made for happened, an aware instant.
        source: names what it is made for, such as an id that another program has given.
    """
    digest = hashlib.sha256(source.encode()).digest()
    return _written(prefix, instant, int.from_bytes(digest[: _RANDOM_BITS // 8], "big"))


def earliest_id(prefix: str, since: datetime) -> str:
    """The least identifier that ``new_id`` can make at an instant or after it: where such a range begins."""
    return _written(prefix, since, 0)


def _written(prefix: str, instant: datetime, rest: int) -> str:
    value = (int(instant.timestamp() * 1000) << _RANDOM_BITS) | rest
    return f"{prefix}_{''.join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])}"
