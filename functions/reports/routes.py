"""Every route of the reports function."""

from common.runtime.http import join_routers

from functions.reports import (
    comment_routes,
    hotspot_routes,
    job_request_routes,
    open311_routes,
    reading_routes,
    support_routes,
    writing_routes,
)

router = join_routers(
    hotspot_routes.router,
    reading_routes.router,
    writing_routes.router,
    job_request_routes.router,
    support_routes.router,
    comment_routes.router,
    open311_routes.router,
)
