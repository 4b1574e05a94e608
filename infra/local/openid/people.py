"""What the local provider knows: who signed in, and with which attempt."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from infra.local.openid.settings import CLIENT_ID, CLIENT_SECRET, PROVIDERS

_CODE_SECONDS = 60
_TOKEN_SECONDS = 600
_KEY_BITS = 2048


@dataclass(frozen=True)
class Grant:
    """One sign-in that waits for its code to be redeemed."""

    provider: str
    redirect_uri: str
    code_challenge: str
    nonce: str
    claims: dict[str, Any]
    expires_at: float


@dataclass
class LocalProvider:
    """State of the stand-ins: a signing key of this run, and codes that wait.

    Args:
        base_url: where it listens; each issuer is a path below it.
    """

    base_url: str
    _key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, _KEY_BITS))
    _kid: str = field(default_factory=lambda: secrets.token_hex(4))
    _grants: dict[str, Grant] = field(default_factory=dict)

    def issuer(self, provider: str) -> str:
        """The issuer of a stand-in."""
        return f"{self.base_url}/{provider}"

    def public_keys(self) -> dict[str, Any]:
        """The JSON Web Key Set."""
        jwk = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**jwk, "kid": self._kid, "alg": "RS256", "use": "sig"}]}

    def grant(self, provider: str, query: dict[str, str], *, email: str, name: str, is_verified: bool) -> str:
        """Sign somebody in; returns the code."""
        subject = hashlib.sha256(f"{provider}:{email.lower()}".encode()).hexdigest()[:21]
        claims: dict[str, Any] = {"sub": subject, "email": email, "name": name}
        if PROVIDERS[provider]:
            claims["email_verified"] = is_verified
        code = secrets.token_urlsafe(24)
        self._grants[code] = Grant(
            provider,
            query["redirect_uri"],
            query["code_challenge"],
            query.get("nonce", ""),
            claims,
            time.time() + _CODE_SECONDS,
        )
        return code

    def redeem(self, provider: str, form: dict[str, str]) -> str | None:
        """Trade a code for an ID token, once; ``None`` if anything about it is wrong."""
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or grant.provider != provider or grant.expires_at < time.time():
            return None
        verifier = form.get("code_verifier", "").encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).decode().rstrip("=")
        is_right = (
            form.get("client_id") == CLIENT_ID
            and form.get("client_secret") == CLIENT_SECRET
            and form.get("redirect_uri") == grant.redirect_uri
            and challenge == grant.code_challenge
        )
        return self.id_token(provider, {**grant.claims, "nonce": grant.nonce}) if is_right else None

    def id_token(self, provider: str, claims: dict[str, Any]) -> str:
        """A signed ID token; ``claims`` may replace any of its standard ones."""
        now = int(time.time())
        standard = {"iss": self.issuer(provider), "aud": CLIENT_ID, "iat": now, "exp": now + _TOKEN_SECONDS}
        return jwt.encode({**standard, **claims}, self._key, algorithm="RS256", headers={"kid": self._kid})
