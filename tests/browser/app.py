"""How tests use the web app: signing in, and waiting for what it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from infra.local.demo import photo

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

PASSWORD = "a-quiet-river-runs-1984"
ADDRESS = "1 Queen Street, Auckland"
#: 3D Secure is asked for: https://docs.stripe.com/testing.
CARD_3DS = "4000 0000 0000 3220"
#: For work too far ahead to hold money the card is saved.
PAY = re.compile("^(Pay NZ|Save the card)")


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in, and wait for the page that this leads to: what is opened before it would be interrupted by it."""
    page.goto("/sign-in")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda address: "/sign-in" not in address)
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def sign_in_as(page: Page, cloud: LocalCloud, who: str) -> None:
    """Sign in as one of the seeded people."""
    person = next(each for each in cloud.info.sign_ins if each["who"] == who)
    sign_in(page, person["email"], person["password"])


def go_on_as(page: Page, person: Person) -> None:
    """Go on with a sign-in that was made elsewhere, such as one of staff with a second factor."""
    page.goto("/docs")
    page.evaluate("token => localStorage.setItem('gigsta.session', token)", person.refresh_token)


def service_of(stage: Stage) -> dict[str, object]:
    """The seeded provider's own service, which can be paid for."""
    own = stage.seeded_person("provider").call("GET", "/v1/providers/me/services")["items"]
    return next(each for each in own if each["status"] == "active" and each["price_type"] != "quote")


def reported(person: Person) -> dict[str, Any]:
    """A report that somebody has made, with a photo."""
    body = {
        "title": "A hedge over the footpath",
        "description": "Prams have to go on the road.",
        "category": "tree",
        "location": {"lat": -36.8545, "lng": 174.7492},
        "media_ids": [photo.upload(person, photo.hedge(), "report")["id"]],
    }
    report: dict[str, Any] = person.call("POST", "/v1/reports", body)
    return report


def choose_a_time(page: Page, service: dict[str, object], nth: int) -> None:
    """Open a service, choose one of its free times of next week, and go on.

    Args:
        page: The tab.
        service: The service.
        nth: Which of the times; tests share one cloud, and each takes another.
    """
    page.goto(f"/services/{service['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text(str(service["title"]))
    page.get_by_role("button", name="Later days").click()
    page.get_by_role("list", name="Free times").get_by_role("button").nth(nth).click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Book {service['title']}")


def pay_if_asked(page: Page, card: str = "4242 4242 4242 4242") -> None:
    """Pay for a booking just made; a card that was saved by an earlier one is charged without asking."""
    number, status = page.get_by_label("Card number"), page.locator("#status")
    expect(number.or_(status).first).to_be_visible()
    if number.is_visible():
        number.fill(card)
        page.get_by_role("button", name=PAY).press("Enter")
    expect(status).to_have_text("Waiting for an answer")
