"""All routes of the search function."""

from fastapi import APIRouter

from functions.search import listing_routes

router = APIRouter()
router.include_router(listing_routes.router)
