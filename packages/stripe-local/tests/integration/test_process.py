"""The local Stripe as a process: its command line, its state over a kill, its clock file."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
import stripe

from stripe_local.testing import Control, WebhookReceiver, close_clients, make_client, until
from support.payments import authorize

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path


#: A new interpreter imports Stripe's whole SDK, which a machine with much else to do takes its time for.
_START_SECONDS = 120.0


@asynccontextmanager
async def process(
    directory: Path, *options: str, stdout: int = asyncio.subprocess.DEVNULL
) -> AsyncIterator[tuple[Process, str]]:
    """A running process and its URL; ended if the test did not."""
    ready = directory / "ready.json"
    ready.unlink(missing_ok=True)
    command = ("-m", "stripe_local", "--port", "0", "--ready-file", str(ready), *options)
    running = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=stdout)

    async def is_ready() -> bool:
        assert running.returncode is None
        return ready.exists()

    await until(is_ready, _START_SECONDS)
    yield running, json.loads(ready.read_text())["url"]
    if running.returncode is None:
        running.terminate()
        await running.wait()


async def test_state_survives_a_kill(tmp_path: Path) -> None:
    state = ("--state-dir", str(tmp_path / "state"))
    async with process(tmp_path, *state) as (running, url):
        intent = await authorize(make_client(url).v1)
        running.kill()
        await running.wait()
    async with process(tmp_path, *state) as (running, url):
        api = make_client(url).v1
        captured = await api.payment_intents.capture_async(intent.id)
        assert captured.status == "succeeded"
        running.terminate()
        assert await running.wait() == 0
    await close_clients()


async def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    async with process(tmp_path, "--clock-file", str(file)) as (_, url):
        api = make_client(url).v1
        intent = await authorize(api)
        file.write_text("691200.0")  # eight days

        async def expired() -> bool:
            return (await api.payment_intents.retrieve_async(intent.id)).status == "canceled"

        await until(expired)
        later = await api.customers.create_async()
        assert later.created - intent.created >= 691_200
    await close_clients()


async def test_events_outlive_a_receivers_outage_and_a_restart(tmp_path: Path) -> None:
    async with WebhookReceiver() as receiver:
        port = receiver.port
    options = ("--state-dir", str(tmp_path / "state"), "--webhook", f"http://127.0.0.1:{port}/hook?a=b=whsec_c=")
    async with process(tmp_path, *options) as (running, url):
        intent = await authorize(make_client(url).v1)
        running.kill()
        await running.wait()
    async with WebhookReceiver(port) as receiver, process(tmp_path, *options) as (_, url):
        control = Control(url)
        await control.deliveries_done()
        await control.aclose()
        events = receiver.events("whsec_c=")
    assert intent.id in {event.data.object["id"] for event in events}
    await close_clients()


async def test_the_search_finds_payments_by_metadata(tmp_path: Path) -> None:
    async with process(tmp_path) as (_, url):
        api = make_client(url).v1
        intent = await authorize(api, metadata={"booking": "bk_1"})
        await authorize(api, metadata={"booking": "bk_2"})
        found = await api.payment_intents.search_async(
            {"query": "metadata['booking']:'bk_1' AND status:'requires_capture'"}
        )
        assert [item.id for item in found.data] == [intent.id]
        with pytest.raises(stripe.InvalidRequestError):
            await api.payment_intents.search_async({"query": "booking is bk_1"})
    await close_clients()


async def test_a_secret_is_made_printed_and_kept(tmp_path: Path) -> None:
    printed = []
    async with WebhookReceiver() as receiver:
        for address in (receiver.url, receiver.url, f"{receiver.url}=whsec_given"):
            options = ("--state-dir", str(tmp_path / "state"), "--webhook", address)
            async with process(tmp_path, *options, stdout=asyncio.subprocess.PIPE) as (running, url):
                await authorize(make_client(url).v1)
                control = Control(url)
                await control.deliveries_done()
                await control.aclose()
                running.terminate()
                printed.append((await running.communicate())[0].decode())
        secrets = [text.split("secret ")[1].split()[0] for text in printed]
        assert secrets[0] == secrets[1] != secrets[2] == "whsec_given"
        half = len(receiver.seen) // 3
        assert stripe.Webhook.construct_event(*receiver.seen[0], secrets[0])
        assert stripe.Webhook.construct_event(*receiver.seen[half], secrets[0])
        assert stripe.Webhook.construct_event(*receiver.seen[-1], "whsec_given")
    await close_clients()


async def test_its_pages_are_where_others_reach_it(tmp_path: Path) -> None:
    options = ("--host", "0.0.0.0", "--public-url", "http://stripe.test:8080/")  # noqa: S104 - for a moment
    async with process(tmp_path, *options) as (_, public):
        assert public == "http://stripe.test:8080"
