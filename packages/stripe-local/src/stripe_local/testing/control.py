"""Clients of the control endpoints: what a test may do that Stripe's API does not offer."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import httpx

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PATIENCE_SECONDS = 20.0
_POLL_SECONDS = 0.01
# A connection is opened for each call: a client may outlive the event loop that it was used in.
_LIMITS = httpx.Limits(max_keepalive_connections=0)

Json: TypeAlias = dict[str, Any]
#: What a call gives: the answer, or something that is awaited for it.
Given = TypeVar("Given")


class _Calls(ABC, Generic[Given]):
    """The calls that both clients have. Each gives the endpoint's answer and raises `httpx.HTTPStatusError`."""

    @abstractmethod
    def call(self, method: str, path: str, body: Json | None = None) -> Given:
        """Call a control endpoint.

        Args:
            method: HTTP method.
            path: Path below `/_control`.
            body: Sent as JSON.

        Raises:
            httpx.HTTPStatusError: It is refused; the answer says why.
        """

    def post(self, path: str, /, **body: object) -> Given:
        """Call a control endpoint with a JSON body."""
        return self.call("POST", path, body)

    def health(self) -> Given:
        """The server's time (`now`) and how many deliveries are pending (`pending_webhooks`)."""
        return self.call("GET", "/health")

    def advance(self, seconds: float) -> Given:
        """Move the clock forward; everything that falls due happens before this returns."""
        return self.post("/clock", advance_seconds=seconds)

    def set_offset(self, seconds: float) -> Given:
        """Set the clock's offset from the machine's time."""
        return self.post("/clock", offset_seconds=seconds)

    def fault(self, path: str = ".*", method: str = ".*", **order: object) -> Given:
        """Order a fault; see `stripe_local.core.faults.Fault` for the members."""
        return self.post("/faults", path=path, method=method, **order)

    def clear_faults(self) -> Given:
        """Remove all orders."""
        return self.call("DELETE", "/faults")

    def webhooks(self, **behaviour: object) -> Given:
        """Change how webhooks are sent; see `stripe_local.core.deliveries.Behaviour` for the members."""
        return self.post("/webhooks", **behaviour)

    def settings(self, **members: object) -> Given:
        """Change what the platform's account is set to, until the next reset; see `stripe_local.Settings`."""
        return self.post("/settings", **members)

    def redeliver(self, event_id: str) -> Given:
        """Send an event again."""
        return self.post(f"/events/{event_id}/redeliver")

    def authenticate(self, intent_id: str, outcome: str = "success") -> Given:
        """End the 3D Secure challenge of a PaymentIntent or SetupIntent with `success` or `failure`."""
        kind = "setup_intents" if intent_id.startswith("seti_") else "payment_intents"
        return self.post(f"/{kind}/{intent_id}/authenticate", outcome=outcome)

    def onboard(self, account_id: str, outcome: str = "complete") -> Given:
        """Complete a connected account's onboarding, or another outcome of `simulations.onboard`."""
        return self.post(f"/accounts/{account_id}/onboarding", outcome=outcome)

    def complete_checkout(self, session_id: str, card: str = "4242424242424242", **members: object) -> Given:
        """Let a customer complete a Checkout page with a card number."""
        return self.post(f"/checkout/sessions/{session_id}/complete", card=card, **members)

    def dispute(self, charge_id: str, **members: object) -> Given:
        """Let a cardholder dispute a captured charge."""
        return self.post("/disputes", charge=charge_id, **members)

    def close_dispute(self, dispute_id: str, outcome: str) -> Given:
        """End a dispute: `won` or `lost`."""
        return self.post(f"/disputes/{dispute_id}/close", outcome=outcome)

    def settle_payout(self, payout_id: str, status: str) -> Given:
        """Let a payout be `paid` or `failed`."""
        return self.post(f"/payouts/{payout_id}", status=status)

    def settle_refund(self, refund_id: str, status: str) -> Given:
        """Let a refund be `succeeded` or `failed`."""
        return self.post(f"/refunds/{refund_id}", status=status)

    def reset(self, *, keep_webhook_endpoints: bool = True) -> Given:
        """Forget all objects, faults and deliveries, and the clock's offset."""
        return self.post("/reset", keep_webhook_endpoints=keep_webhook_endpoints)


class Control(_Calls["Awaitable[Json]"]):
    """Client of the control endpoints whose calls are awaited.

    Args:
        url: Where stripe-local listens.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{url}/_control", timeout=PATIENCE_SECONDS, trust_env=False, limits=_LIMITS
        )

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call a control endpoint; see `SyncControl.call`."""
        return _read(await self._http.request(method, path, json=body))

    async def now(self) -> int:
        """The server's time in seconds since the epoch."""
        return int((await self.health())["now"])

    async def deliveries_done(self) -> None:
        """Wait until no webhook delivery is pending.

        Raises:
            TimeoutError: It takes too long.
        """

        async def nothing_pending() -> bool:
            return int((await self.health())["pending_webhooks"]) == 0

        await until(nothing_pending)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class SyncControl(_Calls[Json]):
    """Client of the control endpoints for tests without an event loop.

    Args:
        url: Where stripe-local listens.
    """

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=f"{url}/_control", timeout=PATIENCE_SECONDS, trust_env=False, limits=_LIMITS)

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call a control endpoint."""
        return _read(self._http.request(method, path, json=body))

    def now(self) -> int:
        """The server's time in seconds since the epoch."""
        return int(self.health()["now"])

    def deliveries_done(self) -> None:
        """Wait until no webhook delivery is pending.

        Raises:
            TimeoutError: It takes too long.
        """
        wait_until(lambda: int(self.health()["pending_webhooks"]) == 0)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _read(answer: httpx.Response) -> Json:
    """The answer's body; a refusal carries the server's reason."""
    if answer.is_error:
        raise httpx.HTTPStatusError(
            f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}",
            request=answer.request,
            response=answer,
        )
    return dict(answer.json())


async def until(condition: Callable[[], Awaitable[bool]], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until an async condition holds.

    Raises:
        TimeoutError: It does not in time.
    """
    end = time.monotonic() + patience_seconds
    while not await condition():
        if time.monotonic() > end:
            raise TimeoutError("The condition did not come true in time.")
        await asyncio.sleep(_POLL_SECONDS)


def wait_until(condition: Callable[[], bool], patience_seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until a condition holds; blocks the thread.

    Raises:
        TimeoutError: It does not in time.
    """
    end = time.monotonic() + patience_seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("The condition did not come true in time.")
        time.sleep(_POLL_SECONDS)
