"""Routes of job requests and offers."""

from common.runtime.http import join_routers

from functions.matching import match_routes, offer_routes, request_routes

router = join_routers(request_routes.router, match_routes.router, offer_routes.router)
