"""Lambda handler of the webhooks function."""

from common.runtime.http import create_handler
from common.runtime.needs import HTTP, STRIPE, STRIPE_EVENTS

from functions.webhooks.container import WebhooksFunction
from functions.webhooks.routes import router

handler = create_handler(router, service="webhooks", needs=(HTTP, STRIPE, STRIPE_EVENTS), container=WebhooksFunction)
