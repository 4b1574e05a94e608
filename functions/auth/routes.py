"""Every route of the identity function."""

from common.runtime.http import join_routers

from functions.auth import (
    account_routes,
    factor_routes,
    oauth_routes,
    onboarding_routes,
    session_routes,
    sign_in_routes,
    terms_routes,
    well_known_routes,
)

router = join_routers(
    oauth_routes.router,
    sign_in_routes.router,
    session_routes.router,
    factor_routes.router,
    account_routes.router,
    onboarding_routes.router,
    terms_routes.router,
    well_known_routes.router,
)
