"""Every page of the web app: it lands from mails, fits a phone, is accessible by axe's rules, and is small."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from infra.build.targets import ROOT
from infra.local.demo import jobs, story
from infra.web import app
from tests.browser.app import ADDRESS, go_on_as, reported, service_of
from tests.browser.test_pages import WIDTHS, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

#: A page that there is not.
NOWHERE = "/nowhere"
#: Pages that anyone opens, links of mails among them (docs/frontend.md).
PUBLIC = (
    "/", "/search", "/sign-in", "/sign-in?token=x", "/register", "/verify-email?token=x", "/reset-password?token=x",
    "/forgot-password", NOWHERE, "/reports", "/reports/new", "/moderation/mod_x?token=x",
)  # fmt: skip
#: Pages of somebody who is signed in, by who they are.
OWN = {
    "customer": (
        "/bookings", "/account", "/confirm-email?token=x", "/welcome", "/job-requests", "/job-requests/new",
        "/reports/new", "/reports/mine", "/inbox", "/notices", "/account/notifications", "/moderation",
        "/onboarding", "/onboarding/profile", "/onboarding/provider",
    ),
    "provider": (
        "/provider", "/provider/calendar", "/provider/availability", "/provider/services", "/provider/services/new",
        "/provider/profile", "/provider/earnings", "/provider/payouts", "/provider/plan", "/offers",
        "/onboarding/billing",
    ),
    "admin": (
        "/admin", "/admin/moderation", "/admin/reports", "/admin/ratings", "/admin/providers",
        "/admin/payment-discrepancies", "/admin/operations", "/admin/users", "/admin/audit-logs",
    ),
    "operator": (
        "/admin/disputes", "/admin/bookings-without-provider", "/admin/provider-debts", "/admin/operations",
    ),
    "super admin": ("/admin/staff",),
}  # fmt: skip
#: Largest first load, in bytes of gzip.
MOST_JS, MOST_CSS = 90_000, 15_000
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
#: WCAG 2.2 AA: https://www.deque.com/axe/core-documentation/api-documentation/#axecore-tags.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
SETTLED = "() => document.getAnimations().map(each => each.finish()).length === 0"
#: What differs in the dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def faults_of(page: Page, address: str) -> dict[str, object]:
    """What is wrong with a page: pixels beyond its right edge at each width, and what axe finds in light and dark."""
    found: dict[str, object] = {}
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        # What follows the window's width does so with its next frames.
        page.evaluate(TWO_FRAMES)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        if address != NOWHERE:
            expect(page.get_by_role("heading", level=1)).not_to_have_text("This page does not exist")
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        if overflow(page) > 0:
            found[f"{address} at {width}"] = overflow(page)
    # A window as high as the page: what sticks to its lower edge covers nothing then.
    page.set_viewport_size({"width": WIDTHS[-1], "height": page.evaluate("document.documentElement.scrollHeight")})
    page.evaluate(TWO_FRAMES)
    # A script of the driver: the page's own policy allows none.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    for scheme, rules in (("light", RULES), ("dark", COLOURS)):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        # Colours that are on their way to others are neither; what inherits them sets out once they are there.
        page.evaluate(TWO_FRAMES)
        page.wait_for_function(SETTLED)
        report = page.evaluate("rules => axe.run(document, rules)", rules)
        for each in report["violations"]:
            found[f"{address}, {scheme}: {each['id']}"] = [node["html"][:160] for node in each["nodes"]]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def made_for(stage: Stage, who: str) -> tuple[str, ...]:
    """Pages of things that there are once somebody has made them."""
    customer, provider = stage.seeded_person("customer"), stage.seeded_person("provider")
    if who == "admin":
        figures = stage.seeded_person(who).call("GET", "/v1/admin/analytics/dashboard")
        query = figures["people"]["new_people"]["href"].partition("?")[2]
        return (f"/admin/users/{customer.call('GET', '/v1/users/me')['id']}", f"/admin/figures?{query}")
    if who not in {"customer", "provider"}:
        return ()
    service, start = service_of(stage), stage.now() + timedelta(hours=2)
    body: dict[str, Any] = {
        "service_id": service["id"],
        "description": "The hedge along the drive.",
        "address": ADDRESS,
        "window": {"start_at": story.stamp(start), "end_at": story.stamp(start + timedelta(days=7))},
        "timezone": "Pacific/Auckland",
    }
    request = customer.call("POST", "/v1/job-requests", body)
    if who == "provider":
        offer = jobs.wait_for_offer(provider, request["id"])
        return (f"/offers/{offer['id']}", f"/provider/services/{service['id']}")
    return (f"/job-requests/{request['id']}", f"/reports/{reported(customer)['id']}")


@pytest.mark.timeout(900)
def test_every_public_page_is_accessible_and_fits_its_screen(page: Page, stage: Stage) -> None:
    service = service_of(stage)
    pages = (
        *PUBLIC,
        f"/services/{service['id']}",
        f"/providers/{service['provider_id']}",
        f"/checkout/{service['id']}",
    )
    assert {key: value for address in pages for key, value in faults_of(page, address).items()} == {}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", list(OWN))
def test_every_page_of_somebody_is_accessible_and_fits_its_screen(page: Page, stage: Stage, who: str) -> None:
    pages = (*OWN[who], *made_for(stage, who))
    go_on_as(page, stage.seeded_person(who))
    assert {key: value for address in pages for key, value in faults_of(page, address).items()} == {}


@pytest.mark.timeout(600)
def test_what_needs_a_sign_in_asks_for_it_and_comes_back(page: Page, cloud: LocalCloud) -> None:
    page.goto("/bookings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    person = next(each for each in cloud.info.sign_ins if each["who"] == "customer")
    page.get_by_label("Mail address").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    page.reload()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def test_the_first_load_is_small() -> None:
    app.build()
    manifest = json.loads((app.DIST / ".vite" / "manifest.json").read_text(encoding="utf-8"))
    entry = manifest["index.html"]
    scripts, seen = [entry["file"]], list(entry.get("imports", []))
    for name in seen:
        scripts.append(manifest[name]["file"])
        seen += [each for each in manifest[name].get("imports", []) if each not in seen]

    def size(names: list[str]) -> int:
        return sum(len(gzip.compress((app.DIST / name).read_bytes())) for name in set(names))

    # With what the first page loads on top.
    home = manifest["src/pages/home/HomePage.vue"]
    more = [manifest[name]["file"] for name in home.get("imports", []) if name in manifest]
    assert size([*scripts, home["file"], *more]) <= MOST_JS
    assert size(entry.get("css", [])) <= MOST_CSS
