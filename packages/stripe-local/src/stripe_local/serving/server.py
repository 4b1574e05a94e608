"""Runs the application on loopback, in the foreground or in a thread."""

import json
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import uvicorn

from stripe_local.reference.settings import Settings
from stripe_local.resources.webhooks.webhook_endpoints import add
from stripe_local.serving.app import create_app
from stripe_local.serving.engine import Engine, build

_HOST = "127.0.0.1"
_GRACE_SECONDS = 2


@dataclass(frozen=True)
class Options:
    """How to start.

    Args:
        port: 0 picks a free one.
        state: Directory for the state; in memory when None.
        clock_file: File with the clock's offset in seconds.
        ready_file: Written with `{"url": …}` once requests are taken.
        webhooks: Pairs of URL and signing secret; they get the events of the platform and of connected accounts.
        settings: What the platform's account is set to.
    """

    port: int = 0
    state: Path | None = None
    clock_file: Path | None = None
    ready_file: Path | None = None
    webhooks: Sequence[tuple[str, str]] = ()
    settings: Settings = field(default_factory=Settings)


class Server(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, options: Options) -> None:
        self.engine: Engine = build(options.state, options.clock_file, options.settings)
        self.listening = threading.Event()
        self.socket = socket.socket(proto=socket.IPPROTO_TCP)  # unnamed, asyncio leaves Nagle on: 40 ms a call
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((_HOST, options.port))
        self.url = f"http://{_HOST}:{self.socket.getsockname()[1]}"
        self.engine.base_url = self.url
        self._options = options
        with self.engine.unit() as unit:
            known = {endpoint["url"]: endpoint for endpoint in unit.select("webhook_endpoint")}
            for url, secret in options.webhooks:
                if url in known:
                    known[url]["_secret"] = secret
                else:
                    add(unit, url, secret, "all", ["*"])
        config = uvicorn.Config(
            create_app(self.engine), log_level="warning", lifespan="on", timeout_graceful_shutdown=_GRACE_SECONDS,
            ws="none",
        )  # fmt: skip
        super().__init__(config)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen and say so."""
        await super().startup(sockets)
        if self._options.ready_file is not None:
            partial = self._options.ready_file.with_suffix(".partial")
            partial.write_text(json.dumps({"url": self.url}), encoding="utf-8")
            partial.replace(self._options.ready_file)
        self.listening.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal is an ordinary end, with exit status 0."""
        del sig, frame
        self.should_exit = True

    def serve_here(self) -> None:
        """Serve until told to stop."""
        try:
            self.run(sockets=[self.socket])
        finally:
            self.engine.store.close()
            self.socket.close()
