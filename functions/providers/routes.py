"""All routes of the providers function."""

from fastapi import APIRouter

from functions.providers import catalogue_routes, figure_routes, profile_routes

router = APIRouter()
#: ``/v1/providers/me`` comes before ``/v1/providers/{provider_id}``, which would match it.
router.include_router(profile_routes.own)
router.include_router(figure_routes.own)
router.include_router(figure_routes.public)
router.include_router(profile_routes.public)
router.include_router(catalogue_routes.own)
router.include_router(catalogue_routes.public)
