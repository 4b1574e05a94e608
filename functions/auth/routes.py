"""Every route of the identity function."""

from fastapi import APIRouter

from functions.auth import (
    account_routes,
    oauth_routes,
    onboarding_routes,
    session_routes,
    sign_in_routes,
    well_known_routes,
)

router = APIRouter()
for part in (oauth_routes, sign_in_routes, session_routes, account_routes, onboarding_routes, well_known_routes):
    router.include_router(part.router)
