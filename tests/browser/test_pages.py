"""The pages for developers and the documentation render, on a wide and on a narrow screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from infra.local.cloud import LocalCloud

PAGES = {
    "/_dev": "Status",
    "/_dev/mail": "Mail",
    "/_dev/app": "Try GigSta",
    "/_dev/app/search": "Find a service",
    "/_dev/app/sign-in": "Sign in",
    "/docs": "GigSta API",
}
WIDTHS = (1100, 390)


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
def test_the_documentation_opens_an_operation(page: Page) -> None:
    page.goto("/docs")
    operation = page.locator("details").filter(has_text="/v1/auth/register").first
    operation.locator("summary").click()
    expect(operation.get_by_role("link", name="RegisterRequest")).to_be_visible()
    expect(page.get_by_role("heading", name="Bookings")).to_be_visible()
