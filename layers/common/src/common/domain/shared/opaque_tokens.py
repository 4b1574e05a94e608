"""Tokens that mean nothing by themselves: refresh tokens, mailed codes, one-use states.

Only their SHA-256 digest is stored. A token holds 256 random bits, so an unsalted fast digest cannot be searched.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

_BYTES = 32


def new_token() -> str:
    """A fresh token: 256 random bits in base 64 for URLs, 43 characters."""
    return secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def seal(token: str, *, key: str) -> str:
    """Hide a token so that only a holder of another token can read it.

    A one-time pad from a pseudo-random function (HMAC-SHA-256) under ``key``; sound because each key is itself 256
    random bits and seals one token in its life.

    Args:
        token: as ``new_token`` made it.
        key: the other token; only its digest is stored.
    """
    return urlsafe_b64encode(_xor(_decode(token), _pad(key))).decode().rstrip("=")


def unseal(sealed: str, *, key: str) -> str:
    """Read what ``seal`` hid under the same key."""
    return urlsafe_b64encode(_xor(_decode(sealed), _pad(key))).decode().rstrip("=")


def _pad(key: str) -> bytes:
    return hmac.digest(key.encode(), b"gigsta successor token", "sha256")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
