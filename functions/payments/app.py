"""Lambda handler of the payments function."""

from common.runtime.http import create_handler

from functions.payments.routes import router

handler = create_handler(router, service="payments")
