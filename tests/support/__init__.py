"""What tests of handlers and repositories share: a container on a real database, a client, a sign-in."""

from tests.fakes.clock import START, FakeClock
from tests.fakes.publisher import CollectingPublisher
from tests.support.containers import make_container, make_settings
from tests.support.http import api_client, app_client
from tests.support.identity import sign_in, store_user

__all__ = [
    "START",
    "CollectingPublisher",
    "FakeClock",
    "api_client",
    "app_client",
    "make_container",
    "make_settings",
    "sign_in",
    "store_user",
]
