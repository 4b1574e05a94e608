"""The key pair of push messages (VAPID, RFC 8292 section 3.2: ECDSA on the curve P-256)."""

from __future__ import annotations

from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


def generate() -> dict[str, str]:
    """A fresh pair: the private half as PEM, the public one as browsers take it (uncompressed point, base64url)."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"private_pem": private, "public_key": urlsafe_b64encode(point).rstrip(b"=").decode()}
