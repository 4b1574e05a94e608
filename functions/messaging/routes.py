"""Routes of the messaging function."""

from common.runtime.http import join_routers

from functions.messaging import conversation_routes, message_routes, realtime_routes

router = join_routers(conversation_routes.router, message_routes.router, realtime_routes.router)
