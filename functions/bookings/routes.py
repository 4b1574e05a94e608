"""Routes of bookings; fixed paths come before those with an id in the same place."""

from common.runtime.http import join_routers

from functions.bookings import (
    action_routes,
    booking_routes,
    calendar_routes,
    intent_routes,
    rating_routes,
    state_machine_routes,
)

router = join_routers(
    state_machine_routes.router,
    calendar_routes.router,
    booking_routes.router,
    action_routes.router,
    rating_routes.router,
    intent_routes.router,
)
