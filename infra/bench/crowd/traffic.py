"""A closed loop of people: so many at once, each playing the story to its end before the next one begins."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from infra.bench.crowd.processor import cpu_ms
from infra.bench.crowd.story import play, read
from infra.bench.crowd.usage import Block
from infra.bench.environments import BenchmarkError, http_event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from infra.bench.crowd.fleet import Fleet
    from infra.bench.crowd.people import Pair
    from infra.bench.crowd.queues import Queues
    from infra.bench.servers import Servers
    from stripe_local.testing import WebhookReceiver
    from stripe_local.testing.control import Control

#: People at once: as many as there are environments for requests.
AT_ONCE = 8
#: After so long no story of a block begins any more.
_BLOCK_SECONDS = 25.0
_STORY_SECONDS, _DRAIN_SECONDS = 30.0, 30.0
_LOOK_SECONDS = 0.005
_PUBLISHABLE_KEY = "pk_test_bench"


class Crowd:
    """One side of the comparison; implements ``Side``.

    Args:
        fleet: Its environments.
        queues: Its queues.
        servers: What both sides share.
        receiver: Where the local Stripe's events arrive.
        control: The local Stripe's.
    """

    def __init__(
        self, fleet: Fleet, queues: Queues, servers: Servers, receiver: WebhookReceiver, control: Control
    ) -> None:
        self.fleet = fleet
        self._queues = queues
        self._servers = servers
        self._receiver = receiver
        self._control = control
        self._stripe = httpx.AsyncClient(base_url=servers.stripe_url, timeout=_STORY_SECONDS)
        self._news: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._about: dict[str, str] = {}
        self._taken = 0
        self._errors: list[str] = []

    async def close(self) -> None:
        """Close the connections."""
        await self._stripe.aclose()

    async def call(self, area: str, event: dict[str, Any], status: int) -> Any:
        """Send a request to a function; returns the answer's body."""
        return read(await self.fleet.invoke(area, event, status))

    async def pay(self, client_secret: str) -> None:
        """Pay at Stripe with a test card, as a browser does."""
        intent = client_secret.partition("_secret")[0]
        answer = await self._stripe.post(
            f"/v1/payment_intents/{intent}/confirm",
            data={"payment_method": "pm_card_visa", "client_secret": client_secret},
            headers={"Authorization": f"Bearer {_PUBLISHABLE_KEY}"},
        )
        if answer.is_error:
            raise BenchmarkError(f"Stripe answered {answer.status_code}: {answer.text[:300]}")

    async def news(self, booking_id: str) -> None:
        """Wait until a worker has done something for a booking that was not waited for yet."""
        event = self._news[booking_id]
        await event.wait()
        event.clear()

    async def block(self, pairs: Sequence[Pair], step: Callable[[str, str], Awaitable[None]] | None = None) -> Block:
        """Let everybody live the story, and the queues run dry.

        Args:
            pairs: Who.
            step: Called after each step of each story.
        """
        self._errors, waiting, ended = [], iter(pairs), 0
        self._taken = len(self._receiver.seen)
        used, requests, mongod = self.fleet.used(), self.fleet.requests, cpu_ms(self._servers.mongod_pid)
        delivered = replace(self._queues.delivered)
        background = [
            asyncio.create_task(self._queues.deliver(self.fleet, self._worked_on, self._errors)),
            asyncio.create_task(self._forward()),
        ]
        started = time.perf_counter()

        async def live() -> None:
            nonlocal ended
            for pair in waiting:
                if time.perf_counter() - started > _BLOCK_SECONDS:
                    return
                try:
                    async with asyncio.timeout(_STORY_SECONDS):
                        await play(self, pair, step)
                    ended += 1
                except (BenchmarkError, TimeoutError, httpx.HTTPError, LookupError) as error:
                    self._errors.append(f"{type(error).__name__}: {error}")

        await asyncio.gather(*(live() for _ in range(AT_ONCE)))
        await self._run_dry()
        seconds = time.perf_counter() - started
        now = self.fleet.used()
        block = Block(
            bookings=ended,
            requests=self.fleet.requests - requests,
            seconds=seconds,
            used={name: each - used[name] for name, each in now.items()},
            mongod_ms=cpu_ms(self._servers.mongod_pid) - mongod,
            messages=self._queues.delivered.messages - delivered.messages,
            batches=self._queues.delivered.batches - delivered.batches,
            put_back=self._queues.delivered.put_back - delivered.put_back,
            errors=self._errors,
        )
        self._queues.close()
        background[1].cancel()
        await asyncio.gather(*background, return_exceptions=True)
        return block

    async def _run_dry(self) -> None:
        """Wait until Stripe has sent, and workers have done, everything."""
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self._control.deliveries_done()
                while self._taken < len(self._receiver.seen) or not await self._queues.is_empty():  # noqa: ASYNC110 - asked over HTTP
                    await asyncio.sleep(_LOOK_SECONDS)
        except TimeoutError:
            self._errors.append("the queues did not run dry")

    async def _forward(self) -> None:
        """Hand what Stripe sends to the webhooks function, as it was signed."""
        async with asyncio.TaskGroup() as group:
            at = self._taken
            while True:
                arrived = self._receiver.seen[at:]
                at += len(arrived)
                for body, signature in arrived:
                    group.create_task(self._take_in(body, signature))
                await asyncio.sleep(_LOOK_SECONDS)

    async def _take_in(self, body: bytes, signature: str) -> None:
        found = json.loads(body)
        about = found["data"]["object"].get("metadata", {}).get("booking_id")
        if about:
            self._about[found["id"]] = about
        event = http_event("POST", "/v1/webhooks/stripe", headers={"stripe-signature": signature})
        try:
            await self.fleet.invoke("webhooks", {**event, "body": body.decode()}, 200)
        except BenchmarkError as error:
            self._errors.append(f"webhooks: {error}")
        self._taken += 1

    def _worked_on(self, message: Mapping[str, Any]) -> None:
        booking_id = message.get("booking_id") or self._about.get(str(message.get("event_id")))
        if booking_id and message.get("topic") != "notifications":
            self._news[booking_id].set()
