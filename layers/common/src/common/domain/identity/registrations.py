"""What was set up for an address that nobody has proven to own yet."""

from datetime import datetime, timedelta

from common.domain.identity.clients import ClientInfo
from common.domain.identity.credentials import ExternalIdentity
from common.domain.identity.terms import AcceptedTerms
from common.domain.shared.model import Model
from common.domain.shared.opaque_tokens import digest

REGISTRATION_LIFETIME = timedelta(hours=24)


class Registration(Model):
    """What somebody set up for an address before proving that it is theirs: a password, or an external identity.

    It is not an account and opens nothing. It comes into force when the mailed link is followed by the device that
    made it (``is_of``), and dies unused with every other registration of the address once anybody proves to own that.
    """

    id: str
    email: str
    email_key: str
    password_hash: str | None = None
    identity: ExternalIdentity | None = None
    accepted_terms: AcceptedTerms | None = None
    device_hash: str | None = None
    created_at: datetime
    expires_at: datetime

    def is_of(self, client: ClientInfo) -> bool:
        """Whether the client is the device that registered, by its device token.

        Every registration is answered with one, so nothing else is asked: many share a network address, and a
        stranger behind the victim's may be who registered.
        """
        return client.device_token is not None and self.device_hash == digest(client.device_token)
