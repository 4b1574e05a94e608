"""Lambda handler of the payments function."""

from common.runtime.http import create_handler
from common.runtime.needs import EVENTS, HTTP, STRIPE

from functions.payments.container import PaymentsFunction
from functions.payments.routes import router

handler = create_handler(router, service="payments", needs=(HTTP, EVENTS, STRIPE), container=PaymentsFunction)
