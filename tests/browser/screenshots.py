"""Pictures of the web app's pages, of a local cloud that runs: ``make screenshots``."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, TimeoutError, expect, sync_playwright  # noqa: A004 - Playwright's own

from infra.build.targets import ROOT
from infra.local.demo.stage import Stage
from infra.local.handle import RunningCloud
from tests.browser import chromium

FOLDER = ROOT / "docs" / "screenshots"
#: A phone and a desk, in pixels: width and height.
SIZES = {390: 844, 1280: 900}
#: Pages by who looks at them, nobody in particular first.
PAGES = {
    "": ("/sign-in", "/register", "/forgot-password", "/reset-password?token=x", "/verify-email?token=x", "/nowhere",
         "/terms", "/privacy", "/account/deleted"),
    "customer": ("/", "/search", "/bookings", "/job-requests", "/job-requests/new", "/reports", "/reports/new",
                 "/reports/mine", "/inbox", "/notices", "/moderation", "/account/notifications",
                 "/account/photos", "/onboarding",
                 "/onboarding/profile", "/onboarding/provider"),
    "provider": ("/provider", "/provider/calendar", "/provider/availability", "/provider/services",
                 "/provider/services/new", "/provider/profile", "/provider/earnings", "/provider/payouts",
                 "/provider/plan", "/offers", "/onboarding/billing"),
    "admin": ("/admin", "/admin/moderation", "/admin/reports", "/admin/ratings", "/admin/providers",
              "/admin/operations", "/admin/users", "/admin/audit-logs"),
    "operator": ("/admin/disputes", "/admin/bookings-without-provider", "/admin/provider-debts",
                 "/admin/payment-discrepancies"),
    "super admin": ("/admin/staff",),
}  # fmt: skip
#: Names of pictures that are taken in the dark, too.
DARK = frozenset({"home", "search", "service", "booking", "reports", "provider", "provider-calendar", "admin"})
_PATIENCE_MS = 30_000
_COLOURS = 128
#: Nothing in sight stands for what comes yet, and every photograph in sight is there.
_DRAWN = """() => [...document.querySelectorAll(".shimmer, img")]
    .every((each) => each.complete || each.getBoundingClientRect().top > window.innerHeight)"""


def main() -> int:
    """Take them all; a page that did not settle in time is said and left out."""
    program = chromium.find()
    if program is None:
        sys.exit(chromium.MISSING)
    FOLDER.mkdir(parents=True, exist_ok=True)
    cloud = RunningCloud.attach(ROOT / ".local")
    with Stage(cloud) as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        for who, pages in PAGES.items():
            token = stage.seeded_person(who).refresh_token if who else ""
            _take(browser, cloud, token, {_name(each): each for each in pages} | _made_for(stage, who))
        browser.close()
    return 0


def _made_for(stage: Stage, who: str) -> dict[str, str]:
    """Pages of what the seeded people have made, by the names of their pictures."""
    if who not in {"customer", "provider"}:
        return {}
    person = stage.seeded_person(who)
    if who == "provider":
        [offer, *_] = person.call("GET", "/v1/offers")["items"]
        [report, *_] = person.call("GET", "/v1/reports/mine")["items"]
        return {"offer": f"/offers/{offer['id']}", "report": f"/reports/{report['id']}"}
    bookings = person.call("GET", "/v1/bookings?limit=100")["items"]
    booking = next(each for each in bookings if each["status"] == "accepted")
    [conversation, *_] = person.call("GET", "/v1/conversations")["items"]
    [request, *_] = person.call("GET", "/v1/job-requests")["items"]
    done = next(each for each in bookings if each["payment"]["captured"]["amount"])
    return {
        "booking": f"/bookings/{booking['id']}",
        "receipt": f"/bookings/{done['id']}/receipt",
        "conversation": f"/inbox/{conversation['id']}",
        "job-request": f"/job-requests/{request['id']}",
        "service": f"/services/{booking['service']['id']}",
        "provider-page": f"/providers/{booking['provider_id']}",
        "checkout": f"/checkout/{booking['service']['id']}",
        "account": "/account",
    }


def _take(browser: Browser, cloud: RunningCloud, refresh_token: str, pages: dict[str, str]) -> None:
    """Take one person's pages at each size."""
    context = browser.new_context(base_url=cloud.base_url, locale="en-NZ", timezone_id="Pacific/Auckland")
    page = context.new_page()
    if refresh_token:
        page.goto("/docs")
        page.evaluate("token => localStorage.setItem('gigsta.session', token)", refresh_token)
    for name, address in pages.items():
        for width, height in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(address)
            try:
                expect(page.locator("h1").first).to_be_visible(timeout=_PATIENCE_MS)
                expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=_PATIENCE_MS)
                page.wait_for_function(_DRAWN, timeout=_PATIENCE_MS)
            except (AssertionError, TimeoutError) as error:
                sys.stderr.write(f"{address} at {width}: {str(error).splitlines()[0]}\n")
                continue
            page.wait_for_timeout(700)
            _keep(page.screenshot(), FOLDER / f"{name}-{width}.png")
            if name in DARK:
                page.emulate_media(color_scheme="dark")
                page.wait_for_timeout(700)
                _keep(page.screenshot(), FOLDER / f"{name}-{width}-dark.png")
                page.emulate_media(color_scheme="light")
    context.close()


def _name(address: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", address.partition("?")[0].strip("/")) or "home"


def _keep(picture: bytes, path: Path) -> None:
    """Store a picture with a palette, which is a quarter of its size."""
    with Image.open(io.BytesIO(picture)) as full:
        full.convert("RGB").quantize(_COLOURS).save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
