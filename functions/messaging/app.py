"""Lambda handler of the messaging function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, HTTP, STREAMS

from functions.messaging.container import MessagingFunction
from functions.messaging.routes import router

handler = create_handler(router, service="messaging", needs=(HTTP, EVENTS, STREAMS), container=MessagingFunction)
