"""All routes of the search function."""

from common.runtime.http import join_routers

from functions.search import geo_routes, listing_routes

router = join_routers(
    listing_routes.router,
    geo_routes.router,
)
