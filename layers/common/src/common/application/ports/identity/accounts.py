"""Repositories of accounts and of proofs of identity, and what signs and hashes for them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from common.domain.identity.clients import Standing
from common.domain.identity.credentials import ExternalIdentity, PasswordCredential
from common.domain.identity.mailed_codes import MailPurpose, MailToken
from common.domain.identity.registrations import Registration
from common.domain.identity.sessions import RefreshToken, Session
from common.domain.identity.users import OnboardingStatus, User

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One database transaction around several repositories."""

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run ``work`` so that all its writes commit together or not at all; it may run more than once.

        Raises:
            Unavailable: the database did not let it through.
        """
        ...


class Users(Protocol):
    """Accounts."""

    async def get(self, user_id: str) -> User | None:
        """One account by id, deleted ones included."""
        ...

    async def find_by_email_key(self, email_key: str) -> User | None:
        """The account of a normalised address."""
        ...

    async def insert(self, user: User) -> bool:
        """Store a new account; ``False`` if its address has one already."""
        ...

    async def find_or_insert(self, user: User) -> User:
        """The account of the user's address, or this one, stored; the same command to the database either way."""
        ...

    async def update(self, user_id: str, fields: Mapping[str, Any], *, end_sessions: bool = False) -> User:
        """Set fields by their names in ``User``; returns the account after it.

        Args:
            user_id: the account.
            fields: new values.
            end_sessions: also raise ``session_epoch``, which ends every access token at once.

        Raises:
            NotFound: no such account, or it was deleted: nothing is written about a person who has left.
            Conflict: another account has the new address (``email_taken``).
        """
        ...

    async def advance(
        self, user_id: str, fields: Mapping[str, Any], *, step: OnboardingStatus, next_step: OnboardingStatus
    ) -> User:
        """Set fields, and let an account whose onboarding stands at ``step`` go on to the next, by one command.

        What the account is when it is written decides, whatever was read of it before. Returns it as it is then.

        Raises:
            NotFound: as for ``update``.
        """
        ...

    async def touch(self, user_id: str) -> None:
        """Write the account inside the present transaction without changing it.

        Whatever is decided from several documents of one person (the ways to sign in, say) touches the account, so
        that of two such decisions at once the later one begins anew and sees what the first has written.

        Raises:
            NotFound: no such account, or it was deleted.
        """
        ...

    async def end_access(self, user_id: str, session_ids: Sequence[str], now: datetime) -> None:
        """End the access tokens of some sign-ins at once; the account remembers them for as long as a token lives.

        It touches the account, even with no sign-in to end. Where they are too many to remember, every access token of
        the account ends, and sign-ins that go on trade their refresh token for new ones.
        """
        ...

    async def list_newest(self, *, is_active: bool | None, limit: int, before: str | None) -> Sequence[User]:
        """Accounts, newest first; ``before`` is the id last seen."""
        ...


class StaffList(Protocol):
    """Members of staff."""

    async def list_staff(self, *, limit: int, before: str | None) -> Sequence[User]:
        """Accounts with a staff role, newest first; ``before`` is the id last seen."""
        ...


class Credentials(Protocol):
    """Passwords and external identities."""

    async def find_password(self, user_id: str) -> PasswordCredential | None:
        """The password's hash of an account, if it has a password."""
        ...

    async def set_password(self, user_id: str, password_hash: str, now: datetime) -> None:
        """Set or replace the password's hash."""
        ...

    async def find_owner(self, issuer: str, subject: str) -> str | None:
        """The account an external identity belongs to."""
        ...

    async def list_identities(self, user_id: str) -> Sequence[ExternalIdentity]:
        """External identities of an account."""
        ...

    async def link(self, user_id: str, identity: ExternalIdentity, now: datetime) -> None:
        """Link an external identity.

        Raises:
            Conflict: it belongs to another account (``identity_taken``), or the account has another one of the same
                provider (``identity_exists``).
        """
        ...

    async def unlink(self, user_id: str, provider: str) -> bool:
        """Remove the external identity of a provider; whether there was one."""
        ...

    async def unlink_all(self, user_id: str) -> None:
        """Remove every external identity; a password stays."""
        ...

    async def delete_by_user(self, user_id: str) -> None:
        """Remove the password and every external identity."""
        ...


class Sessions(Protocol):
    """Sign-ins and their refresh tokens."""

    async def open(self, session: Session, token: RefreshToken) -> None:
        """Store a new sign-in with its first refresh token."""
        ...

    async def get(self, session_id: str) -> Session | None:
        """One sign-in by id."""
        ...

    async def list_live(
        self, user_id: str, now: datetime, *, limit: int, after: tuple[datetime, str] | None = None
    ) -> Sequence[Session]:
        """Sign-ins of an account that have not ended, the latest used first.

        ``after`` is (last use, id) of the last one seen.
        """
        ...

    async def standing(self, user_id: str, *, ip: str, user_agent: str, device_hash: str | None) -> Standing:
        """Whether this client has signed in before: the same device, or the same address and program."""
        ...

    async def knows_device(self, user_id: str, device_hash: str) -> bool:
        """Whether this device has signed in to the account before, or proven to be its owner's (``remember_proof``)."""
        ...

    async def remember_proof(self, session: Session) -> None:
        """Store a proof of identity that opened nothing, so that its device is known from now on."""
        ...

    async def find_token(self, token_digest: str) -> RefreshToken | None:
        """One refresh token by its digest, used ones included."""
        ...

    async def use_token(self, token_digest: str, sealed_successor: str, now: datetime) -> bool:
        """Mark an unused refresh token as used; ``False`` if another request did so first."""
        ...

    async def insert_token(self, token: RefreshToken) -> None:
        """Store a successor; storing it a second time changes nothing."""
        ...

    async def has_sockets(self, user_id: str) -> bool:
        """Whether sockets of an account's sign-ins may be open."""
        ...

    async def touch(self, session_id: str, now: datetime) -> Session | None:
        """Note that a live sign-in is used, and give it; ``None`` if it has ended."""
        ...

    async def reauthenticate(self, session_id: str, amr: Sequence[str], now: datetime) -> None:
        """Note that the owner of a sign-in has proven again who they are, and how."""
        ...

    async def revoke(self, session_id: str, because: str, now: datetime) -> bool:
        """End one sign-in and its browser's push messages; whether it was live."""
        ...

    async def revoke_by_user(self, user_id: str, because: str, now: datetime) -> None:
        """End every sign-in of an account, those that wait for a factor too, and every browser's push messages."""
        ...

    async def revoke_others(
        self, user_id: str, because: str, now: datetime, *, but: str, method: str | None = None
    ) -> Sequence[str]:
        """End every sign-in but one, or those opened by one method; returns the ids of those that were live.

        What waits for a factor ends in any case.
        """
        ...


class Registrations(Protocol):
    """What was set up for addresses nobody has proven yet."""

    async def insert(self, registration: Registration) -> None:
        """Store one."""
        ...

    async def get(self, registration_id: str) -> Registration | None:
        """One by id."""
        ...

    async def list_by_address(self, email_key: str, now: datetime) -> Sequence[Registration]:
        """Those of an address that have not expired, newest first."""
        ...

    async def delete_by_address(self, email_key: str) -> None:
        """Delete every registration of an address."""
        ...


class MailTokens(Protocol):
    """Mailed single-use codes."""

    async def insert(self, token: MailToken) -> None:
        """Store a code. Earlier ones of the same account or registration and purpose end, except the same event's."""
        ...

    async def take(self, token_digest: str, purposes: Sequence[MailPurpose], now: datetime) -> MailToken | None:
        """Use a code up; ``None`` if it is unknown, expired, used, or for another purpose."""
        ...

    async def delete_by_address(self, email_key: str) -> None:
        """Delete every code mailed to an address."""
        ...

    async def delete_by_user(self, user_id: str) -> None:
        """Delete every code of an account, no matter to which address it was mailed."""
        ...


class Passwords(Protocol):
    """Password hashing. Both methods take time on purpose, and work off the event loop."""

    async def hash(self, password: str) -> str:
        """Hash a password with a fresh salt."""
        ...

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Check a password; with no hash it takes just as long and answers ``False``."""
        ...


class AccessTokenIssuer(Protocol):
    """Signs access tokens."""

    def issue(
        self,
        *,
        user_id: str,
        session_id: str,
        epoch: int,
        roles: Sequence[str],
        token_id: str,
        signed_in_at: datetime,
        now: datetime,
        lifetime: timedelta,
        amr: Sequence[str] = (),
    ) -> str:
        """Sign an access token with the active key; ``amr`` says how its owner was proven (RFC 8176)."""
        ...


class SignInGuard(Protocol):
    """Tries to prove something secret, counted where all instances see them."""

    async def begin_try(self, keys: Mapping[str, int], now: datetime) -> int:
        """Count a try before it is made, so that many made at the same moment count as many.

        Args:
            keys: what it counts under, each with the number of free tries; from that on, each failure doubles the wait,
                up to a quarter of an hour.
            now: the present instant.

        Returns:
            0 if it may be made, and ``clear`` the keys when it succeeds; else whole seconds to wait.
        """
        ...

    async def clear(self, keys: Sequence[str]) -> None:
        """Forget failures after a success."""
        ...
