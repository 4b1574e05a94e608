"""The pages for developers and the documentation render, on a wide and on a narrow screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from playwright.sync_api import expect

from infra.local.ministack import server as ministack
from tests.browser.axe import broken_rules

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

PAGES = {
    "/_dev": "Status",
    "/_dev/mail": "Mail",
    "/docs": "GigSta API",
}
WIDTHS = (1100, 390)
#: Of a desk, where axe looks at pages beside a phone's.
WIDE = 1280


def overflow(page: Page) -> int:
    """How many pixels of the page are beyond its right edge."""
    beyond: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beyond


@pytest.mark.timeout(600)
def test_every_page_renders_and_fits_its_screen(page: Page, cloud: LocalCloud) -> None:
    beyond = {}
    for address, heading in (PAGES | {cloud.stripe_url: "Local Stripe"}).items():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            if overflow(page):
                beyond[address, width] = overflow(page)
    assert beyond == {}


@pytest.mark.timeout(600)
def test_every_page_is_accessible_and_has_the_font_of_the_web_app(page: Page, cloud: LocalCloud) -> None:
    client = boto3.client("sesv2", **ministack.client_settings(cloud.info.aws_url))
    client.send_email(
        FromEmailAddress="hello@gigsta.test",
        Destination={"ToAddresses": ["reader@mail.example.com"]},
        Content={
            "Simple": {
                "Subject": {"Data": "Hello"},
                "Body": {"Text": {"Data": "Go to http://localhost/x."}},
                "Attachments": [{"FileName": "booking.ics", "RawContent": b"BEGIN", "ContentType": "text/calendar"}],
            }
        },
    )
    [mail] = cloud.mails("reader@mail.example.com")
    page.set_viewport_size({"width": WIDE, "height": 800})
    found: dict[str, object] = {}
    for address in (*PAGES, f"/_dev/mail/{mail.id}", cloud.stripe_url):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if address == "/docs":
            expect(page.locator(".opblock-tag")).not_to_have_count(0)
        found |= broken_rules(page, address)
        if address.startswith("/"):
            assert page.evaluate("document.fonts.load('15px Figtree').then(faces => faces.length)") == 1
    assert found == {}


@pytest.mark.timeout(300)
def test_a_mail_with_a_long_link_fits_a_telephone(page: Page, stage: Stage) -> None:
    person = stage.person("Somebody", "somebody-with-quite-a-long-address-for-mails@mail.example.com")
    person.call("POST", "/v1/auth/register", {"email": person.email, "password": "a-quiet-river-runs-1984"})
    stage.wait_for_mail(person.email, "confirm")
    page.set_viewport_size({"width": WIDTHS[-1], "height": 800})
    page.goto(f"/_dev/mail?to={person.email}")
    table = page.get_by_role("table").evaluate("each => each.scrollWidth - each.clientWidth")
    page.get_by_role("link", name="Confirm").first.click()
    # Until it is loaded: without its styles a page has another width.
    page.wait_for_url("**/_dev/mail/*")
    expect(page.get_by_role("heading", name="Links")).to_be_visible()
    assert (table, overflow(page)) == (0, 0)


def operation(page: Page, name: str) -> Locator:
    """An operation of the API's page, opened as ``tag/name``."""
    tag, _, name = name.partition("/")
    section = page.locator(f"#operations-tag-{tag}")
    if section.get_attribute("data-is-open") != "true":
        section.click()
    found = page.locator(f'.opblock[id$="-{name}"]')
    found.locator(".opblock-summary-control").click()
    return found


def tried(page: Page, name: str, body: dict[str, str] | None = None) -> Locator:
    """What the API answers to an operation that is tried on its page."""
    shown = operation(page, name)
    if body:
        shown.locator("textarea").first.fill(json.dumps(body))
    shown.get_by_role("button", name="Execute").click()
    answer = shown.locator(".live-responses-table")
    expect(answer.locator("tbody .response-col_status").first).to_contain_text("200")
    return answer.locator(".response-col_description").last


@pytest.mark.timeout(600)
def test_the_documentation_opens_an_operation(page: Page) -> None:
    page.goto("/docs")
    shown = operation(page, "identity/register")
    expect(shown.get_by_text("/v1/auth/register")).to_be_visible()
    expect(shown.locator("textarea")).to_contain_text("password")
    expect(page.get_by_role("heading", name="Bookings")).to_be_visible()


@pytest.mark.timeout(600)
def test_the_documentation_tries_requests_and_asks_no_other_host(page: Page, cloud: LocalCloud) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url))
    somebody = cloud.info.sign_ins[0]
    page.goto("/docs")
    expect(page.locator(".opblock-tag")).not_to_have_count(0)

    signed_in = tried(page, "identity/log_in", {"email": somebody["email"], "password": somebody["password"]})
    token = json.loads(signed_in.locator("pre").first.inner_text())["access_token"]
    page.get_by_role("button", name="Authorize").first.click()
    dialog = page.locator(".modal-ux")
    dialog.get_by_role("textbox").fill(token)
    dialog.get_by_role("button", name="Apply credentials").click()
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(tried(page, "account/get_account").locator("pre").first).to_contain_text(somebody["email"])

    assert not [address for address in asked if not address.startswith((cloud.base_url, "data:"))]
