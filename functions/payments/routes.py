"""Routes of payments."""

from fastapi import APIRouter

from functions.payments import booking_routes, card_routes

router = APIRouter()
router.include_router(booking_routes.router)
router.include_router(card_routes.router)
