"""Every page of the web app: it lands from mails, fits phones and fingers, is accessible by axe, and is small."""

from __future__ import annotations

import gzip
import json
import re
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from infra.local.demo import story
from infra.web import app
from tests.browser.app import (
    ADDRESS,
    asked_for_offers,
    go_on_as,
    paid_booking,
    reported,
    service_of,
    settled,
    shifts_of,
    sign_in_here,
)
from tests.browser.axe import TWO_FRAMES, broken_rules
from tests.browser.targets import too_small
from tests.browser.test_pages import WIDE, WIDTHS, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

#: A page that there is not.
NOWHERE = "/nowhere"
#: Pages that anyone opens, links of mails among them (docs/frontend.md).
PUBLIC = (
    "/", "/search", "/search?kind=providers", "/sign-in", "/sign-in?token=x", "/register", "/verify-email?token=x",
    "/reset-password?token=x", "/forgot-password", NOWHERE, "/reports", "/reports/new", "/moderation/mod_x?token=x",
    "/account/deleted", "/terms", "/privacy",
)  # fmt: skip
#: Pages of somebody who is signed in, by who they are.
OWN = {
    "customer": (
        "/bookings", "/account", "/account/photos", "/confirm-email?token=x", "/welcome", "/job-requests",
        "/job-requests/new", "/reports/new", "/reports/mine", "/inbox", "/notices", "/account/notifications",
        "/moderation", "/onboarding", "/onboarding/profile", "/onboarding/provider",
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
HEIGHT = "document.documentElement.scrollHeight"
#: How often a page may have grown while it was looked at.
MOST_LOOKS = 5
#: All that moves together; https://web.dev/cls has 0.1 as good.
MOST_SHIFT = 0.02
#: Across and down, in pixels: https://www.w3.org/WAI/WCAG22/Understanding/target-size-enhanced.html.
LEAST_TARGET = 44


def faults_of(page: Page, address: str) -> dict[str, object]:
    """What is wrong with a page: what is beyond its right edge, what is hard to press, what axe finds."""
    found: dict[str, object] = {}
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        # What follows the window's width does so with its next frames.
        page.evaluate(TWO_FRAMES)
        settled(page)
        if address != NOWHERE:
            expect(page.get_by_role("heading", level=1)).not_to_have_text("This page does not exist")
        if overflow(page) > 0:
            found[f"{address} at {width}"] = overflow(page)
    # Staff work at a desk.
    if not address.startswith("/admin") and (small := too_small(page, LEAST_TARGET)):
        found[f"{address}, by touch"] = small
    for _ in range(MOST_LOOKS):
        height = as_high_as_the_page(page, WIDTHS[-1])
        seen = broken_rules(page, address)
        # What comes late makes a page grow while it is looked at.
        if page.evaluate(HEIGHT) == height:
            return found | seen
    pytest.fail(f"{address} goes on growing")


def wide_faults_of(page: Page, address: str) -> dict[str, object]:
    """What axe finds on a page that is open, on a desk."""
    page.set_viewport_size({"width": WIDE, "height": 800})
    page.evaluate(TWO_FRAMES)
    settled(page)
    as_high_as_the_page(page, WIDE)
    return broken_rules(page, f"{address} at {WIDE}")


def as_high_as_the_page(page: Page, width: int) -> int:
    """Make the window as high as the page, where what sticks to its lower edge covers nothing.

    Returns:
        How high the page is then, of which some are as high as any window and more.
    """
    page.set_viewport_size({"width": width, "height": page.evaluate(HEIGHT)})
    page.evaluate(TWO_FRAMES)
    height: int = page.evaluate(HEIGHT)
    return height


def made_for(cloud: LocalCloud, stage: Stage, who: str) -> tuple[str, ...]:
    """Pages of things that there are once somebody has made them."""
    customer = stage.seeded_person("customer")
    if who == "admin":
        figures = stage.seeded_person(who).call("GET", "/v1/admin/analytics/dashboard")
        query = figures["people"]["new_people"]["href"].partition("?")[2]
        return (f"/admin/users/{customer.call('GET', '/v1/users/me')['id']}", f"/admin/figures?{query}")
    if who == "operator":
        return (f"/bookings/{paid_booking(cloud, stage, days=15)['id']}",)
    if who not in {"customer", "provider"}:
        return ()
    request, offer = asked_for_offers(stage, "The hedge along the drive.")
    booking = paid_booking(cloud, stage, days=12 if who == "customer" else 11)
    conversation = booking["conversation_id"]
    customer.call("POST", f"/v1/conversations/{conversation}/messages", {"text": "Is there parking?", "client_id": who})
    both = (f"/bookings/{booking['id']}", f"/inbox/{conversation}")
    service_id, start = booking["service"]["id"], quote(booking["start_at"])
    if who == "provider":
        return (*both, f"/offers/{offer['id']}", f"/provider/services/{service_id}")
    report = reported(customer)
    checkout = f"/checkout/{service_id}?start={start}"
    return (
        *both,
        f"/bookings/{booking['id']}/receipt",
        checkout,
        f"/job-requests/{request['id']}",
        f"/reports/{report['id']}",
    )


@pytest.mark.timeout(900)
def test_every_public_page_is_accessible_and_fits_its_screen(page: Page, stage: Stage) -> None:
    service = service_of(stage)
    pages = (
        *PUBLIC,
        f"/services/{service['id']}",
        f"/providers/{service['provider_id']}",
        f"/checkout/{service['id']}",
    )
    found: dict[str, object] = {}
    for address in pages:
        found |= faults_of(page, address)
        found |= wide_faults_of(page, address)
    assert found == {}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("who", list(OWN))
def test_every_page_of_somebody_is_accessible_and_fits_its_screen(
    page: Page, cloud: LocalCloud, stage: Stage, who: str
) -> None:
    pages = (*OWN[who], *made_for(cloud, stage, who))
    go_on_as(page, stage.seeded_person(who))
    assert {key: value for address in pages for key, value in faults_of(page, address).items()} == {}


@pytest.mark.timeout(600)
def test_nothing_moves_while_a_page_comes(page: Page, cloud: LocalCloud, stage: Stage) -> None:
    service, booking = service_of(stage), paid_booking(cloud, stage, days=16)
    addresses = ("/", "/search", "/reports", f"/services/{service['id']}", f"/bookings/{booking['id']}")
    go_on_as(page, stage.seeded_person("customer"))
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for address in addresses:
            page.goto(address)
            settled(page)
            moved = shifts_of(page)
            if sum(each["value"] for each in moved) > MOST_SHIFT:
                found[f"{address} at {width}"] = moved
    assert found == {}


@pytest.mark.timeout(600)
def test_what_needs_a_sign_in_asks_for_it_and_comes_back(page: Page, cloud: LocalCloud) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/search")
    page.get_by_role("link", name="Sign in").click()
    page.goto("/bookings")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    person = next(each for each in cloud.info.sign_ins if each["who"] == "customer")
    sign_in_here(page, person["email"], person["password"])
    assert page.url == f"{cloud.base_url}/bookings"
    page.reload()
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


#: What is seen of a page before the app is there.
SKETCH = "#app > [aria-busy]"
#: How a sign-in begins that was made before, and what of it no page waits for that is begun early.
RENEWAL, ACCOUNT = "/v1/auth/refresh", "/v1/users/me"


def booking_of(stage: Stage) -> str:
    """Path of a new booking of the customer's, which waits for its payment."""
    service, customer = service_of(stage), stage.seeded_person("customer")
    start = story.first_slot(customer, str(service["id"]), stage.now() + timedelta(days=9))
    body = {"service_id": service["id"], "start_at": start, "address": ADDRESS}
    return f"/bookings/{customer.call('POST', '/v1/bookings', body)['id']}"


def first_reads(stage: Stage) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Of the pages where people land: a sign of their main content, what it stands on, what else is begun early."""
    service, booking = service_of(stage), booking_of(stage)
    of_service = f"/v1/services/{service['id']}"
    around = "lat=-36.8509&lng=174.7645&radius_m=5000&limit=50"
    return {
        "/": ("a[href^='/search?category='] >> nth=0", "/v1/search/popular-categories?limit=8", ()),
        "/search": ("h1:has-text('services to choose from')", "/v1/search/services?facets=true&limit=20", ()),
        "/reports": ("h1:has-text('reported here')", f"/v1/reports/nearby?{around}", ("/v1/reports/categories",)),
        f"/services/{service['id']}": ("h1", of_service, (f"{of_service}/ratings?limit=5",)),
        booking: ("h2:has-text('Pay to make it yours')", f"/v1{booking}", ()),
    }


@pytest.mark.timeout(600)
def test_a_page_stands_on_one_call_that_is_begun_before_the_app(shared: Page, stage: Stage) -> None:
    asked: list[str] = []
    answered: set[str] = set()

    def take(route: Route) -> None:
        address = route.request.url.partition(stage.base_url)[2]
        asked.append(address)
        # All else is never answered: the main content does without it.
        if address in answered:
            route.continue_()

    shared.route("**/v1/**", take)
    for page, (sign, read, others) in first_reads(stage).items():
        is_signed_in = page.startswith("/bookings/")
        if is_signed_in:
            go_on_as(shared, stage.seeded_person("customer"))
        # What the page before still asks for is over then.
        shared.goto("about:blank")
        asked.clear()
        answered.clear()
        answered.update({RENEWAL, read})
        shared.goto(page)
        expect(shared.locator(SKETCH)).to_have_count(0)
        expect(shared.locator(sign)).to_be_visible()
        begun = [RENEWAL, read, *others, ACCOUNT] if is_signed_in else [read, *others]
        assert asked[: len(begun)] == begun
        assert [asked.count(each) for each in begun] == [1] * len(begun)
    shared.unroute_all(behavior="ignoreErrors")


#: What the sketch shows, and where; the same is looked for in the app.
DRAWN = """() => [...document.querySelectorAll('h1, main p, aside p, aside button, header a, time, dl, #status')]
  .filter(each => each.checkVisibility())
  .map(each => {
    const {x, y, width, height} = each.getBoundingClientRect()
    return [each.tagName, each.textContent.trim(), ...[x, y, width, height].map(Math.round)].join(' ')
  })"""
#: The app itself; its pages, words and styles have other names.
APP_CODE = re.compile(r"/assets/index-[^/]+\.js$")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_is_drawn_before_the_app_and_stays_where_it_is(shared: Page, stage: Stage, width: int) -> None:
    title = str(service_of(stage)["title"])
    service = f"/services/{service_of(stage)['id']}"
    pages = {"/": "Good hands", "/reports": "here", service: title, booking_of(stage): title}
    held: list[Route] = []
    is_open = Event()

    def hold(route: Route) -> None:
        if is_open.is_set():
            route.continue_()
        else:
            held.append(route)

    shared.route(APP_CODE, hold)
    shared.set_viewport_size({"width": width, "height": 800})
    for page, sign in pages.items():
        if page.startswith("/bookings/"):
            go_on_as(shared, stage.seeded_person("customer"))
        is_open.clear()
        shared.goto(page, wait_until="commit")
        expect(shared.get_by_role("heading", level=1)).to_contain_text(sign)
        shared.evaluate("document.fonts.ready.then(() => null)")
        drawn = shared.evaluate(DRAWN)
        assert len(drawn) > 2
        is_open.set()
        while held:
            held.pop().continue_()
        settled(shared)
        assert [each for each in drawn if each not in shared.evaluate(DRAWN)] == []
    shared.unroute_all(behavior="ignoreErrors")


@pytest.mark.timeout(600)
def test_what_is_drawn_before_the_app_has_the_look_that_was_chosen(shared: Page) -> None:
    shared.goto("/docs")
    shared.evaluate("localStorage.setItem('gigsta.theme', 'dark')")
    shared.route(APP_CODE, lambda _route: None)
    shared.goto("/", wait_until="commit")
    expect(shared.get_by_role("heading", level=1)).to_be_visible()
    assert shared.evaluate("document.documentElement.dataset.theme") == "dark"
    shared.unroute_all(behavior="ignoreErrors")
    shared.goto("/docs")
    shared.evaluate("localStorage.removeItem('gigsta.theme')")


@pytest.mark.timeout(600)
def test_an_app_that_cannot_be_had_is_asked_for_once_more_and_missed_in_words(shared: Page) -> None:
    asked: list[str] = []

    def lose(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    shared.route(APP_CODE, lose)
    shared.goto("/sign-in", wait_until="commit")
    expect(shared.get_by_role("alert")).to_contain_text("could not be loaded")
    assert len(asked) == 2
    shared.unroute_all(behavior="ignoreErrors")
    shared.get_by_role("link", name="Try again").click()
    expect(shared.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.timeout(600)
def test_what_is_drawn_of_somebody_goes_when_another_tab_signs_out(shared: Page, stage: Stage) -> None:
    booking = booking_of(stage)
    go_on_as(shared, stage.seeded_person("customer"))
    shared.route(APP_CODE, lambda _route: None)
    shared.goto(booking, wait_until="commit")
    expect(shared.locator("#status")).to_be_visible()
    other = shared.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Your account").click()
    other.get_by_role("button", name="Sign out").click()
    expect(shared.locator("#app > *")).to_have_count(0)
    other.close()
    shared.unroute_all(behavior="ignoreErrors")


@pytest.mark.timeout(600)
def test_a_page_has_a_shape_while_its_sign_in_is_renewed(shared: Page, stage: Stage) -> None:
    go_on_as(shared, stage.seeded_person("customer"))
    shared.route("**/v1/**", lambda _route: None)
    shared.goto("/bookings/bkg_1")
    expect(shared.get_by_role("main").get_by_role("status")).to_be_visible()
    shared.unroute_all(behavior="ignoreErrors")


@pytest.mark.timeout(600)
def test_a_page_whose_first_call_fails_says_so_and_tries_again(shared: Page, stage: Stage) -> None:
    service = service_of(stage)
    shared.route(f"**/v1/services/{service['id']}", lambda route: route.fulfill(status=500, body="{}"), times=1)
    shared.goto(f"/services/{service['id']}")
    expect(shared.get_by_role("alert")).to_be_visible()
    shared.get_by_role("button", name="Try again").click()
    expect(shared.get_by_role("heading", level=1)).to_have_text(str(service["title"]))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("address", ["/services/svc_none", "/providers/prv_none", "/checkout/svc_none"])
def test_what_there_is_not_leads_to_searching(shared: Page, address: str) -> None:
    shared.goto(address)
    expect(shared.get_by_role("heading", level=2, name="There is no such")).to_be_visible()
    expect(shared.get_by_role("main").get_by_role("link", name="Find")).to_have_attribute("href", "/search")


@pytest.mark.timeout(600)
def test_a_sign_in_that_has_ended_leads_a_booking_to_sign_in(shared: Page, stage: Stage) -> None:
    shared.goto("/docs")
    shared.evaluate("localStorage.setItem('gigsta.session', 'over')")
    shared.goto("/bookings/bkg_1")
    expect(shared.get_by_role("heading", level=1)).to_have_text("Sign in")
    # It can be renewed still, but its account cannot be had.
    go_on_as(shared, stage.seeded_person("customer"))
    shared.route("**/v1/users/me", lambda route: route.fulfill(status=401, body="{}"))
    shared.goto("/bookings/bkg_1")
    expect(shared.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert shared.evaluate("localStorage.getItem('gigsta.session')") is None


@pytest.mark.timeout(600)
def test_two_tabs_that_open_at_once_share_a_renewal_and_an_end(shared: Page, stage: Stage) -> None:
    statuses: list[int] = []
    shared.context.on(
        "response", lambda answer: statuses.append(answer.status) if "/auth/refresh" in answer.url else None
    )
    customer = stage.seeded_person("customer")
    go_on_as(shared, customer)
    other = shared.context.new_page()
    # Nobody waits for the first before the second begins.
    shared.goto("/bookings", wait_until="commit")
    other.goto("/bookings", wait_until="commit")
    for tab in (shared, other):
        settled(tab)
        expect(tab.get_by_role("button", name="Your account")).to_be_visible()
    assert set(statuses) == {200}
    other.get_by_role("button", name="Your account").click()
    other.get_by_role("button", name="Sign out").click()
    for tab in (shared, other):
        expect(tab.get_by_role("link", name="Sign in")).to_be_visible()


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
