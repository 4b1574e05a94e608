"""A provider's own pages: a job that was taken outside is in the calendar, to be read again and changed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.app import go_on_as

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Page

    from infra.local.demo.stage import Stage

_ZONE = ZoneInfo("Pacific/Auckland")


def _monday(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


@pytest.mark.timeout(600)
def test_a_booking_taken_on_the_telephone_is_read_again_and_changed(shared: Page, stage: Stage) -> None:
    page = shared
    start = (stage.now() + timedelta(days=20)).astimezone(_ZONE).replace(hour=10, minute=0)
    go_on_as(page, stage.seeded_person("provider"))
    page.goto("/provider/calendar")
    page.get_by_role("button", name="Enter a booking").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What", exact=True).fill("The neighbour's lawn")
    dialog.get_by_label("Start").fill(f"{start:%Y-%m-%dT%H:%M}")
    dialog.get_by_label("Name of the customer").fill("Aroha Ngata")
    dialog.get_by_label("Telephone").fill("021 123 4567")
    dialog.get_by_label("Notes").fill("The dog bites.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)

    # The page begins with the week of the browser's clock; other tests may have moved the cloud's.
    for _ in range((_monday(start) - _monday(datetime.now(_ZONE))).days // 7):
        page.get_by_role("button", name="The week after").click()
    entry = page.get_by_role("button", name="The neighbour's lawn")
    entry.click()
    expect(dialog).to_contain_text("The dog bites.")
    expect(dialog.get_by_role("link", name="+64211234567")).to_be_visible()
    dialog.get_by_role("button", name="Change").click()
    dialog.get_by_label("Telephone").fill("nobody knows")
    dialog.get_by_label("Notes").fill("The dog is gone.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Telephone").fill("")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    entry.click()
    expect(dialog).to_contain_text("The dog is gone.")
    expect(dialog.get_by_role("link")).to_have_count(0)
