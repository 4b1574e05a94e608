"""How tests use the web app: signing in, and waiting for what it shows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from infra.local.demo import jobs, photo, story
from tests.e2e.test_main_job import Market

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


#: What moved while a page came, with what it was; nobody had touched the page before (https://web.dev/cls).
SHIFTS = """() => new Promise(done => {
  const found = []
  const watching = new PerformanceObserver(seen => found.push(...seen.getEntries()))
  watching.observe({type: 'layout-shift', buffered: true})
  setTimeout(() => {
    watching.disconnect()
    const name = node => node ? `${node.nodeName}.${node.className?.baseVal ?? node.className ?? ''}` : ''
    done(found.filter(each => !each.hadRecentInput).map(({value, startTime, sources}) => ({
      value, at: startTime,
      moved: sources.map(({node, previousRect: a, currentRect: b}) =>
        `${name(node)} ${a.x},${a.y} ${a.width}x${a.height} to ${b.x},${b.y} ${b.width}x${b.height}`),
    })))
  })
})"""


#: How often somebody signs in before they give up.
MOST_TRIES = 5


def settled(page: Page) -> None:
    """Wait until a page has its heading and shows no more shapes of what comes."""
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def shifts_of(page: Page) -> list[dict[str, Any]]:
    """What has moved on a page while it came."""
    found: list[dict[str, Any]] = page.evaluate(SHIFTS)
    return found


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in, and wait for the page that this leads to: what is opened before it would be interrupted by it."""
    page.goto("/sign-in")
    sign_in_here(page, email, password)


def sign_in_here(page: Page, email: str, password: str) -> None:
    """Sign in where the app has asked for it, and wait for the page that this leads to."""
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(password)
    account, refusal = page.get_by_role("button", name="Your account"), page.get_by_role("alert")
    # As people do where a function that was still starting ran out of time, and the page says so.
    for _ in range(MOST_TRIES):
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(account.or_(refusal).first).to_be_visible()
        if account.is_visible():
            break
    page.wait_for_url(lambda address: "/sign-in" not in address)
    expect(account).to_be_visible()


def sign_in_as(page: Page, cloud: LocalCloud, who: str) -> None:
    """Sign in as one of the seeded people."""
    person = next(each for each in cloud.info.sign_ins if each["who"] == who)
    sign_in(page, person["email"], person["password"])


def go_on_as(page: Page, person: Person) -> None:
    """Go on with a sign-in that was made elsewhere, such as one of staff with a second factor."""
    page.goto("/docs")
    page.evaluate("token => localStorage.setItem('gigsta.session', token)", person.refresh_token)


def give_back(page: Page, person: Person) -> None:
    """Let a person go on with the sign-in that a page has renewed since ``go_on_as``."""
    token = page.evaluate("localStorage.getItem('gigsta.session')")
    person.take_tokens({"access_token": person.access_token, "refresh_token": token})


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


def paid_booking(cloud: LocalCloud, stage: Stage, days: int) -> dict[str, Any]:
    """A booking so many days from now that waits for the provider's answer; tests share a cloud: each takes a day."""
    market = Market(cloud, stage)
    booking: dict[str, Any] = market.book(days)
    stage.pay(booking["payment"]["client_secret"], "pm_card_visa")
    market.customer.call("POST", f"/v1/bookings/{booking['id']}/payment/confirm")
    booking.update(market.customer.call("GET", f"/v1/bookings/{booking['id']}"))
    return booking


def asked_for_offers(stage: Stage, description: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A request of the seeded customer for the provider's own service, and the provider's offer."""
    service, start = service_of(stage), stage.now() + timedelta(hours=2)
    body: dict[str, Any] = {
        "service_id": service["id"],
        "title": description,
        "description": description,
        "address": ADDRESS,
        "window": {"start_at": story.stamp(start), "end_at": story.stamp(start + timedelta(days=7))},
        "timezone": "Pacific/Auckland",
    }
    request: dict[str, Any] = stage.seeded_person("customer").call("POST", "/v1/job-requests", body)
    return request, jobs.wait_for_offer(stage.seeded_person("provider"), request["id"])


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
