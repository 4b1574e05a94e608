"""How a local cloud is started."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.build.targets import ROOT
from infra.local.processes import StartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

DEFAULT_PORT = 8000
_HIGHEST_PORT = 65535
TEST_MODE_PREFIXES = ("sk_test_", "rk_test_")


def _quiet(_line: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Options:
    """Choices of one start.

    Attributes:
        state_dir: Folder for everything that is kept.
        port: Public port; 0 takes a free one.
        live: Run the live sources with hot reload, instead of the built artifacts.
        functions: Folder of the functions' sources.
        seed: Fill an empty database with a small marketplace.
        workers: Most workers of one function.
        queue_visibility: Seconds until a message that failed is tried again.
        mongodb_uri: A replica set of your own; an own mongod is started when empty.
        database: Name of the database.
        stripe_key: A key of Stripe's test mode; the local Stripe is started when empty.
        stripe_webhook_secrets: Signing secrets for it, separated by commas.
        stripe_publishable_key: Key of that test mode for card forms of the web app.
        frontend_url: Where links in mails lead; the web app at the public address when empty.
        web: Build the web app where its sources have changed, while everything else starts.
        say: Receives progress lines.
    """

    state_dir: Path
    port: int = 0
    live: bool = False
    functions: Path = ROOT / "functions"
    seed: bool = True
    workers: int = 4
    queue_visibility: int = 10
    mongodb_uri: str = ""
    database: str = "gigsta"
    stripe_key: str = ""
    stripe_webhook_secrets: str = ""
    stripe_publishable_key: str = ""
    frontend_url: str = ""
    web: bool = False
    say: Callable[[str], None] = field(default=_quiet)

    def __post_init__(self) -> None:
        """Refuse a key that could move real money."""
        if self.stripe_key and not self.stripe_key.startswith(TEST_MODE_PREFIXES):
            raise StartError("STRIPE_SECRET_KEY is no test key (sk_test_…). The local cloud takes no other.")


def _port(text: str) -> int:
    """Read a TCP port."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _HIGHEST_PORT):
        raise StartError(f"PORT={text} is no port: a number from 1 to {_HIGHEST_PORT}, such as PORT=8001 make dev")
    return int(text)


def from_environment(state_dir: Path, say: Callable[[str], None], environ: Mapping[str, str]) -> Options:
    """Return the options of ``make dev``.

    Args:
        state_dir: Folder for everything that is kept.
        say: Receives progress lines.
        environ: Variables: ``PORT``, ``MONGODB_URI``, ``MONGODB_DATABASE``, ``STRIPE_SECRET_KEY``,
            ``STRIPE_WEBHOOK_SECRETS``, ``STRIPE_PUBLISHABLE_KEY``, ``FRONTEND_BASE_URL``.

    Raises:
        StartError: ``PORT`` is no port, or the key could move real money.
    """
    return Options(
        state_dir=state_dir,
        port=_port(environ.get("PORT") or str(DEFAULT_PORT)),
        live=True,
        mongodb_uri=environ.get("MONGODB_URI", ""),
        database=environ.get("MONGODB_DATABASE") or "gigsta",
        stripe_key=environ.get("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secrets=environ.get("STRIPE_WEBHOOK_SECRETS", ""),
        stripe_publishable_key=environ.get("STRIPE_PUBLISHABLE_KEY", ""),
        frontend_url=environ.get("FRONTEND_BASE_URL", ""),
        web=not environ.get("FRONTEND_BASE_URL"),
        say=say,
    )


def inherited(*names: str) -> dict[str, str]:
    """Return the variables a tool of ours may have from the caller's environment.

    Args:
        names: Further names to keep.
    """
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONDONTWRITEBYTECODE", *names)
    return {name: os.environ[name] for name in kept if name in os.environ}
