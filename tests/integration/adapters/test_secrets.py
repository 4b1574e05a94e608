"""Secrets by name come from Secrets Manager, and their absence is told without them."""

from __future__ import annotations

import os
import subprocess
import sys

import boto3

from infra.local.ministack import server as ministack

SCRIPT = """
import os
from common.domain.shared.errors import Unavailable
from common.runtime.needs import EVENTS, HTTP, STRIPE
from common.runtime.settings import CoreSettings, load_settings
settings = load_settings("bookings", needs=(HTTP, EVENTS, STRIPE))
stripe = settings.of(STRIPE)
print(settings.of(CoreSettings).mongodb_uri.get(), stripe.secret_key(), *stripe.signing_secrets())
missing = load_settings(environ={**os.environ, "MONGODB_URI_SECRET": "test/none"})
try:
    missing.of(CoreSettings).mongodb_uri.get()
except Unavailable as error:
    print(error.detail)
"""


def test_secrets_are_fetched_by_name(amazon: ministack.Ministack) -> None:
    client = boto3.client("secretsmanager", **ministack.client_settings(amazon.url))
    client.create_secret(Name="test/mongodb", SecretString="mongodb://u:p@db.example/")
    client.create_secret(Name="test/stripe", SecretString='{"secret_key": "sk_test_1", "webhook_secrets": ["whsec_1"]}')
    client.close()
    environ = {
        "PATH": os.environ["PATH"], **ministack.function_environment(amazon.url), "STAGE": "test",
        "MONGODB_URI_SECRET": "test/mongodb", "MONGODB_DATABASE": "x", "STRIPE_SECRET": "test/stripe",
        "PUBLIC_BASE_URL": "http://x", "NOTIFICATIONS_QUEUE_URL": "q", "PAYMENT_CHECKS_QUEUE_URL": "q",
        "REALTIME_QUEUE_URL": "q",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "mongodb://u:p@db.example/ sk_test_1 whsec_1",
        "The secret test/none cannot be read.",
    ]
