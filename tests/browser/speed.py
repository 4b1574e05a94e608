"""How soon the web app's pages are there, beside the same pages as static files: ``make speed`` while `make dev` runs.

Each page is opened by a browser that has nothing of it, in turn as the app draws it and as one document with the same
styles and font that the same gateway serves, compressed as the app's files are. Of each its largest contentful paint is
taken (https://web.dev/lcp), and of the app what moved while it came (https://web.dev/cls).

``--page``, ``--network`` and ``--rounds`` measure a part, which is printed and not written.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from infra.build.targets import ROOT
from infra.local.demo import story
from infra.local.demo.stage import Stage
from infra.local.handle import RunningCloud
from infra.web import app
from tests.browser import chromium
from tests.browser.app import give_back, service_of, shifts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright._impl._api_structures import LocalStorageEntry
    from playwright.sync_api import Browser, BrowserContext, Page, StorageState

    from infra.local.demo.people import Person

RESULTS = ROOT / "docs" / "web-speed.md"
#: Where the static pages are while this runs.
STATIC = app.DIST / "static-pages"
#: Odd, so that a median is a page that was there; with all pages on both networks five minutes.
ROUNDS = 7
#: How long a booking that is opened has to wait for its payment still; a quarter of an hour is all that it may.
HELD = timedelta(minutes=6)
#: Of a page to the static one.
MOST = 2.0
#: How long a new tab rests before it is given an address, the app's and the static one alike.
REST_MS = 1_000
#: What a busy machine may take for a page; a call that is lost is told of by its page before.
PATIENCE_MS = 60_000
#: A round trip in milliseconds, and bytes in a second: this machine itself, and what Lighthouse takes for a telephone's
#: network (https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md).
NETWORKS = {"this machine": None, "a telephone's network": (150, 1_600_000 / 8)}
#: As ``settled`` does, but seldom and with little: what looks for roles again and again takes the page's time from it.
SETTLED = """async patience => {
  while (document.querySelectorAll('h1').length !== 1 || document.querySelector('[aria-busy=true]')) {
    if (performance.now() > patience) throw new Error(`${location.pathname} did not come.`)
    await new Promise(done => setTimeout(done, 250))
  }
}"""
#: Once what is seen of pictures is there and drawn: one of them may be what is largest.
LARGEST = """async () => {
  const frame = () => new Promise(requestAnimationFrame)
  const isSeen = ({top, bottom}) => bottom > 0 && top < innerHeight
  while ([...document.images].some(each => isSeen(each.getBoundingClientRect()) && !each.complete)) await frame()
  for (let frames = 0; frames < 3; frames++) await frame()
  return new Promise(done => new PerformanceObserver(seen => done(seen.getEntries().at(-1).startTime))
    .observe({type: 'largest-contentful-paint', buffered: true}))
}"""
SCRIPTS = re.compile(r"<script\b.*?</script>|<link rel=\"modulepreload\"[^>]*>", re.DOTALL)


@dataclass
class Timed:
    """What a page took in each round, in milliseconds, and the most that moved in one."""

    own: list[float] = field(default_factory=list)
    static: list[float] = field(default_factory=list)
    moved: float = 0.0

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return statistics.median(self.own) / statistics.median(self.static)


def main() -> int:
    """Measure, print and write the table; 1 where a page is slower than allowed."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.speed", description=__doc__)
    parser.add_argument("--page", action="append", help="one of the pages, by its name in the table; may be repeated")
    parser.add_argument("--network", action="append", choices=list(NETWORKS), help="one of the networks")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each is opened")
    asked = parser.parse_args()
    program = chromium.find()
    if program is None:
        sys.exit(chromium.MISSING)
    cloud = RunningCloud.attach(ROOT / ".local")
    STATIC.mkdir(exist_ok=True)
    try:
        with Stage(cloud) as stage, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program)
            visit = Visit(browser, cloud, stage.seeded_person("customer"), asked.rounds)
            rows = {
                network: {
                    name: visit.timed(address, network)
                    for name, address in _pages(stage, visit.customer)
                    if name in (asked.page or [name])
                }
                for network in asked.network or NETWORKS
            }
            browser.close()
    finally:
        for each in STATIC.glob("*"):
            each.unlink()
        STATIC.rmdir()
    text = _table(rows, asked.rounds)
    sys.stdout.write(text)
    if not asked.page and not asked.network:
        RESULTS.write_text(text, encoding="utf-8")
    return int(any(timed.ratio > MOST for pages in rows.values() for timed in pages.values()))


def _pages(stage: Stage, customer: Person) -> Iterator[tuple[str, str]]:
    """Name and address of each page; the booking waits for its payment as long as a network takes."""
    service = service_of(stage)
    waiting = customer.call("GET", "/v1/bookings?limit=20&status=pending_payment")["items"]
    lasting = (each for each in waiting if datetime.fromisoformat(each["hold_expires_at"]) > stage.now() + HELD)
    booking = next(lasting, None)
    if booking is None:
        start = story.first_slot(customer, str(service["id"]), stage.now() + timedelta(days=3))
        body = {"service_id": service["id"], "start_at": start, "address": "1 Queen Street, Auckland"}
        booking = customer.call("POST", "/v1/bookings", body, Idempotency_Key=f"speed-{start}")
    yield from (("home", "/"), ("search", "/search"), ("reports", "/reports"))
    yield "a service", f"/services/{service['id']}"
    yield "a booking", f"/bookings/{booking['id']}"


@dataclass
class Visit:
    """Opens pages of one cloud as somebody who has a sign-in, and nothing else, in their browser."""

    browser: Browser
    cloud: RunningCloud
    customer: Person
    rounds: int

    def timed(self, address: str, network: str) -> Timed:
        """Time a page and the static one in turn, after a first look that makes the static one of it."""
        timed, name = Timed(), re.sub(r"\W+", "-", address).strip("-") or "home"
        for turn in range(self.rounds + 1):
            with self._context(is_signed_in="bookings" in address) as context:
                page = _empty_page(context, network)
                page.goto(address)
                page.evaluate(SETTLED, PATIENCE_MS)
                if turn == 0:
                    document = SCRIPTS.sub("", page.content())
                    (STATIC / f"{name}.html").write_text(document, encoding="utf-8")
                else:
                    timed.own.append(page.evaluate(LARGEST))
                    timed.moved = max(timed.moved, sum(each["value"] for each in shifts_of(page)))
                if "bookings" in address:
                    give_back(page, self.customer)
            if turn:
                with self._context(is_signed_in=False) as context:
                    page = _empty_page(context, network)
                    page.goto(f"/static-pages/{name}.html")
                    timed.static.append(page.evaluate(LARGEST))
        return timed

    def _context(self, *, is_signed_in: bool) -> BrowserContext:
        """Return a profile that has been nowhere."""
        token: list[LocalStorageEntry] = []
        if is_signed_in:
            token.append({"name": "gigsta.session", "value": self.customer.refresh_token})
        kept: StorageState = {"cookies": [], "origins": [{"origin": self.cloud.base_url, "localStorage": token}]}
        context = self.browser.new_context(base_url=self.cloud.base_url, storage_state=kept)
        context.set_default_timeout(PATIENCE_MS)
        return context


def _empty_page(context: BrowserContext, network: str) -> Page:
    """Return a tab that waits for an address, with all that opening the profile began behind it.

    A profile that holds a sign-in is made by a page of its own, which the browser still takes down while the next
    one would begin.
    """
    page = context.new_page()
    page.wait_for_timeout(REST_MS)
    if (limits := NETWORKS[network]) is not None:
        latency, speed = limits
        told = {"offline": False, "latency": latency, "downloadThroughput": speed, "uploadThroughput": speed}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", told)
    return page


def _table(rows: dict[str, dict[str, Timed]], rounds: int) -> str:
    """The figures as a page of the documentation."""
    lines = [
        "# How soon a page is there",
        "",
        "Written by `make speed`; do not edit. Largest contentful paint in a Chromium that has nothing of the page:",
        f"medians of {rounds} rounds in which the app's page and the same page as one static document took turns, with",
        f"the same styles, font, gateway and compression. At most {MOST:.0f}x is wanted. “Moved” is the layout shift.",
        "",
        "| network | page | app, ms | static, ms | ratio | moved |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for network, pages in rows.items():
        for name, timed in pages.items():
            own, static = (round(statistics.median(each)) for each in (timed.own, timed.static))
            missed = " **missed**" if timed.ratio > MOST else ""
            lines.append(f"| {network} | {name} | {own} | {static} | {timed.ratio:.1f}{missed} | {timed.moved:.3f} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
