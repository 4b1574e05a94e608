"""Routes of bookings; fixed paths come before those with an id in the same place."""

from common.runtime.http import RouteGroups

router = RouteGroups(
    "functions.bookings",
    (
        "state_machine_routes:router",
        "/v1/bookings/state-machine",
    ),
    (
        "calendar_routes:router",
        "/v1/bookings/calendar-feed",
        "/v1/bookings/calendar-feed/{token}",
        "/v1/bookings/{booking_id}/calendar.ics",
    ),
    (
        "booking_routes:router",
        "/v1/bookings",
        "/v1/bookings/{booking_id}",
        "/v1/bookings/{booking_id}/history",
    ),
    (
        "action_routes:router",
        "/v1/bookings/{booking_id}/actions",
        "/v1/bookings/{booking_id}/actions/{action_name}",
    ),
    (
        "rating_routes:router",
        "/v1/bookings/{booking_id}/ratings",
        "/v1/bookings/{booking_id}/ratings/{rating_id}/reply",
    ),
    (
        "intent_routes:router",
        "/v1/booking-intents",
        "/v1/booking-intents/{intent_id}",
    ),
)
