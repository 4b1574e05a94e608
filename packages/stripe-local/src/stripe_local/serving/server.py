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
from stripe_local.resources.webhooks.webhook_endpoints import add, new_secret
from stripe_local.serving.app import create_app
from stripe_local.serving.engine import Engine, build

#: The port of Stripe's own stripe-mock, so that what is set up for that one finds this one.
DEFAULT_PORT = 12111
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - compared with, not listened on
_GRACE_SECONDS = 2


@dataclass(frozen=True)
class Options:
    """How to start.

    Args:
        host: Address to listen on; anything but loopback lets others on the network in.
        port: 0 picks a free one.
        public_url: Where others reach the server, for links to its pages; made of host and port when None.
        state: Directory for the state; in memory when None.
        clock_file: File with the clock's offset in seconds.
        ready_file: Written with `{"url": …}` once requests are taken.
        webhooks: Pairs of URL and signing secret; they get the events of the platform and of connected accounts. Where
            the secret is None, an endpoint that the state holds keeps its own and a new one gets one made.
        settings: What the platform's account is set to.
        access_log: Whether each request is logged.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str | None = None
    state: Path | None = None
    clock_file: Path | None = None
    ready_file: Path | None = None
    webhooks: Sequence[tuple[str, str | None]] = ()
    settings: Settings = field(default_factory=Settings)
    access_log: bool = False


class ListenError(OSError):
    """The address is taken, or not this machine's."""


class Server(uvicorn.Server):
    """A server that tells when it listens.

    Args:
        options: How to start.

    Attributes:
        url: Where it is reached.
        webhook_secrets: Signing secrets by URL of the endpoints in the options.

    Raises:
        ListenError: It cannot listen there.
        sqlite3.Error: The state cannot be opened.
        OSError: Its folder cannot be made.
    """

    def __init__(self, options: Options) -> None:
        self.listening = threading.Event()
        self.socket = _listen(options.host, options.port)
        host = "127.0.0.1" if options.host in _EVERYWHERE else options.host
        self.url = options.public_url or f"http://{host}:{self.socket.getsockname()[1]}"
        try:
            self.engine: Engine = build(options.state, options.clock_file, options.settings)
        except BaseException:
            self.socket.close()
            raise
        self.engine.base_url = self.url
        self._options = options
        self.webhook_secrets = _add_endpoints(self.engine, options.webhooks)
        config = uvicorn.Config(
            create_app(self.engine), log_level="info" if options.access_log else "warning", lifespan="on",
            timeout_graceful_shutdown=_GRACE_SECONDS, ws="none",
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


def _listen(host: str, port: int) -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # unnamed, asyncio leaves Nagle on: 40 ms a call
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as failure:
        listener.close()
        raise ListenError(failure.errno, failure.strerror) from failure
    return listener


def _add_endpoints(engine: Engine, wanted: Sequence[tuple[str, str | None]]) -> dict[str, str]:
    """Add what the state does not hold yet; gives the secrets by URL."""
    with engine.unit() as unit:
        known = {endpoint["url"]: endpoint for endpoint in unit.select("webhook_endpoint")}
        for url, secret in wanted:
            if url not in known:
                known[url] = add(unit, url, secret or new_secret(), "all", ["*"])
            elif secret is not None:
                known[url]["_secret"] = secret
        return {url: str(known[url]["_secret"]) for url, _ in wanted}
