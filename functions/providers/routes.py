"""All routes of the providers function; ``/v1/providers/me`` comes before paths with an id in the same place."""

from common.runtime.http import join_routers

from functions.providers import catalogue_routes, own_time_routes, profile_routes, statistics_routes

router = join_routers(
    profile_routes.own,
    own_time_routes.own,
    statistics_routes.own,
    statistics_routes.public,
    profile_routes.public,
    catalogue_routes.own,
    catalogue_routes.public,
)
