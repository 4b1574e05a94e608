"""Booking and paying through a browser: as a guest with 3D Secure, by double click, by keyboard, and followed live."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.local.demo.people import token_in
from tests.browser.app import (
    ADDRESS,
    CARD_3DS,
    PASSWORD,
    PAY,
    choose_a_time,
    paid_booking,
    pay_if_asked,
    service_of,
    sign_in_as,
)
from tests.browser.axe import TWO_FRAMES
from tests.browser.conftest import PATIENCE_MS
from tests.e2e.test_main_job import Market

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage


@pytest.mark.timeout(600)
def test_a_guest_books_and_pays_with_3d_secure(page: Page, stage: Stage) -> None:
    email = f"{uuid.uuid4().hex[:12]}@example.com"
    choose_a_time(page, service_of(stage), 0)
    page.get_by_label("Your address").fill(ADDRESS)
    page.get_by_label("Your name").fill("Guest One")
    page.get_by_label("Mail address").fill(email)
    page.get_by_role("button", name="Hold this time for me").click()
    expect(page.get_by_text("We hold the time until")).to_be_visible()
    page.reload()
    expect(page.get_by_text("We hold the time until")).to_be_visible()
    expect(page.get_by_text(email)).to_be_visible()

    token = token_in(stage.wait_for_mail(email, "complete your booking"))
    page.goto(f"/sign-in?token={token}")
    page.get_by_role("button", name="Sign in and go on").click()
    page.get_by_label("Full name").fill("Guest One")
    page.get_by_label("Telephone").fill("+64 21 123 4568")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Go on to pay").click()
    expect(page.locator("#status")).to_have_text("Waiting for payment")

    page.get_by_label("Card number").fill(CARD_3DS)
    page.get_by_role("button", name=PAY).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#status")).to_have_text("Waiting for an answer")
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert "secret" not in page.url


@pytest.mark.timeout(600)
def test_the_bank_of_a_card_that_was_taken_asks_who_pays(page: Page, cloud: LocalCloud, stage: Stage) -> None:
    market = Market(cloud, stage)
    booking = market.book(13)
    stage.pay(booking["payment"]["client_secret"], "pm_card_authenticationRequired")
    sign_in_as(page, cloud, "customer")
    page.goto(f"/bookings/{booking['id']}")
    expect(page.get_by_role("button", name="Use another card")).to_be_visible()
    page.get_by_role("button", name="Confirm with the bank").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#status")).to_have_text("Waiting for an answer")
    assert "secret" not in page.url


@pytest.mark.timeout(600)
def test_a_card_is_saved_after_its_bank_has_led_away(page: Page, cloud: LocalCloud) -> None:
    sign_in_as(page, cloud, "customer")
    page.goto("/account")
    page.get_by_role("button", name="Add a card").click()
    page.get_by_label("Card number").fill(CARD_3DS)
    page.get_by_role("button", name="Save the card").click()
    page.get_by_role("button", name="Approve").click()
    remove = page.get_by_role("button", name=f"Remove the card ending in {CARD_3DS[-4:]}")
    expect(remove).to_be_visible()
    assert page.url == f"{cloud.base_url}/account"
    remove.click()
    page.get_by_role("button", name="Cancel").click()
    remove.click()
    page.get_by_role("button", name="Remove it").click()
    expect(remove).to_have_count(0)


@pytest.mark.timeout(600)
def test_a_double_click_makes_one_booking(page: Page, cloud: LocalCloud, stage: Stage) -> None:
    sign_in_as(page, cloud, "customer")
    choose_a_time(page, service_of(stage), 1)
    page.get_by_label("Your address").fill(ADDRESS)
    sent: list[str | None] = []
    page.on(
        "request",
        lambda each: (
            sent.append(each.headers.get("idempotency-key"))
            if each.method == "POST" and each.url.endswith("/v1/bookings")
            else None
        ),
    )
    page.get_by_role("button", name="Book for").dblclick()
    pay_if_asked(page)
    assert len(set(sent)) == 1


@pytest.mark.timeout(600)
def test_a_booking_is_read_again_while_what_stands_below_it_is_on_its_way(
    page: Page, cloud: LocalCloud, stage: Stage
) -> None:
    booking = paid_booking(cloud, stage, days=17)["id"]
    sign_in_as(page, cloud, "customer")
    page.route("**/assets/BookingDetails-*.js", lambda _route: None)
    page.goto(f"/bookings/{booking}")
    expect(page.locator("#status")).to_have_text("Waiting for an answer")
    stage.seeded_person("provider").call("POST", f"/v1/bookings/{booking}/actions/accept", {})
    expect(page.locator("#status")).to_have_text("Accepted")
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.timeout(600)
def test_a_provider_accepts_and_the_customers_page_changes_without_a_reload(
    page: Page, browser: Browser, cloud: LocalCloud, stage: Stage
) -> None:
    booking = paid_booking(cloud, stage, days=9)["id"]
    provider = browser.new_context(base_url=cloud.base_url).new_page()
    provider.set_default_timeout(PATIENCE_MS)
    sign_in_as(page, cloud, "customer")
    page.goto(f"/bookings/{booking}")
    expect(page.locator("#status")).to_have_text("Waiting for an answer")
    page.evaluate("window.isTheSame = true")
    sign_in_as(provider, cloud, "provider")
    provider.goto(f"/bookings/{booking}")
    provider.get_by_role("button", name="Accept").click()
    expect(provider.locator("#status")).to_have_text("Accepted")
    expect(page.locator("#status")).to_have_text("Accepted")
    assert page.evaluate("window.isTheSame")
    page.get_by_role("button", name="Show start code").click()
    expect(page.locator("#start-code")).to_contain_text("Your start code")
    page.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-consequence=refund]")).not_to_have_text("")
    dialog.get_by_role("button", name="No, leave it").click()
    expect(dialog).to_have_count(0)
    provider.context.close()


@pytest.mark.timeout(600)
def test_an_action_that_only_the_server_knows_appears_and_works(page: Page, cloud: LocalCloud, stage: Stage) -> None:
    booking = paid_booking(cloud, stage, days=10)["id"]
    schema = {"type": "object", "properties": {"colour": {"type": "string", "title": "Which colour", "maxLength": 20}}}
    invented = {
        "action_name": "paint_it",
        "button_label": "Paint it",
        "note": "Nobody has heard of this.",
        "is_critical": True,
        "input_schema": {**schema, "required": ["colour"]},
        "consequences": None,
    }
    performed: list[object] = []

    def with_one_more(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["available_actions"].append(invented)
        route.fulfill(response=answer, json=body)

    def perform(route: Route) -> None:
        performed.append(json.loads(route.request.post_data or "{}"))
        answer = route.fetch(url=route.request.url.split("/actions")[0], method="GET", post_data=None)
        route.fulfill(response=answer)

    page.route(f"**/v1/bookings/{booking}", with_one_more)
    page.route("**/actions/paint_it", perform)
    sign_in_as(page, cloud, "customer")
    page.goto(f"/bookings/{booking}")
    page.get_by_role("button", name="Paint it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nobody has heard of this.")
    dialog.get_by_label("Which colour").fill("green")
    dialog.get_by_role("button", name="Paint it").click()
    expect(dialog).to_have_count(0)
    assert performed == [{"colour": "green"}]
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.timeout(600)
def test_a_time_is_chosen_and_booked_by_keyboard_alone(page: Page, cloud: LocalCloud, stage: Stage) -> None:
    sign_in_as(page, cloud, "customer")
    service = service_of(stage)
    page.goto(f"/services/{service['id']}")
    page.get_by_role("button", name="Later days").focus()
    page.keyboard.press("Enter")
    times = page.get_by_role("list", name="Free times").get_by_role("button")
    times.nth(2).focus()
    page.keyboard.press("Space")
    expect(times.nth(2)).to_have_attribute("aria-pressed", "true")
    _tab_to(page, "Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Book {service['title']}")
    page.get_by_label("Your address").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(ADDRESS)
    _tab_to(page, "Book for")
    page.keyboard.press("Enter")
    pay_if_asked(page)


def _tab_to(page: Page, label: str) -> None:
    """Press Tab until the focus is on the control of this name."""
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.textContent ?? ''").strip().startswith(label):
            return
    pytest.fail(f"the focus never came to {label}")


@pytest.mark.timeout(600)
def test_a_search_that_answers_late_does_not_hide_a_later_one(page: Page) -> None:
    late: list[Route] = []

    def keep_the_first(route: Route) -> None:
        if late:
            route.continue_()
        else:
            late.append(route)

    page.route("**/v1/search/services*", keep_the_first)
    with page.expect_request("**/v1/search/services*"):
        page.goto("/search")
    page.get_by_label("Where", exact=True).fill("Auckland")
    page.get_by_role("button", name="Search").click()
    near = page.get_by_role("article").filter(has_text="km").first
    expect(near).to_be_visible()

    with page.expect_response(
        lambda found: "Auckland" not in found.url and "/v1/search/services" in found.url
    ) as answer:
        late[0].continue_()
    answer.value.finished()
    page.evaluate(f"() => {TWO_FRAMES}")
    expect(near).to_be_visible()
