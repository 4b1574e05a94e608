"""A software authenticator: makes passkeys and signs with them, as a browser and a key would (WebAuthn section 6)."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import CoseKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
_AAGUID = bytes(16)


@dataclass
class Authenticator:
    """One authenticator with one key, in a browser that shows pages of one origin.

    Args:
        origin: whose page asks.
        algorithm: COSE's number: -7 ECDSA, -8 Ed25519, -257 RSA.
        flags: what it says of the person.
        counts: whether it has a signature counter.
        cross_origin: whether the page is framed by another site's.
    """

    origin: str = "http://web.test"
    algorithm: int = -7
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    cross_origin: bool = False
    counter: int = 0
    user_handle: str | None = None
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def __post_init__(self) -> None:
        makers: dict[int, Callable[[], Any]] = {
            -7: lambda: ec.generate_private_key(ec.SECP256R1()),
            -8: ed25519.Ed25519PrivateKey.generate,
            -257: lambda: rsa.generate_private_key(65537, 2048),
        }
        self._key: Any = makers[self.algorithm]()

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Make a passkey for creation options; what the page sends on."""
        self.user_handle = options["user"]["id"]
        public = cbor.encode(CoseKey.for_alg(self.algorithm).from_cryptography_key(self._key.public_key()))
        attested = _AAGUID + len(self.credential_id).to_bytes(2) + self.credential_id + public
        data = self._data(options["rp"]["id"], self.flags | ATTESTED) + attested
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client_data = self._client_data("webauthn.create", options["challenge"])
        made = {"clientDataJSON": _text(client_data), "attestationObject": _text(statement), "transports": ["internal"]}
        return {**self._named(), "response": made}

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Sign request options; what the page sends on."""
        if self.counts:
            self.counter += 1
        data = self._data(options["rpId"], self.flags)
        client_data = self._client_data("webauthn.get", options["challenge"])
        signature = self._sign(data + sha256(client_data).digest())
        made = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": self.user_handle,
        }
        return {**self._named(), "response": made}

    def _named(self) -> dict[str, Any]:
        name = _text(self.credential_id)
        more = {"authenticatorAttachment": "platform", "clientExtensionResults": {}}
        return {"id": name, "rawId": name, "type": "public-key", **more}

    def _data(self, rp_id: str, flags: int) -> bytes:
        return sha256(rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        shown = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(shown).encode()

    def _sign(self, data: bytes) -> bytes:
        if self.algorithm == -7:
            signed: bytes = self._key.sign(data, ec.ECDSA(SHA256()))
        elif self.algorithm == -8:
            signed = self._key.sign(data)
        else:
            signed = self._key.sign(data, PKCS1v15(), SHA256())
        return signed


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def tampered(credential: dict[str, Any], part: str) -> dict[str, Any]:
    """The same answer with the last byte of one part turned over."""
    raw = bytearray(urlsafe_b64decode(credential["response"][part] + "=="))
    raw[-1] ^= 1
    return {**credential, "response": {**credential["response"], part: _text(bytes(raw))}}
