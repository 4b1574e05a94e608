"""Ways into an account: passwords, and identities at other providers."""

from datetime import datetime

from common.domain.shared.model import Model


class ExternalIdentity(Model):
    """An account at an identity provider: only issuer and subject together name it (OpenID Connect Core section 2)."""

    issuer: str
    subject: str
    provider: str
    email: str = ""


class PasswordCredential(Model):
    """A password as it is kept: an Argon2id hash in PHC string format."""

    user_id: str
    password_hash: str
    changed_at: datetime
