"""Joins the routers of an area's modules into one."""

from fastapi import APIRouter


def join_routers(*routers: APIRouter) -> APIRouter:
    """All routes in one router, tried in the given order.

    The routes are taken over as they are: FastAPI's ``include_router`` builds each of them a second time, and every
    request is then matched twice. It is for prefixes and the like, which the routers of one area do not get.
    """
    joined = APIRouter()
    for router in routers:
        joined.routes.extend(router.routes)
    return joined
