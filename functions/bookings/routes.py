"""Routes of bookings."""

from fastapi import APIRouter

from functions.bookings import action_routes, booking_routes, machine_routes

router = APIRouter()
router.include_router(machine_routes.router)
router.include_router(booking_routes.router)
router.include_router(action_routes.router)
