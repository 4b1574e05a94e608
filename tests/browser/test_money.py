"""Booking and paying through a browser: as a customer with 3D Secure, as a guest, as a provider at Stripe's pages."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.local.demo.people import token_in

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage

PASSWORD = "a-quiet-river-runs-1984"
ADDRESS = "1 Queen Street, Auckland"


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/_dev/app/sign-in")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("#who")).to_have_text(email)


def open_a_service(page: Page, stage: Stage) -> None:
    """The seeded provider's own service, which can be paid for."""
    own = stage.seeded_person("provider").call("GET", "/v1/providers/me/services")["items"]
    service = next(each for each in own if each["status"] == "active" and each["price_type"] != "quote")
    page.goto(f"/_dev/app/services/{service['id']}")
    expect(page.get_by_role("heading", name=service["title"])).to_be_visible()


@pytest.mark.timeout(600)
def test_a_customer_searches_books_and_pays_with_3d_secure(page: Page, cloud: LocalCloud) -> None:
    customer = next(each for each in cloud.info.sign_ins if each["who"] == "customer")
    sign_in(page, customer["email"], customer["password"])
    page.goto("/_dev/app/search")
    page.get_by_label("Near").fill("Auckland")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("row").filter(has_text="km").get_by_role("link").first.click()
    page.get_by_label("Where").fill(ADDRESS)
    page.get_by_role("button", name="Book").click()
    expect(page.locator("#status")).to_have_text("pending_payment")

    page.get_by_label("Test card").select_option("pm_card_threeDSecure2Required")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#status")).to_have_text("requested")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()


@pytest.mark.timeout(600)
def test_a_search_that_answers_late_does_not_hide_a_later_one(page: Page) -> None:
    late: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append(route)

    page.route("**/v1/search/services*", keep_the_first)
    page.goto("/_dev/app/search")
    page.get_by_label("Near").fill("Auckland")
    page.get_by_role("button", name="Search").click()
    near = page.get_by_role("row").filter(has_text="km").first
    expect(near).to_be_visible()

    with page.expect_response(lambda answer: "Auckland" not in answer.url and "/v1/search" in answer.url):
        late[0].continue_()

    page.evaluate("() => new Promise(done => setTimeout(done))")
    expect(near).to_be_visible()


@pytest.mark.timeout(600)
def test_a_guest_books_first_and_claims_the_booking_by_mail(page: Page, stage: Stage) -> None:
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    open_a_service(page, stage)
    page.get_by_label("When").select_option(index=3)
    page.get_by_label("Where").fill(ADDRESS)
    page.get_by_label("Your name").fill("Guest One")
    page.get_by_label("Mail address").fill(email)
    page.get_by_role("button", name="Book as a guest").click()
    expect(page.get_by_text("The time is held")).to_be_visible()

    token = token_in(stage.wait_for_mail(email, "complete your booking"))
    page.goto(f"/_dev/app/sign-in?token={token}")
    page.get_by_role("button", name="Sign in and go on").click()
    page.get_by_label("Full name").fill("Guest One")
    page.get_by_label("Telephone").fill("+64211234568")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#status")).to_have_text("pending_payment")
    page.get_by_role("button", name="Pay").click()
    expect(page.locator("#status")).to_have_text("requested")


@pytest.mark.timeout(600)
def test_a_provider_returns_from_stripes_pages(page: Page, stage: Stage) -> None:
    provider = stage.person("Provider", f"{uuid.uuid4().hex[:12]}@example.com")
    provider.call("POST", "/v1/auth/register", {"email": provider.email, "password": PASSWORD})
    token = token_in(stage.wait_for_mail(provider.email, "confirm"))
    provider.call("POST", "/v1/auth/verify-email", {"token": token})
    sign_in(page, provider.email, PASSWORD)
    page.goto("/_dev/app/provider")
    page.get_by_label("Full name").fill("Tom Fisher")
    page.get_by_label("Telephone").fill("+64279876543")
    page.get_by_label("Trading name").fill("Fisher Garden Care")
    page.get_by_label("Address", exact=True).fill(ADDRESS)
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Go on at Stripe").click()
    page.get_by_role("button", name="Complete onboarding").click()
    expect(page.locator("#payouts")).to_have_text("enabled")

    page.goto("/_dev/app/provider/plan")
    page.get_by_role("button", name="Plus").click()
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_text("Thank you, you are subscribed.")).to_be_visible()
    expect(page.locator("#plan")).to_have_text("Plus")
