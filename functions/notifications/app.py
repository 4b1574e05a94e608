"""Lambda handler of the notifications function."""

from common.runtime.http import create_handler
from common.runtime.needs import FRONTEND, HTTP

from functions.notifications.container import NotificationsFunction
from functions.notifications.routes import router

handler = create_handler(router, service="notifications", needs=(HTTP, FRONTEND), container=NotificationsFunction)
