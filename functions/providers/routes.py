"""All routes of the providers function; ``/v1/providers/me`` comes before paths with an id in the same place."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.providers",
    (
        "profile_routes:own",
        "/v1/providers/me",
        "/v1/providers/me/availability",
    ),
    (
        "statistics_routes:own",
        "/v1/providers/me/jobs",
        "/v1/providers/me/earnings",
        "/v1/providers/me/stats",
    ),
    (
        "statistics_routes:public",
        "/v1/providers/{provider_id}/ratings",
        "/v1/services/{service_id}/ratings",
    ),
    (
        "profile_routes:public",
        "/v1/providers/{provider_id}",
    ),
    (
        "catalogue_routes:own",
        "/v1/services",
        "/v1/services/{service_id}",
        "/v1/providers/me/services",
    ),
    (
        "catalogue_routes:public",
        "/v1/services/{service_id}",
        "/v1/services/{service_id}/slots",
        "/v1/categories",
        "/v1/categories/{slug}",
    ),
)
