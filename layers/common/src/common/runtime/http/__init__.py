"""The HTTP kit: application factory, handler, dependencies, schemas, paging, idempotency, rate limits."""

from common.runtime.http.app import create_app, create_handler
from common.runtime.http.dependencies import CurrentUser, Deps, OptionalUser, require
from common.runtime.http.route_groups import RouteGroups, whole

__all__ = ["CurrentUser", "Deps", "OptionalUser", "RouteGroups", "create_app", "create_handler", "require", "whole"]
