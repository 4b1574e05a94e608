"""Routes of payments."""

from common.runtime.http import join_routers

from functions.payments import admin_routes, booking_routes, card_routes, payout_routes, plan_routes, statement_routes

router = join_routers(
    booking_routes.router,
    card_routes.router,
    payout_routes.router,
    statement_routes.router,
    plan_routes.router,
    admin_routes.router,
)
