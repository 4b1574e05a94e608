"""All routes of the search function."""

from fastapi import APIRouter

from functions.search import geo_routes, listing_routes

router = APIRouter()
router.include_router(listing_routes.router)
router.include_router(geo_routes.router)
