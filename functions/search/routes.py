"""All routes of the search function."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.search",
    (
        "listing_routes:router",
        "/v1/search/services",
        "/v1/search/providers",
        "/v1/search/suggest",
        "/v1/search/popular-categories",
    ),
    (
        "geo_routes:router",
        "/v1/geo/geocode",
        "/v1/geo/reverse",
    ),
)
