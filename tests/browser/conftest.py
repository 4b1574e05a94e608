"""One browser and one cloud for all tests here; each test has a browser profile of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from infra.local.demo.stage import Stage
from infra.web import app
from tests.browser import chromium
from tests.support.clouds import running_cloud

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Error, Page

    from infra.local.cloud import LocalCloud

# Cold functions on a busy machine; nothing waits longer than it must.
PATIENCE_MS = 90_000
#: What the app itself mends: a function that had no room and a socket given up for it, as on any busy machine; an
#: access token that was replaced while a call was on its way; more page loads a minute than the stream has tickets; a
#: ticket that had lapsed when its socket was let in.
MENDED = (
    "status of 503",
    "status of 401",
    "status of 429",
    "closed before the connection is established",
    "WebSocket handshake: Unexpected response code: 403",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    app.build()
    yield from running_cloud(tmp_path_factory.mktemp("cloud"))


@pytest.fixture
def stage(cloud: LocalCloud) -> Iterator[Stage]:
    with Stage(cloud) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    if program is None:
        pytest.fail(chromium.MISSING, pytrace=False)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, cloud: LocalCloud) -> Iterator[Page]:
    """A tab; whatever any tab of the profile complains of in its console fails the test."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(each in message.text for each in MENDED):
            complaints.append(f"{message.location.get('url')}: {message.text}")

    def note_error(error: Error) -> None:
        complaints.append(str(error))

    def watch(tab: Page) -> None:
        tab.on("console", note)
        tab.on("pageerror", note_error)

    context = browser.new_context(base_url=cloud.base_url, viewport={"width": 1100, "height": 800})
    context.set_default_timeout(PATIENCE_MS)
    context.on("page", watch)
    yield context.new_page()
    context.close()
    assert complaints == []


@pytest.fixture
def shared(browser: Browser, cloud: LocalCloud) -> Iterator[Page]:
    """A tab that people use in turn; its console is not watched, for a stream of who leaves may be refused."""
    tab = browser.new_context(base_url=cloud.base_url).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    yield tab
    tab.context.close()
