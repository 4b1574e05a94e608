"""Signing in at an identity provider: OpenID Connect authorization code flow with PKCE."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.domain.shared.model import Model


@dataclass(frozen=True)
class ProvenIdentity:
    """What a verified ID token says.

    Args:
        issuer: ``iss``.
        subject: ``sub``; only together with the issuer it names somebody.
        email: the address, empty if none was shared.
        is_email_verified: whether the issuer says that the address is its owner's.
        name: the full name, empty if none was shared.
    """

    issuer: str
    subject: str
    email: str
    is_email_verified: bool
    name: str


class IdentityProvider(Protocol):
    """One identity provider."""

    async def authorization_url(self, *, state: str, nonce: str, code_challenge: str, redirect_uri: str) -> str:
        """Where the browser goes to sign in.

        Raises:
            Unavailable: the provider does not answer.
        """
        ...

    async def redeem(self, code: str, *, code_verifier: str, nonce: str, redirect_uri: str) -> ProvenIdentity:
        """Trade the code for an ID token, and verify that: signature, issuer, audience, time and nonce.

        Raises:
            InvalidInput: the code or the token proves nothing.
            Unavailable: the provider does not answer.
        """
        ...


class IdentityProviders(Protocol):
    """The identity providers this deployment knows."""

    def get(self, name: str) -> IdentityProvider:
        """One by name (``google``, ``facebook``).

        Raises:
            NotFound: this deployment does not know it.
        """
        ...


class SignInAttempt(Model):
    """One attempt to sign in elsewhere, by its state's digest. The browser alone holds the binding's secret."""

    id: str
    provider: str
    binding_hash: str
    redirect_uri: str
    created_at: datetime
    expires_at: datetime


class SignInAttempts(Protocol):
    """Attempts under way."""

    async def insert(self, attempt: SignInAttempt) -> None:
        """Store one."""
        ...

    async def take(self, state_digest: str, now: datetime) -> SignInAttempt | None:
        """Use one up; ``None`` if it is unknown, used or expired."""
        ...
