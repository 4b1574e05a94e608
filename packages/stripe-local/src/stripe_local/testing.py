"""Helpers for tests: a running local Stripe, its control client, and a receiver of webhooks."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from stripe_local.reference.settings import Settings
from stripe_local.serving.server import Options, Server

_PATIENCE_SECONDS = 20.0
SECRET_KEY = "sk_test_local"  # noqa: S105 - the local Stripe takes any key of this form


class Control:
    """Client of the control endpoints.

    Args:
        url: Where the local Stripe listens.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/_control", timeout=_PATIENCE_SECONDS, trust_env=False)

    async def post(self, path: str, /, **body: object) -> dict[str, Any]:
        """Call a control endpoint with a JSON body."""
        answer = await self._http.post(path, json=body)
        answer.raise_for_status()
        return dict(answer.json())

    async def advance(self, seconds: float) -> None:
        """Move the clock forward; everything that falls due happens before this returns."""
        await self.post("/clock", advance_seconds=seconds)

    async def set_offset(self, seconds: float) -> None:
        """Set the clock's offset from the machine's time."""
        await self.post("/clock", offset_seconds=seconds)

    async def now(self) -> int:
        """The server's time in seconds since the epoch."""
        return int((await self._http.get("/clock")).json()["now"])

    async def fault(self, path: str = ".*", method: str = ".*", **order: object) -> None:
        """Order a fault; see `stripe_local.core.faults.Fault` for the members."""
        await self.post("/faults", path=path, method=method, **order)

    async def clear_faults(self) -> None:
        """Remove all orders."""
        (await self._http.delete("/faults")).raise_for_status()

    async def webhooks(self, **behaviour: object) -> dict[str, Any]:
        """Change how webhooks are sent; see `stripe_local.core.deliveries.Behaviour` for the members."""
        return await self.post("/webhooks", **behaviour)

    async def settings(self, **members: object) -> dict[str, Any]:
        """Change what the platform's account is set to, until the next reset; see `stripe_local.Settings`."""
        return await self.post("/settings", **members)

    async def redeliver(self, event_id: str) -> None:
        """Send an event again."""
        await self.post(f"/events/{event_id}/redeliver")

    async def deliveries_done(self) -> None:
        """Wait until no webhook delivery is pending.

        Raises:
            TimeoutError: It takes too long.
        """
        await until(self._nothing_pending)

    async def _nothing_pending(self) -> bool:
        return int((await self._http.get("/health")).json()["pending_webhooks"]) == 0

    async def authenticate(self, intent_id: str, outcome: str = "success") -> dict[str, Any]:
        """End the 3D Secure challenge of a PaymentIntent or SetupIntent with `success` or `failure`."""
        kind = "setup_intents" if intent_id.startswith("seti_") else "payment_intents"
        return await self.post(f"/{kind}/{intent_id}/authenticate", outcome=outcome)

    async def onboard(self, account_id: str, outcome: str = "complete") -> dict[str, Any]:
        """Complete a connected account's onboarding, or another outcome of `simulations.onboard`."""
        return await self.post(f"/accounts/{account_id}/onboarding", outcome=outcome)

    async def complete_checkout(self, session_id: str, card: str = "4242424242424242", **members: object) -> None:
        """Let a customer complete a Checkout page with a card number."""
        await self.post(f"/checkout/sessions/{session_id}/complete", card=card, **members)

    async def dispute(self, charge_id: str, **members: object) -> dict[str, Any]:
        """Let a cardholder dispute a captured charge."""
        return await self.post("/disputes", charge=charge_id, **members)

    async def close_dispute(self, dispute_id: str, outcome: str) -> dict[str, Any]:
        """End a dispute: `won` or `lost`."""
        return await self.post(f"/disputes/{dispute_id}/close", outcome=outcome)

    async def settle_payout(self, payout_id: str, status: str) -> dict[str, Any]:
        """Let a payout be `paid` or `failed`."""
        return await self.post(f"/payouts/{payout_id}", status=status)

    async def settle_refund(self, refund_id: str, status: str) -> dict[str, Any]:
        """Let a refund be `succeeded` or `failed`."""
        return await self.post(f"/refunds/{refund_id}", status=status)

    async def reset(self, *, keep_webhook_endpoints: bool = True) -> None:
        """Forget all objects, faults and deliveries, and the clock's offset."""
        await self.post("/reset", keep_webhook_endpoints=keep_webhook_endpoints)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class RunningStripe:
    """A local Stripe in a thread of this process.

    Attributes:
        url: For `base_addresses={"api": url}` of the SDK's client, or the product's `STRIPE_API_BASE`.
        control: Client of the control endpoints.
    """

    def __init__(self, options: Options) -> None:
        self._server = Server(options)
        self._thread = threading.Thread(target=self._server.serve_here, name="stripe-local", daemon=True)
        self.url = self._server.url
        self.control = Control(self.url)

    def start(self) -> None:
        """Start and wait until it listens.

        Raises:
            TimeoutError: It does not come up.
        """
        self._thread.start()
        if not self._server.listening.wait(_PATIENCE_SECONDS):
            raise TimeoutError("The local Stripe did not start.")

    def stop(self) -> None:
        """Stop and wait for the end."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE_SECONDS)


@asynccontextmanager
async def running_stripe(
    *,
    state_dir: Path | None = None,
    clock_file: Path | None = None,
    webhooks: Sequence[tuple[str, str]] = (),
    settings: Settings | None = None,
) -> AsyncIterator[RunningStripe]:
    """A local Stripe on a free port, for the life of the context.

    Args:
        state_dir: Keep the state here; in memory when None.
        clock_file: File with the clock's offset in seconds, shared with the code under test.
        webhooks: Pairs of URL and signing secret.
        settings: What the platform's account is set to.
    """
    running = RunningStripe(Options(0, state_dir, clock_file, None, webhooks, settings or Settings()))
    await asyncio.to_thread(running.start)
    try:
        yield running
    finally:
        await running.control.aclose()
        await asyncio.to_thread(running.stop)


async def until(condition: Callable[[], Awaitable[bool]], patience_seconds: float = _PATIENCE_SECONDS) -> None:
    """Wait until an async condition holds.

    Raises:
        TimeoutError: It does not in time.
    """
    end = time.monotonic() + patience_seconds
    while not await condition():
        if time.monotonic() > end:
            raise TimeoutError("The condition did not come true in time.")
        await asyncio.sleep(0.01)
