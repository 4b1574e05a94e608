"""The set of signing keys, as the secret of the identity function holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.adapters.identity.tokens import SigningKey
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

KeySet = dict[str, list[dict[str, Any]]]

#: RSA of 2048 bits is the least RS256 allows (RFC 7518 section 3.3) and verifies fastest; keys change often.
_BITS = 2048


def new_key(*, active: bool) -> dict[str, Any]:
    """A fresh key under an id of its own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"kid": f"k-{uuid4().hex[:12]}", "private_pem": pem, "active": active}


def generate() -> KeySet:
    """The first set: one key, active."""
    return {"keys": [new_key(active=True)]}


def add(keys: KeySet) -> KeySet:
    """A set with one more key, not yet active: publish it before it signs, so that every verifier knows it."""
    return {"keys": [*keys["keys"], new_key(active=False)]}


def activate_newest(keys: KeySet) -> KeySet:
    """The newest key signs from now on; older ones still verify what they have signed."""
    *older, newest = keys["keys"]
    return {"keys": [*({**key, "active": False} for key in older), {**newest, "active": True}]}


def retire(keys: KeySet) -> KeySet:
    """Only the active key is left; do this when the last token of the others has ended, an hour after."""
    return {"keys": [key for key in keys["keys"] if key["active"]]}


def public_keys(keys: KeySet) -> Sequence[tuple[str, dict[str, Any]]]:
    """Ids and public JSON Web Keys (RFC 7517) of a set."""
    return [(key["kid"], SigningKey(key["kid"], key["private_pem"]).public_jwk()) for key in keys["keys"]]
