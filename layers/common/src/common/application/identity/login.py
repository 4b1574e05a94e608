"""Signing in with a password, and limits on guessing it."""

from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event
from common.application.identity.sessions import TokenPair, open_session
from common.domain.identity.clients import ClientInfo
from common.domain.identity.factors import PASSWORD
from common.domain.identity.passwords import normal_form
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.users import User
from common.domain.shared.emails import parse_email
from common.domain.shared.errors import InvalidInput, RateLimited, Unauthenticated
from common.domain.shared.opaque_tokens import digest

#: Failures before the first wait: from one place or one known device, and from all unknown places together.
_FREE_TRIES = 5
_FREE_TRIES_ANYWHERE = 50


async def log_in(deps: AuthDeps, email: str, password: str, client: ClientInfo) -> TokenPair:
    """Sign in with a password.

    Failures delay the place they come from (account and network address), then, when many places fail, every unknown
    place. A device that has signed in to the account before counts on its own, so that a stranger's failures never
    keep the owner out (https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies).

    Raises:
        Unauthenticated: wrong address or password; the answer and its time are the same for both.
        RateLimited: too many failures.
        Forbidden: the password is right and the account is suspended, or has a second factor (``factor_required``).
    """
    now = deps.clock.now()
    email_key = _key_of(email)
    user = await deps.users.find_by_email_key(email_key)
    keys = await _guard_keys(deps, email_key, user, client)
    wait = await deps.guard.begin_try(keys, now)
    if wait:
        await log_event(deps, SecurityEventType.SIGN_IN_BLOCKED, user.id if user else None, client)
        detail = "Too many failed sign-ins; wait before the next try."
        raise RateLimited(detail, retry_after=wait, limit=_FREE_TRIES)
    credential = await deps.credentials.find_password(user.id if user else "nobody")
    password_hash = credential.password_hash if credential else None
    is_right = await deps.passwords.verify(normal_form(password), password_hash)
    if not is_right or user is None or not user.is_verified:
        await log_event(deps, SecurityEventType.SIGN_IN_FAILED, user.id if user else None, client)
        raise Unauthenticated(
            "Wrong mail address or password, or the address has not been verified yet.", code="invalid_credentials"
        )
    await deps.guard.clear(list(keys))
    return await open_session(deps, user, client, "password", password_hash=password_hash, amr=(PASSWORD,))


async def _guard_keys(deps: AuthDeps, email_key: str, user: User | None, client: ClientInfo) -> dict[str, int]:
    """Which counters this try is counted in, each with its free tries; the same number whether or not it exists."""
    device = digest(client.device_token) if client.device_token else None
    if device and await deps.sessions.knows_device(user.id if user else "nobody", device):
        return {_device_key(email_key, device): _FREE_TRIES}
    here, anywhere = _place_keys(email_key, client)
    return {here: _FREE_TRIES, anywhere: _FREE_TRIES_ANYWHERE}


def guard_keys(email_key: str, client: ClientInfo) -> list[str]:
    """Every counter that could delay this client's next try at an account."""
    device = [_device_key(email_key, digest(client.device_token))] if client.device_token else []
    return [*_place_keys(email_key, client), *device]


def _place_keys(email_key: str, client: ClientInfo) -> tuple[str, str]:
    account = digest(email_key)
    return f"login:{account}:at:{client.ip}", f"login:{account}:anywhere"


def _device_key(email_key: str, device: str) -> str:
    return f"login:{digest(email_key)}:device:{device}"


def _key_of(email: str) -> str:
    """The normal form; what is no address at all has no account, and takes the same path as one that has none."""
    try:
        return parse_email(email).key
    except InvalidInput:
        return email.strip().lower()
