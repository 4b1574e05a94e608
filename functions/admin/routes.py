"""Every route of the administration function."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.admin",
    (
        "provider_routes:router",
        "/v1/admin/providers",
        "/v1/admin/providers/{id}/approve",
        "/v1/admin/providers/{id}/reject",
    ),
    (
        "user_routes:router",
        "/v1/admin/users",
        "/v1/admin/users/{id}/suspend",
        "/v1/admin/users/{id}/restore",
        "/v1/admin/users/{id}/activity",
    ),
    (
        "staff_routes:router",
        "/v1/admin/staff",
        "/v1/admin/staff/{id}",
    ),
    (
        "audit_routes:router",
        "/v1/admin/audit-logs",
    ),
    (
        "booking_routes:router",
        "/v1/admin/disputes",
        "/v1/admin/bookings-without-provider",
        "/v1/admin/bookings/{id}/actions/resolve",
        "/v1/admin/ratings",
        "/v1/admin/ratings/{id}/hide",
        "/v1/admin/ratings/{id}/publish",
    ),
)
