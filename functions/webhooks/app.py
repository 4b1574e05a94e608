"""Lambda handler of the webhooks function."""

from common.runtime.http import create_handler

from functions.webhooks.routes import router

handler = create_handler(router, service="webhooks")
