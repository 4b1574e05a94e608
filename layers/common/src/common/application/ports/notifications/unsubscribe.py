"""Links by which one kind of mail is switched off without a sign-in, as the use cases see them."""

from typing import NamedTuple, Protocol

from common.domain.shared.notification_kinds import Kind


class Unsubscription(NamedTuple):
    """Whose mails end, and of which kind."""

    user_id: str
    kind: Kind


class UnsubscribeLinks(Protocol):
    """Tokens that prove that a mail was sent to somebody; they say nothing to who reads them, and do not end."""

    def make(self, what: Unsubscription) -> str | None:
        """The address that switches mails off, for a mail's header; ``None`` where the deployment has no keys."""
        ...

    def read(self, token: str) -> Unsubscription | None:
        """What a token switches off; ``None`` if it was not made here, or with a key that is gone."""
        ...
