"""For tests: a running stripe-local, clients of it, a receiver of its webhooks.

The fixtures are in `stripe_local.testing.pytest_plugin`.
"""

from stripe_local.reference.settings import Settings
from stripe_local.testing.clients import SECRET_KEY, close_clients, make_client
from stripe_local.testing.control import Control, SyncControl, until, wait_until
from stripe_local.testing.receivers import WebhookReceiver
from stripe_local.testing.running import RunningStripe, running_stripe

__all__ = [
    "SECRET_KEY",
    "Control",
    "RunningStripe",
    "Settings",
    "SyncControl",
    "WebhookReceiver",
    "close_clients",
    "make_client",
    "running_stripe",
    "until",
    "wait_until",
]
