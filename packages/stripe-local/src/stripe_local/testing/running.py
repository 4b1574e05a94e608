"""A stripe-local in a thread of this process."""

from __future__ import annotations

import asyncio
import threading
from functools import cached_property
from typing import TYPE_CHECKING

from stripe_local.reference.settings import Settings
from stripe_local.serving.server import Options, Server
from stripe_local.testing.clients import close_clients
from stripe_local.testing.control import PATIENCE_SECONDS, Control, SyncControl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class RunningStripe:
    """A stripe-local in a thread of this process; runs inside `with` or `async with`.

    Args:
        options: How to start.

    Attributes:
        url: For `base_addresses={"api": url}` of the SDK's client.
    """

    def __init__(self, options: Options) -> None:
        self._server = Server(options)
        self._thread = threading.Thread(target=self._server.serve_here, name="stripe-local", daemon=True)
        self.url = self._server.url

    @cached_property
    def control(self) -> Control:
        """Client of the control endpoints whose calls are awaited."""
        return Control(self.url)

    @cached_property
    def sync_control(self) -> SyncControl:
        """Client of the control endpoints for tests without an event loop."""
        return SyncControl(self.url)

    @property
    def webhook_secrets(self) -> dict[str, str]:
        """Signing secrets by URL of the webhook endpoints that were given at the start."""
        return self._server.webhook_secrets

    def start(self) -> None:
        """Start and wait until it listens.

        Raises:
            TimeoutError: It does not come up.
        """
        self._thread.start()
        if not self._server.listening.wait(PATIENCE_SECONDS):
            raise TimeoutError("stripe-local did not start.")

    def stop(self) -> None:
        """Stop and wait for the end."""
        self._server.should_exit = True
        self._thread.join(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "sync_control" in vars(self):
            self.sync_control.close()
        self.stop()

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self.start)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "control" in vars(self):
            await self.control.aclose()
        await close_clients(self.url)
        await asyncio.to_thread(self.__exit__, kind, error, trace)


def running_stripe(
    *,
    state_dir: Path | None = None,
    clock_file: Path | None = None,
    webhooks: Sequence[tuple[str, str | None]] = (),
    settings: Settings | None = None,
) -> RunningStripe:
    """A stripe-local on a free port, for the life of a `with` or `async with`.

    Args:
        state_dir: Keep the state here; in memory when None.
        clock_file: File with the clock's offset in seconds, shared with the code under test.
        webhooks: Pairs of URL and signing secret; a secret is made where it is None.
        settings: What the platform's account is set to.
    """
    return RunningStripe(
        Options(port=0, state=state_dir, clock_file=clock_file, webhooks=webhooks, settings=settings or Settings())
    )
