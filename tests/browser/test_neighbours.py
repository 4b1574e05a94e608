"""People who agree through the web app: over a quote, over something broken, and by what they write to each other."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.local.demo import jobs
from tests.browser.app import ADDRESS, paid_booking, sign_in_as
from tests.browser.conftest import PATIENCE_MS
from tests.factories import photos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

_SERVICE = {
    "title": "Shelter belts and tall hedges",
    "category": "hedge-trimming",
    "price_type": "quote",
    "duration_minutes": 60,
    "status": "active",
}
_ALL_DAY = [{"weekday": day, "ranges": [{"start": "00:00", "end": "00:00"}]} for day in range(7)]


@pytest.fixture
def customer(browser: Browser, cloud: LocalCloud) -> Iterator[Page]:
    """The seeded customer's profile; its console is not watched, for a clock that jumps ends access tokens."""
    tab = browser.new_context(base_url=cloud.base_url).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    sign_in_as(tab, cloud, "customer")
    yield tab
    tab.context.close()


@pytest.fixture
def provider(browser: Browser, cloud: LocalCloud, stage: Stage) -> Iterator[Page]:
    """A second profile, of the seeded provider, who works at any hour and quotes for hedges."""
    person = stage.seeded_person("provider")
    week = {"timezone": "Pacific/Auckland", "weekly": _ALL_DAY, "minimum_notice_minutes": 0, "slot_step_minutes": 5}
    person.call("PUT", "/v1/providers/me/availability", week)
    own = person.call("GET", "/v1/providers/me/services?limit=100")["items"]
    if not any(each["title"] == _SERVICE["title"] for each in own):
        person.call("POST", "/v1/services", _SERVICE)
    tab = browser.new_context(base_url=cloud.base_url).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    sign_in_as(tab, cloud, "provider")
    yield tab
    tab.context.close()


def _quote(provider: Page, job: str, price: str) -> None:
    """Answer the offer of a job with a price."""
    provider.goto("/offers")
    provider.get_by_role("link", name=job).click()
    provider.get_by_role("button", name="Accept").click()
    form = provider.get_by_role("dialog")
    form.get_by_label("Price").fill(price)
    form.get_by_role("button", name="Accept").click()
    expect(form).to_have_count(0)


def _choose_and_pay(customer: Page, price: str) -> str:
    """Choose the quote that is shown, and pay the booking that it becomes; returns the booking's id."""
    customer.get_by_role("button", name="Choose this quote").click()
    question = customer.get_by_role("dialog")
    question.get_by_role("button", name="Choose this quote").click()
    customer.wait_for_url("**/bookings/bkg_*")
    expect(customer.get_by_text(price).first).to_be_visible()
    customer.get_by_label("Card number").fill("4242 4242 4242 4242")
    customer.get_by_role("button", name="Pay").click()
    expect(customer.locator("#status")).to_have_text("Accepted")
    return customer.url.rsplit("/", 1)[-1].split("?")[0]


def _do_the_work(stage: Stage, provider: Page, booking_id: str) -> None:
    """Begin with the customer's code when it is time, and complete it."""
    booking = stage.seeded_person("customer").call("GET", f"/v1/bookings/{booking_id}")
    jobs.go_to_start(stage, booking)
    provider.goto(f"/bookings/{booking_id}")
    provider.locator("[data-action=start]").click()
    form = provider.get_by_role("dialog")
    form.locator("input").first.fill(booking["start_code"])
    form.locator("form button").last.click()
    expect(provider.locator("#status")).to_have_text("In progress")
    provider.locator("[data-action=complete]").click()
    provider.get_by_role("dialog").locator("form button").last.click()
    expect(provider.locator("#status")).to_have_text("Completed")


@pytest.mark.timeout(900)
def test_a_job_is_described_quoted_chosen_paid_done_and_rated(customer: Page, stage: Stage, provider: Page) -> None:
    page = customer
    job = f"Macrocarpa along the drive {uuid.uuid4().hex[:4]}"
    page.goto("/job-requests/new")
    page.get_by_label("Kind of work").select_option("hedge-trimming")
    page.get_by_label("In a few words").fill(job)
    page.get_by_label("Describe it").fill("Forty metres, about three high.")
    page.get_by_label("Address").fill(ADDRESS)
    page.get_by_label("Budget at most").fill("300")
    page.get_by_role("button", name="Ask providers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(job)
    jobs.wait_for_offer(stage.seeded_person("provider"), page.url.rsplit("/", 1)[-1])

    _quote(provider, job, "260")
    expect(page.get_by_text("One quote to look at")).to_be_visible()
    booking_id = _choose_and_pay(page, "260.00")
    _do_the_work(stage, provider, booking_id)

    page.goto(f"/bookings/{booking_id}")
    expect(page.locator("#status")).to_have_text("Completed")
    page.get_by_label("5 stars").check(force=True)
    page.get_by_role("button", name="Send the rating").click()
    rated = stage.seeded_person("customer")
    expect(page.get_by_role("button", name="Send the rating")).to_have_count(0)
    assert rated.call("GET", f"/v1/bookings/{booking_id}/ratings")["items"][0]["stars"] == 5

    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt")
    expect(page.get_by_text("Charged")).to_be_visible()
    expect(page.get_by_text("Paid in all").locator("..")).to_contain_text("$260.00")

    page.goto(f"/bookings/{booking_id}")
    page.locator("[data-action=open_dispute]").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What happened").fill("The far side was left standing.")
    _show_a_photo(form)
    form.locator("form button").last.click()
    expect(page.locator("#status")).to_have_text("Being looked at")
    expect(_pictures(page)).to_have_count(1)
    provider.goto(f"/bookings/{booking_id}")
    expect(_pictures(provider)).to_have_count(1)
    operator = stage.seeded_person("operator")
    [given] = next(
        each["evidence"] for each in operator.call("GET", "/v1/admin/disputes")["items"] if each["id"] == booking_id
    )
    assert operator.call("GET", f"/v1/media/{given['media_ids'][0]}")["files"]


@pytest.mark.timeout(900)
def test_what_is_broken_is_reported_with_a_photo_taken_on_by_a_provider_and_resolved(
    customer: Page, stage: Stage, provider: Page
) -> None:
    page = customer
    title = f"Hedge over the footpath {uuid.uuid4().hex[:4]}"
    page.goto("/reports/new")
    page.get_by_role("button", name="Tree", exact=True).click()
    _show_a_photo(page)
    page.get_by_label("Search an address").fill(ADDRESS)
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".map-drop")).to_be_visible()
    page.get_by_label("In a few words").fill(title)
    page.get_by_label("More about it").fill("Prams have to go on the road.")
    page.get_by_role("button", name="Report it").click()
    status = page.locator("[data-status]").first
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(status).to_have_text("Published")

    page.get_by_role("button", name="Ask providers").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Kind of work").select_option("hedge-trimming")
    form.get_by_role("button", name="Ask providers").click()
    page.wait_for_url("**/job-requests/*")
    jobs.wait_for_offer(stage.seeded_person("provider"), page.url.rsplit("/", 1)[-1])
    report = page.get_by_role("link", name="The report that it is for").get_attribute("href")
    _quote(provider, title, "180")
    booking_id = _choose_and_pay(page, "180.00")
    _do_the_work(stage, provider, booking_id)
    page.goto(str(report))
    expect(status).to_have_text("Resolved")


def _show_a_photo(form: Page | Locator) -> None:
    hedge = photos.encode(photos.scene(), "PNG")
    form.locator("input[type=file]").set_input_files({"name": "hedge.png", "mimeType": "image/png", "buffer": hedge})


def _pictures(tab: Page) -> Locator:
    """Photos of a dispute, each in a button that shows it larger."""
    return tab.get_by_role("button", name="Photo").locator("img")


def _lines(tab: Page) -> Locator:
    return tab.locator("article[data-seq]")


def _say(tab: Page, text: str) -> None:
    tab.get_by_label("Write a message").fill(text)
    tab.get_by_role("button", name="Send").click()


@pytest.mark.timeout(900)
def test_two_people_talk_with_a_photo_and_lose_no_line_when_a_connection_is_killed(
    page: Page, cloud: LocalCloud, stage: Stage, provider: Page
) -> None:
    conversation = paid_booking(cloud, stage, days=13)["conversation_id"]
    # Sockets of these pages can be killed as a tunnel would.
    provider.add_init_script(
        "const Real = WebSocket; window.sockets = [];"
        "window.WebSocket = class extends Real { constructor(...all) { super(...all); window.sockets.push(this) } }"
    )
    sign_in_as(page, cloud, "customer")
    for tab in (page, provider):
        tab.goto(f"/inbox/{conversation}")
        expect(tab.get_by_label("Write a message")).to_be_visible()
    _say(page, "Could you bring a ladder?")
    expect(_lines(provider)).to_contain_text(["Could you bring a ladder?"])
    provider.evaluate("window.sockets.forEach(each => each.close())")
    for number in range(3):
        _say(page, f"Line {number}")
    _say(provider, "Yes, I will.")
    hedge = photos.encode(photos.scene(), "PNG")
    page.get_by_role("button", name="Add photos").click()
    page.locator("input[type=file]").set_input_files({"name": "hedge.png", "mimeType": "image/png", "buffer": hedge})
    expect(page.get_by_text("Uploading")).to_have_count(0)
    _say(page, "This one")
    said = ["Could you bring a ladder?", "Line 0", "Line 1", "Line 2", "Yes, I will.", "This one"]
    for tab in (page, provider):
        expect(_lines(tab)).to_have_count(len(said))
        shown = " ".join(_lines(tab).all_inner_texts())
        assert all(each in shown for each in said)
        assert _lines(tab).evaluate_all("all => all.map(each => each.dataset.seq)") == ["1", "2", "3", "4", "5", "6"]
        expect(_lines(tab).last.locator("img")).to_be_visible()
