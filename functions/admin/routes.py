"""Every route of the administration function."""

from common.runtime.http import join_routers

from functions.admin import audit_routes, booking_routes, provider_routes, staff_routes, user_routes

router = join_routers(
    provider_routes.router,
    user_routes.router,
    staff_routes.router,
    audit_routes.router,
    booking_routes.router,
)
