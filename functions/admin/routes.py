"""Every route of the administration function."""

from fastapi import APIRouter

from functions.admin import audit_routes, booking_routes, provider_routes, staff_routes, user_routes

router = APIRouter()
for part in (provider_routes, user_routes, staff_routes, audit_routes, booking_routes):
    router.include_router(part.router)
