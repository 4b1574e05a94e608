"""Staff decide through the web app, and whom it concerns reads why and appeals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.local.demo import story
from infra.local.demo.people import token_in
from tests.browser.app import PASSWORD, go_on_as, reported
from tests.browser.conftest import PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

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


@pytest.fixture
def shared(browser: Browser, cloud: LocalCloud) -> Iterator[Page]:
    """A tab that people use in turn; its console is not watched, for a stream of who leaves may be refused."""
    tab = browser.new_context(base_url=cloud.base_url).new_page()
    tab.set_default_timeout(PATIENCE_MS)
    yield tab
    tab.context.close()


@pytest.mark.timeout(600)
def test_a_decision_is_made_read_and_appealed_against(shared: Page, stage: Stage) -> None:
    page = shared
    author, reader = stage.seeded_person("customer"), stage.seeded_person("provider")
    report = reported(author)
    story.wait_for_status(author, f"/v1/reports/{report['id']}", "verified")
    flag = {"kind": "report", "id": report["id"], "reason": "spam", "note": "It says who to call."}
    item = reader.call("POST", "/v1/moderation", flag)

    go_on_as(page, stage.seeded_person("admin"))
    page.goto("/admin/moderation")
    page.get_by_role("article").filter(has_text="It says who to call.").get_by_role("button", name="Decide").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What to do").select_option("hide")
    dialog.get_by_label("Why").fill("It advertises.")
    dialog.get_by_role("button", name="Decide").click()
    expect(dialog).to_have_count(0)

    go_on_as(page, author)
    page.goto("/moderation")
    page.get_by_role("article").filter(has_text="It advertises.").get_by_role("link", name="Appeal").click()
    expect(page).to_have_url(f"{page.url.split('/moderation')[0]}/moderation/{item['id']}")
    page.get_by_label("Why the decision is wrong").fill("The name is on the sign in the picture.")
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.get_by_text("Another moderator looks at it.")).to_be_visible()
    expect(page.get_by_role("button", name="Send the appeal")).to_have_count(0)
