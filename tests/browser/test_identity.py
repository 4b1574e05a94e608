"""Getting in through a browser: the links of mails, and the dance at an OpenID provider."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app import PASSWORD, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from infra.local.demo.stage import Stage


def somebody() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.com"


def open_mail(page: Page, stage: Stage, email: str, subject: str) -> None:
    stage.wait_for_mail(email, subject)
    page.goto(f"/_dev/mail?to={email}")
    page.get_by_role("link", name=subject).first.click()


@pytest.mark.timeout(600)
def test_a_new_person_registers_and_follows_the_mails_button(page: Page, stage: Stage) -> None:
    email = somebody()
    page.goto("/register")
    page.get_by_label("Mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    for name, heading in (("terms", "Terms"), ("privacy notice", "Privacy")):
        with page.expect_popup() as read:
            page.get_by_role("link", name=name, exact=True).click()
        expect(read.value.get_by_role("heading", level=1, name=heading)).to_be_visible()
        read.value.close()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_text("a mail is on its way")).to_contain_text(email)
    # A second mail would end the link of the first.
    page.route("**/v1/auth/resend-verification", lambda route: route.fulfill(json={"message": "It was sent again."}))
    page.get_by_role("button", name="Mail me a new link").click()
    expect(page.get_by_text("It was sent again.")).to_be_visible()

    open_mail(page, stage, email, "Confirm your e-mail address")
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Confirm my address").click()
    tab = opened.value
    tab.get_by_role("button", name="Confirm my address").click()
    expect(tab.get_by_role("heading", name="Address confirmed")).to_be_visible()
    expect(tab.get_by_text(email)).to_be_visible()

    tab.get_by_role("button", name="Your account").click()
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("link", name="Join")).to_be_visible()
    sign_in(tab, email, PASSWORD)
    tab.goto("/account")
    tab.get_by_role("button", name="Connect Google").click()
    tab.get_by_label("Mail address").fill(somebody())
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("button", name="Disconnect Google").click()
    tab.get_by_role("button", name="Disconnect it").click()
    expect(tab.get_by_role("button", name="Connect Google")).to_be_visible()
    tab.get_by_role("button", name="Add an authenticator app").click()
    expect(tab.get_by_role("img", name="Code to scan with an authenticator app")).to_be_visible()


@pytest.mark.timeout(600)
def test_a_lost_password_is_set_anew_by_mail(shared: Page, stage: Stage) -> None:
    page = shared
    customer = stage.person("Customer", somebody())
    customer.call("POST", "/v1/auth/register", {"email": customer.email, "password": PASSWORD})
    open_mail(page, stage, customer.email, "Confirm your e-mail address")
    page.get_by_role("link", name="/verify-email?token=").first.click()
    page.get_by_role("button", name="Confirm my address").click()
    expect(page.get_by_role("heading", name="Address confirmed")).to_be_visible()

    page.goto("/sign-in")
    page.get_by_label("Mail address").fill(customer.email)
    page.get_by_role("link", name="Forgot the password?").click()
    expect(page.get_by_role("button", name="Mail me a link", exact=True)).to_be_visible()
    expect(page.get_by_label("Mail address")).to_have_value(customer.email)
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_text("a mail is on its way")).to_be_visible()
    open_mail(page, stage, customer.email, "Set a new password")
    other = page.context.new_page()
    other.goto("/account")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="/reset-password?token=").click()
    page.get_by_label("New password").fill(f"{PASSWORD}-anew")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    # What was open in another tab is not left for the next who looks at it.
    expect(other).to_have_url(re.compile(r"/sign-in\?next=/account$"))
    customer.sign_in(f"{PASSWORD}-anew")


@pytest.mark.timeout(600)
def test_the_dance_at_an_openid_provider_ends_signed_in(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with Google").click()
    expect(page.get_by_role("heading", name="Local Google")).to_be_visible()
    page.get_by_label("Mail address").fill(somebody())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="About you")).to_be_visible()
    assert "code=" not in page.url
    page.goto("/auth/google/callback?error=access_denied&state=x")
    expect(page.get_by_role("alert")).to_have_text(
        "You did not let Google tell us who you are, so nothing has changed here."
    )
