"""Every route of the administration function."""

from common.runtime.http import join_routers

from functions.admin import (
    analytics_routes,
    audit_routes,
    author_routes,
    ban_routes,
    booking_routes,
    moderation_routes,
    operations_routes,
    provider_routes,
    report_routes,
    staff_routes,
    user_routes,
)

router = join_routers(
    provider_routes.router,
    user_routes.router,
    staff_routes.router,
    audit_routes.router,
    booking_routes.router,
    moderation_routes.router,
    author_routes.router,
    ban_routes.router,
    report_routes.router,
    analytics_routes.router,
    operations_routes.router,
)
