"""What changes who can get into an account asks for a recent sign-in: a token that was stolen or left behind is old.

Any way of signing in counts, and starts a new sign-in: the password, Google or Facebook, a mailed link. Trading a
refresh token does not.
"""

from common.application.identity.deps import AuthDeps
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden


def require_recent_sign_in(deps: AuthDeps, caller: Principal) -> None:
    """Refuse a caller who proved who they are too long ago.

    Raises:
        Forbidden: sign in again first (``recent_sign_in_required``); ``max_age_seconds`` says how recent it must be.
    """
    longest = deps.recent_sign_in
    if caller.signed_in_at is None or deps.clock.now() - caller.signed_in_at > longest:
        extra = {"max_age_seconds": int(longest.total_seconds())}
        raise Forbidden("Sign in again first; this needs a recent one.", code="recent_sign_in_required", extra=extra)
