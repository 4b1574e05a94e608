"""What nobody means to send: values and bodies that break parsers, databases and calendars."""

from __future__ import annotations

import base64
import json
from itertools import product
from typing import Any

from hypothesis import settings

#: Nights have time for everything (``HYPOTHESIS_PROFILE=nightly``).
IS_NIGHT = settings().max_examples > 100

#: Wrong for almost any field. JSON knows no NaN (RFC 8259 section 6), MongoDB no integer of more than 64 bits and no
#: lone surrogate (https://bsonspec.org/spec.html), and Python's calendar nothing beyond the years 1 to 9999.
VALUES: tuple[Any, ...] = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "x" * 10_000,
    "\u202e\u0000\uffff",
    "$where",
    "../../etc/passwd",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "2026-02-30T25:61:61Z",
    "P1D",
    0,
    -1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**300,
    1e308,
    float("nan"),
    float("inf"),
    True,
    None,
    [],
    [[]],
    ["\ud800"],
    {},
    {"$gt": ""},
    {"$where": "sleep(1000)"},
    {"a.b": {"$ne": None}},
)
#: As parts of a path or of a query, percent-encoded byte by byte.
TEXTS: tuple[str, ...] = (
    "%00",
    "a%00b",
    "%ED%A0%80",  # a lone surrogate in what looks like UTF-8
    "%FF%FE",
    "%2F",
    "%2E",
    "%2E%2E",
    "%2e%2e%2f%2e%2e",
    "%7B%22%24gt%22%3A%22%22%7D",
    "%24where",
    "%0D%0AX-Evil%3A%201",
    "%E2%80%AE",
    "x" * 2_000,
    "0001-01-01T00:00:00%2B14:00",
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01",
    "9999-12-31",
    "9223372036854775808",
    "-9223372036854775809",
    "1" + "0" * 300,
    "1" + "0" * 5_000,
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1",
    "true",
)
#: Whole bodies; each is sent as ``application/json``.
BODIES: tuple[bytes, ...] = (
    b"",
    b"{",
    b"[]",
    b"[{}]",
    b"null",
    b"true",
    b"0",
    b'"text"',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b'{"a": "\xff"}',
    b'{"\\u0000": 1}',
    b'{"a": NaN}',
    b'{"$where": "sleep(1000)"}',
    b'{"a": 1, "a": 2}',
    b"[" * 20_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"a": ' + b"1" * 5_000 + b"}",
    b'{"__proto__": {"roles": ["admin"]}}',
)
#: What else a body may claim to be.
CONTENT_TYPES = (
    "",
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "a\xff",
)


def cursors() -> list[str]:
    """Cursors nobody was given: of up to three parts of every type, each at the edge of what it may be."""
    parts = ("\ud800\x00", 2**63, 1e308, {"t": 253_402_300_799_999}, {"t": -62_135_596_800_001})
    wires = [json.dumps(list(each)).encode() for count in (1, 2, 3) for each in product(parts, repeat=count)]
    wires += [
        b"{}",
        b"[NaN]",
        b"[null]",
        b"\xff",
        b"[" * 500,
        b'[{"t":NaN}]',
        b'[{"t":1e400}]',
        b'[{"$gt":""}]',
        b"[[]]",
    ]
    return [base64.urlsafe_b64encode(wire).decode().rstrip("=") for wire in wires] + ["=", "%00", "e30=x"]
