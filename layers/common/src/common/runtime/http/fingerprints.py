"""What makes two requests the same: what they say, not how it is written."""

import json
from decimal import Decimal
from hashlib import sha256
from urllib.parse import parse_qsl


def fingerprint(query: str, body: bytes) -> str:
    """Digest of a query and a JSON body, the same for every way of writing them.

    The order of members and of parameters, white space, escapes and the form of a number (``1``, ``1.0``, ``1e0``) say
    nothing (RFC 8259; RFC 8785 makes the same of them, but for numbers beyond a double's precision). A body that is no
    JSON is taken as it is.

    Args:
        query: of the address, without its question mark.
        body: of the request.
    """
    parameters = sorted(parse_qsl(query, keep_blank_values=True), key=lambda pair: pair[0])
    return sha256(json.dumps(parameters).encode() + b"\n" + _written(body)).hexdigest()


def _written(body: bytes) -> bytes:
    try:
        found = json.loads(body, parse_int=Decimal, parse_float=Decimal)
        return _canonical(found).encode("utf-8", "surrogatepass")
    except (ValueError, ArithmeticError, RecursionError):
        return body


def _canonical(value: object) -> str:
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{_canonical(value[name])}" for name in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(_canonical(each) for each in value)}]"
    return _number(value) if isinstance(value, Decimal) else json.dumps(value)


def _number(value: Decimal) -> str:
    """Sign, digits and exponent, exactly; zero has one form."""
    sign, digits, exponent = value.as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    bare = written.rstrip("0")
    return f"{'-' * sign}{bare}e{int(exponent) + len(written) - len(bare)}" if bare else "0"
