"""Containers for tests: real database, fake clock and queues."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from common.adapters.mongo.shared.database import Mongo, MongoLimits
from common.runtime.container.bootstrap import Container
from common.runtime.settings import Settings, load_settings
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.fakes.clock import FakeClock
from tests.fakes.media_bucket import FakeMediaBucket
from tests.fakes.publisher import CollectingPublisher

BASE_URL = "http://api.test"
#: Loaded test machines answer late; only tests of the timeouts themselves use short ones.
PATIENT = MongoLimits(
    max_pool_size=50,
    max_idle=60_000,
    connect=20_000,
    socket=30_000,
    server_selection=20_000,
    transaction=60_000,
)


class LentMongo(Mongo):
    """A database of a client that outlives it: connecting takes longer than what many a test asks.

    Args:
        lender: whose client it is.
        database: the database's name.
    """

    def __init__(self, lender: Mongo, database: str) -> None:
        super().__init__(lambda: "", database, PATIENT)
        self.client = lender.client

    async def close(self) -> None:
        """Leave the client open; the lender closes it."""


@cache
def signing_keys() -> str:
    """A signing key made for this test process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return json.dumps({"keys": [{"kid": "test-key", "private_pem": pem, "active": True}]})


@cache
def factor_keys() -> str:
    """A key of authenticator apps' secrets made for this test process."""
    return Fernet.generate_key().decode()


def make_settings(mongodb_uri: str, database_name: str, **variables: str) -> Settings:
    """Settings of the stage ``test``; further variables by their environment names."""
    environ = {
        "STAGE": "test",
        "RECONCILIATION_READS_PER_SECOND": "1000",
        "MONGODB_URI": mongodb_uri,
        "MONGODB_DATABASE": database_name,
        "PUBLIC_BASE_URL": BASE_URL,
        "FRONTEND_BASE_URL": "http://web.test",
        "MAIL_FROM": "GigSta <no-reply@gigsta.test>",
        "STRIPE_SECRET_KEY": "sk_test_local",
        "STRIPE_WEBHOOK_SECRETS": "whsec_local",
        "JWT_SIGNING_KEYS": signing_keys(),
        "FACTOR_KEYS": factor_keys(),
        "UNSUBSCRIBE_KEYS": factor_keys(),
        "PUBLIC_CACHE_ENTRIES": "0",
        "REALTIME_URL": "ws://live.test",
        "LOOKUPS_PER_MINUTE": "100000",
        "SEARCHES_PER_MINUTE": "100000",
    }
    return load_settings(environ={**environ, **variables})


def make_container(
    mongodb_uri: str,
    database_name: str,
    *,
    limits: MongoLimits = PATIENT,
    settings: Settings | None = None,
    **parts: Any,
) -> Container:
    """A container on a real database, with a fake clock and collecting queues.

    Args:
        mongodb_uri: the server.
        database_name: the test's own database.
        limits: pool and timeouts of the client.
        settings: other settings than ``make_settings`` gives.
        parts: parts of the container to replace (``clock``, ``publisher``, ``gateway``, ...).

    Returns:
        The container; close it (``await container.close()``) or use the fixture ``container``, which does.
    """
    chosen = settings or make_settings(mongodb_uri, database_name)
    mongo = Mongo(lambda: mongodb_uri, database_name, limits)
    fakes = {"clock": FakeClock(), "publisher": CollectingPublisher(), "media_bucket": FakeMediaBucket()}
    return Container(chosen).replace(**{"mongo": mongo, **fakes, **parts})
