"""Addresses that switch one kind of mail off, for ``List-Unsubscribe`` with one click (RFC 8058).

The token is the whole proof, so it is sealed under a key of the deployment (https://github.com/fernet/spec): nobody
makes one for somebody else, and nobody reads an account's id out of it.
"""

from collections.abc import Callable
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from common.application.ports.notifications.unsubscribe import Unsubscription
from common.domain.shared.notification_kinds import Kind

PATH = "/v1/notifications/unsubscribe"


class SealedUnsubscribeLinks:
    """Implements ``UnsubscribeLinks``.

    Args:
        base_url: the API's public address, without a slash at its end.
        keys: gives Fernet keys between commas; the first seals, all open, so that a key is changed by putting a new one
            before it. Called at first use; ``None`` where there are none.
    """

    def __init__(self, base_url: str, keys: Callable[[], str] | None) -> None:
        self._base_url = base_url
        self._keys = keys

    @cached_property
    def _box(self) -> MultiFernet | None:
        return MultiFernet([Fernet(key.strip()) for key in self._keys().split(",")]) if self._keys else None

    def make(self, what: Unsubscription) -> str | None:
        """The address for a mail's header (see the port)."""
        if self._box is None or not self._base_url:
            return None
        token = self._box.encrypt(f"{what.kind}:{what.user_id}".encode()).decode()
        return f"{self._base_url}{PATH}?token={token}"

    def read(self, token: str) -> Unsubscription | None:
        """What a token switches off (see the port)."""
        if self._box is None:
            return None
        try:
            kind, _, user_id = self._box.decrypt(token.encode()).decode().partition(":")
            return Unsubscription(user_id, Kind(kind))
        except (InvalidToken, ValueError):
            return None
