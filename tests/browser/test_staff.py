"""Staff decide through the web app, and whom it concerns reads why and appeals."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.build.targets import ROOT
from infra.local.demo import story
from infra.local.demo.people import token_in
from tests.browser.app import PASSWORD, give_back, go_on_as, reported, sign_in_here

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.stage import Stage


@pytest.mark.timeout(600)
def test_an_account_is_suspended_and_restored_by_what_applies_to_it(page: Page, stage: Stage) -> None:
    nobody = stage.person("Nobody", "nobody-yet@example.nz")
    nobody.call("POST", "/v1/auth/register", {"email": nobody.email, "password": PASSWORD})
    nobody.call("POST", "/v1/auth/verify-email", {"token": token_in(stage.wait_for_mail(nobody.email, "confirm"))})
    go_on_as(page, stage.seeded_person("admin"))
    page.goto("/admin/users")
    page.get_by_role("searchbox").fill(nobody.email)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=nobody.email).click()
    suspend, restore = (page.get_by_role("main").get_by_role("button", name=each) for each in ("Suspend", "Restore"))
    state, dialog = page.locator("[data-state]"), page.get_by_role("dialog")
    expect(state).to_have_text("Active")
    expect(restore).to_have_count(0)

    suspend.click()
    dialog.get_by_label("Why").fill("Several people have reported it.")
    dialog.get_by_role("button", name="Suspend").click()
    expect(state).to_have_text("Suspended")
    expect(suspend).to_have_count(0)
    restore.click()
    dialog.get_by_role("button", name="Restore").click()
    expect(state).to_have_text("Active")

    with page.expect_download() as told:
        page.locator("[data-csv=activity]").click()
    lines = told.value.path().read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("id,")
    assert any("restored" in each for each in lines)

    page.goto("/admin/audit-logs")
    page.get_by_role("searchbox").fill(nobody.email)
    page.get_by_label("What", exact=True).select_option(label="Suspended")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("main").get_by_role("listitem")).to_have_count(1)
    account = page.get_by_role("main").get_by_role("listitem").get_by_role("link").get_attribute("href")

    # Other tests have moved the clock on, maybe into tomorrow.
    page.clock.set_system_time(stage.now())
    page.goto("/admin")
    page.get_by_role("button", name="Count today anew").click()
    page.get_by_role("link", name=re.compile("^New people")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("People: New people")
    expect(page.locator(f'a[href="{account}"]')).to_be_visible()


@pytest.mark.timeout(600)
def test_operators_see_which_bookings_have_no_provider_and_what_providers_owe(page: Page, stage: Stage) -> None:
    """Both are rare, so the answers are those of the API's description, which were recorded of tests."""
    described = json.loads((ROOT / "functions" / "system" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    go_on_as(page, stage.seeded_person("operator"))
    for path, amount in (("/v1/admin/bookings-without-provider", "price"), ("/v1/admin/provider-debts", "amount")):
        answer = described[path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        page.route(re.compile(f"{path}\\?"), lambda route, _, answer=answer: route.fulfill(json=answer))
        page.goto(path.removeprefix("/v1"))
        [row] = answer["items"]
        expect(page.locator(f'a[href="/bookings/{row.get("booking_id") or row["id"]}"]')).to_contain_text(row["title"])
        expect(page.get_by_role("main")).to_contain_text(f"{row[amount]['amount'] / 100:.2f}")


def _flagged_in_passing(page: Page, cloud: LocalCloud, address: str, note: str) -> None:
    """Somebody who is signed out looks at a page, and lets moderators look at it, as the seeded provider then."""
    page.goto("/docs")
    page.evaluate("localStorage.removeItem('gigsta.session')")
    page.goto(address)
    page.get_by_role("button", name="Report this to the moderators").click()
    person = next(each for each in cloud.info.sign_ins if each["who"] == "provider")
    sign_in_here(page, person["email"], person["password"])
    page.wait_for_url(f"**{address}")
    page.get_by_role("button", name="Report this to the moderators").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("It is advertising").check()
    dialog.get_by_label("Anything that helps to understand it").fill(note)
    dialog.get_by_role("button", name="Send it to the moderators").click()
    expect(dialog).to_contain_text("Thank you.")


@pytest.mark.timeout(600)
def test_a_decision_is_made_read_and_appealed_against(shared: Page, cloud: LocalCloud, stage: Stage) -> None:
    page = shared
    author = stage.seeded_person("customer")
    report = reported(author)
    story.wait_for_status(author, f"/v1/reports/{report['id']}", "verified")

    admin = stage.seeded_person("admin")
    go_on_as(page, admin)
    page.goto("/admin/reports")
    page.get_by_role("button", name="Published", exact=True).click()
    filed = page.get_by_role("article").filter(has=page.locator(f'a[href="/reports/{report["id"]}"]'))
    filed.get_by_role("button", name="File elsewhere").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Category").select_option("sign")
    dialog.get_by_label("Why").fill("It hides a sign.")
    dialog.get_by_role("button", name="File elsewhere").click()
    expect(dialog).to_have_count(0)
    assert author.call("GET", f"/v1/reports/{report['id']}")["category"] == "sign"

    give_back(page, admin)
    _flagged_in_passing(page, cloud, f"/reports/{report['id']}", "It says who to call.")
    go_on_as(page, admin)
    page.goto("/admin/moderation")
    page.get_by_role("article").filter(has_text="It says who to call.").get_by_role("button", name="Decide").click()
    dialog.get_by_label("What to do").select_option("hide")
    dialog.get_by_label("Why").fill("It advertises.")
    dialog.get_by_role("button", name="Decide").click()
    expect(dialog).to_have_count(0)

    go_on_as(page, author)
    page.goto("/moderation")
    page.get_by_role("article").filter(has_text="It advertises.").get_by_role("link", name="Appeal").click()
    expect(page).to_have_url(re.compile("/moderation/mod_"))
    page.get_by_label("Why the decision is wrong").fill("The name is on the sign in the picture.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Another moderator looks at it.")).to_be_visible()
    expect(page.get_by_role("button", name="Send the appeal")).to_have_count(0)
