"""The secrets of the local cloud: made once, kept for their owner only, handed to Secrets Manager."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from infra.local import info as infos
from infra.local.ministack import server as ministack
from infra.ops.keys import sealing_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FILE = "secrets.json"
KEY_BITS = 2048  # the least RFC 7518, section 3.3, allows for RS256
LOCAL_STRIPE_KEY = "sk_test_local"
MONGODB = "gigsta/local/mongodb"
STRIPE = "gigsta/local/stripe"
SIGNING_KEYS = "gigsta/local/signing-keys"
FACTOR_KEYS = "gigsta/local/factor-keys"
UNSUBSCRIBE_KEYS = "gigsta/local/unsubscribe-keys"
OAUTH = "gigsta/local/oauth"


@dataclass(frozen=True)
class LocalSecrets:
    """Secrets kept between starts.

    Attributes:
        signing_keys: Keys of access tokens, as the functions read them.
        webhook_secret: Signing secret of the local Stripe's webhook.
        factor_keys: Keys of authenticator apps' secrets.
        unsubscribe_keys: Keys of links that switch mails off.
    """

    signing_keys: dict[str, Any]
    webhook_secret: str
    factor_keys: str
    unsubscribe_keys: str


def load_or_make(state_dir: Path) -> LocalSecrets:
    """Read the kept secrets, and make those that are missing: all at the first start, later what a release brings.

    Args:
        state_dir: The cloud's folder.
    """
    path = state_dir / FILE
    kept = json.loads(path.read_text()) if path.exists() else {}
    makers: dict[str, Callable[[], Any]] = {
        "signing_keys": _new_signing_keys,
        "webhook_secret": lambda: f"whsec_{secrets.token_urlsafe(24)}",
        "factor_keys": sealing_key.generate,
        "unsubscribe_keys": sealing_key.generate,
    }
    if missing := {name: make() for name, make in makers.items() if name not in kept}:
        kept |= missing
        infos.write_private(path, json.dumps(kept))
    return LocalSecrets(**kept)


def publish(aws_url: str, values: dict[str, str]) -> None:
    """Create or replace secrets in MiniStack's Secrets Manager.

    Args:
        aws_url: MiniStack's address.
        values: Secret strings by name.
    """
    client = boto3.client("secretsmanager", **ministack.client_settings(aws_url))
    for name, value in values.items():
        try:
            client.put_secret_value(SecretId=name, SecretString=value)
        except client.exceptions.ResourceNotFoundException:
            client.create_secret(Name=name, SecretString=value)


def _new_signing_keys() -> dict[str, Any]:
    """Make one active RS256 key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {"keys": [{"kid": f"local-{secrets.token_hex(4)}", "private_pem": pem.decode(), "active": True}]}
