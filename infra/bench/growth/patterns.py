"""Copies of a life at the speed of joining bytes.

A document of BSON (https://bsonspec.org/spec.html) whose ids keep their length and whose instants stay eight bytes can
be copied by putting new ones in the places of the old. Each row of a life is cut at these places once; a copy joins the
constant pieces with that copy's own values.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import bson
from common.domain.scheduling.slot_cells import CELL_MINUTES

from infra.bench.growth.lives import Life, values_of

if TYPE_CHECKING:
    from random import Random

_ALPHABET = b"0123456789abcdefghjkmnpqrstvwxyz"
_DIGIT = {chr(digit): value for value, digit in enumerate(_ALPHABET)}
#: Any byte to one of the 32 digits.
_TO_DIGITS = bytes(_ALPHABET[value & 31] for value in range(256))
#: The kinds of ids: ours (a ULID, its first ten digits the milliseconds), and those of Stripe and of callers.
_ID = re.compile(r"\b[a-z]{2,6}_[0-9A-Za-z]{14,}")
_OURS = re.compile(rf"^[a-z]{{3}}_[{_ALPHABET.decode()}]{{26}}$")
_TIME_DIGITS, _RANDOM_DIGITS = 10, 16
_CELL_MS = CELL_MINUTES * 60 * 1000
_HOUR_MS = 3_600_000
_PLACE = ("lat", "lng")


@dataclass(frozen=True)
class Parties:
    """Whose copy it is: the ids that stand for those of the people who lived the life.

    Attributes:
        customer_id: Who books.
        provider_id: Whose profile.
        provider_user_id: Who works.
        service_id: What is booked.
        lat: Where, degrees north.
        lng: Where, degrees east.
    """

    customer_id: str
    provider_id: str
    provider_user_id: str
    service_id: str
    lat: float
    lng: float

    @property
    def ids(self) -> tuple[str, str, str, str]:
        """The four ids, in the order of ``Pattern``'s."""
        return self.customer_id, self.provider_id, self.provider_user_id, self.service_id


@dataclass(frozen=True)
class _Row:
    """A row cut into what stays and what is new: ``pick`` takes the pieces, in order, from a copy's values.

    ``at_ms`` is the instant that the collection forgets its rows by, ``kept_ms`` how long after it it does.
    """

    collection: str
    pick: Callable[[Sequence[bytes]], tuple[bytes, ...]]
    at_ms: int | None
    kept_ms: int


class Pattern:
    """A life that was played, ready to be copied.

    Args:
        life: The life.
        category: What its service is filed under.
        parties: The people who lived it.
        kept: Of each collection that forgets, the field of the instant and for how long it keeps a row.
        now: The instant that parts what has happened from what is to come.
    """

    def __init__(
        self,
        life: Life,
        category: str,
        parties: Parties,
        kept: Mapping[str, tuple[str, timedelta]],
        now: datetime,
    ) -> None:
        booking = life.documents["bookings"][0]
        self.era = life.era
        self.slot_ms = _milliseconds(booking["slot"]["start_at"])
        self._now_ms = _milliseconds(now)
        rows = [(name, _filed(name, row, category)) for name, found in life.documents.items() for row in found]
        texts = [text for _, row in rows for text in values_of(row, str)]
        mine = {found for text in texts for found in _ID.findall(text)} - set(parties.ids)
        mine -= {text for text in mine if text.startswith("acct_")}
        self._ids = [life.booking_id, *sorted(mine - {life.booking_id})]
        self._made_ms = [_made_ms(each) for each in self._ids]
        self._instants = sorted({_milliseconds(at) for _, row in rows for at in values_of(row, datetime)})
        self._cells = sorted({tuple(row["cells"]) for _, row in rows if "cells" in row})
        marks = self._marks(parties, booking)
        self._consts: list[bytes] = [b""]
        cut = [self._cut(bson.encode(row), marks) for _, row in rows]
        self._rows = [self._row(name, row, pieces, kept) for (name, row), pieces in zip(rows, cut, strict=True)]

    def copy(self, parties: Parties, back_hours: int, forth_hours: int, random: Random) -> Iterable[tuple[str, bytes]]:
        """One more such life.

        Args:
            parties: Whose.
            back_hours: By which everything that has happened is earlier than in the pattern.
            forth_hours: By which everything that is to come is later.
            random: Makes its ids.

        Returns:
            Its rows as BSON, with their collections; what their collections would have forgotten is left out.
        """
        back, forth = -back_hours * _HOUR_MS, forth_hours * _HOUR_MS
        now = self._now_ms

        def moved(instant: int) -> int:
            return instant + (back if instant <= now else forth)

        digits = random.randbytes(_RANDOM_DIGITS * 2 * len(self._ids)).translate(_TO_DIGITS)
        values = list(self._consts)
        for number, (known, made) in enumerate(zip(self._ids, self._made_ms, strict=True)):
            values.append(_new_id(known, None if made is None else moved(made), digits, number))
        values += [each.encode() for each in parties.ids]
        values += [struct.pack("<q", moved(each)) for each in self._instants]
        moved_cells = (moved(self.slot_ms) - self.slot_ms) // _CELL_MS
        values += [bson.encode({"cells": [each + moved_cells for each in cells]})[4:-1] for cells in self._cells]
        values += [struct.pack("<d", parties.lat), struct.pack("<d", parties.lng)]
        return [
            (row.collection, b"".join(row.pick(values)))
            for row in self._rows
            if row.at_ms is None or moved(row.at_ms) + row.kept_ms > now
        ]

    def _marks(self, parties: Parties, booking: Mapping[str, Any]) -> list[bytes]:
        """What is replaced in a copy, in the order of a copy's values."""
        return [
            *(each.encode() for each in self._ids),
            *(each.encode() for each in parties.ids),
            *(struct.pack("<q", each) for each in self._instants),
            *(bson.encode({"cells": list(cells)})[4:-1] for cells in self._cells),
            *(struct.pack("<d", booking["place"][name] or math.nan) for name in _PLACE),
        ]

    def _cut(self, encoded: bytes, marks: Sequence[bytes]) -> list[int]:
        """The row's pieces: negative for a constant (its number, less one), else the number of a mark."""
        found: dict[int, int] = {}
        for number, mark in enumerate(marks):
            at = encoded.find(mark)
            while at >= 0:
                found[at] = number
                at = encoded.find(mark, at + len(mark))
        pieces, end = list[int](), 0
        for at, number in sorted(found.items()):
            if at < end:
                continue  # inside another mark, which is replaced as a whole
            pieces += [self._constant(encoded[end:at]), number]
            end = at + len(marks[number])
        return [*pieces, self._constant(encoded[end:])]

    def _constant(self, piece: bytes) -> int:
        self._consts.append(piece)
        return -len(self._consts)

    def _row(
        self, collection: str, row: Mapping[str, Any], pieces: Sequence[int], kept: Mapping[str, tuple[str, timedelta]]
    ) -> _Row:
        """A copy's values are the constants of all rows, then what is new in the order of the marks."""
        first = len(self._consts)
        indices = [-1 - each if each < 0 else first + each for each in pieces]
        field, keeps = kept.get(collection, ("", timedelta()))
        at_ms = _milliseconds(row[field]) if isinstance(row.get(field), datetime) else None
        # The first constant is empty: with it even a row of one piece gives a tuple.
        return _Row(collection, itemgetter(0, *indices), at_ms, int(keeps.total_seconds() * 1000))


def _new_id(known: str, made_ms: int | None, digits: bytes, number: int) -> bytes:
    """Another id of the same kind and length; ours still sort by the time they were made."""
    prefix, _, rest = known.partition("_")
    begin = number * 2 * _RANDOM_DIGITS
    if made_ms is None:
        return f"{prefix}_".encode() + digits[begin : begin + len(rest)]
    time_digits = bytes(_ALPHABET[(made_ms >> shift) & 31] for shift in range(45, -1, -5))
    return f"{prefix}_".encode() + time_digits + digits[begin : begin + _RANDOM_DIGITS]


def _made_ms(known: str) -> int | None:
    """The milliseconds in one of our ids; ``None`` for one of somebody else's."""
    if not _OURS.match(known):
        return None
    value = 0
    for digit in known.partition("_")[2][:_TIME_DIGITS]:
        value = value * 32 + _DIGIT[digit]
    return value


def _filed(collection: str, row: dict[str, Any], category: str) -> dict[str, Any]:
    """The row with its service filed under another category."""
    if collection != "bookings":
        return row
    return {**row, "service": {**row["service"], "category": category}}


def _milliseconds(at: datetime) -> int:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)
