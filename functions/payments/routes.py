"""Routes of payments."""

from fastapi import APIRouter

from functions.payments import admin_routes, booking_routes, card_routes, payout_routes, plan_routes

router = APIRouter()
router.include_router(booking_routes.router)
router.include_router(card_routes.router)
router.include_router(payout_routes.router)
router.include_router(plan_routes.router)
router.include_router(admin_routes.router)
