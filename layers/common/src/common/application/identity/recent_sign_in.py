"""What changes who can get into an account asks for a recent sign-in: a token that was stolen or left behind is old.

Any way of signing in counts: the password, Google or Facebook, a mailed link, a passkey, and proving oneself again
within a sign-in. Where the account has a second factor, only what used it counts. Trading a refresh token does not.
"""

from common.application.identity.deps import AuthDeps
from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden


def require_recent_sign_in(deps: AuthDeps, caller: Principal) -> None:
    """Refuse a caller who proved who they are too long ago.

    Raises:
        Forbidden: sign in again first (``recent_sign_in_required``); ``max_age_seconds`` says how recent it must be,
            ``needs_factor`` whether a second factor will be asked for.
    """
    longest = deps.recent_sign_in
    is_recent = caller.signed_in_at is not None and deps.clock.now() - caller.signed_in_at <= longest
    if not is_recent or (caller.has_factor and not caller.is_factor_used):
        extra = {"max_age_seconds": int(longest.total_seconds()), "needs_factor": caller.has_factor}
        raise Forbidden("Sign in again first; this needs a recent one.", code="recent_sign_in_required", extra=extra)
