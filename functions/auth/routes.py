"""Every route of the identity function."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.auth",
    (
        "oauth_routes:router",
        "/v1/auth/oauth/{provider}/authorize",
        "/v1/auth/oauth/{provider}/callback",
        "/v1/users/me/identities",
        "/v1/users/me/identities/{provider}",
    ),
    (
        "sign_in_routes:router",
        "/v1/auth/register",
        "/v1/auth/verify-email",
        "/v1/auth/resend-verification",
        "/v1/auth/login",
        "/v1/auth/forgot-password",
        "/v1/auth/mail-sign-in",
        "/v1/auth/reset-password",
    ),
    (
        "session_routes:router",
        "/v1/auth/refresh",
        "/v1/auth/logout",
        "/v1/auth/logout-all",
        "/v1/auth/sessions",
        "/v1/auth/sessions/{session_id}",
    ),
    (
        "account_routes:router",
        "/v1/users/me",
        "/v1/users/me/password",
        "/v1/users/me/email",
        "/v1/users/me/email/confirm",
        "/v1/users/me/export",
    ),
    (
        "onboarding_routes:router",
        "/v1/onboarding/profile",
        "/v1/onboarding/path",
        "/v1/onboarding/provider",
        "/v1/onboarding/billing",
    ),
    (
        "well_known_routes:router",
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
    ),
)
