"""Routes of bookings; fixed paths come before those with an id in the same place."""

from fastapi import APIRouter

from functions.bookings import (
    action_routes,
    booking_routes,
    calendar_routes,
    intent_routes,
    machine_routes,
    rating_routes,
)

router = APIRouter()
for part in (machine_routes, calendar_routes, booking_routes, action_routes, rating_routes, intent_routes):
    router.include_router(part.router)
