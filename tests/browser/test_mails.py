"""The links of mails land, in a browser, on pages that show what the mail is about."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from infra.local.demo import story
from infra.local.demo.people import wait_for
from tests.browser.app import asked_for_offers, give_back, go_on_as, paid_booking, reported, settled

if TYPE_CHECKING:
    from collections.abc import Collection

    from playwright.sync_api import Page

    from infra.local.cloud import LocalCloud
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage


def links_of(cloud: LocalCloud, person: Person, wanted: Collection[str]) -> set[str]:
    """The paths that a person's mails lead to, once these are among them: of a shared cloud there are others, too."""

    def look() -> set[str] | None:
        texts = "\n".join(each.text for each in cloud.mails(person.email))
        paths = {path for path in re.findall(rf"{re.escape(cloud.base_url)}(/\S*)", texts) if "token=" not in path}
        return paths if paths.issuperset(wanted) else None

    return wait_for(f"mails to {person.email} that lead to {', '.join(wanted)}", look)


@pytest.mark.timeout(600)
def test_mails_lead_people_to_what_they_are_about(shared: Page, cloud: LocalCloud, stage: Stage) -> None:
    page, job = shared, f"A wall of bamboo {uuid.uuid4().hex[:6]}"
    customer, provider = stage.seeded_person("customer"), stage.seeded_person("provider")
    booking = paid_booking(cloud, stage, days=14)
    report = reported(customer)
    request, offer = asked_for_offers(stage, job)
    story.wait_for_status(customer, f"/v1/reports/{report['id']}", "verified")
    service = booking["service"]["title"]
    led = {
        "customer": (customer, {service: f"/bookings/{booking['id']}", report["title"]: f"/reports/{report['id']}"}),
        "provider": (provider, {service: f"/bookings/{booking['id']}", job: f"/offers/{offer['id']}"}),
    }
    page.goto("/nowhere")
    nowhere = page.get_by_role("heading", level=1).inner_text()
    for person, wanted in led.values():
        paths = links_of(cloud, person, wanted.values())
        go_on_as(page, person)
        for title, path in wanted.items():
            page.goto(path)
            settled(page)
            expect(page.get_by_role("main")).to_contain_text(title)
            expect(page.get_by_role("alert")).to_have_count(0)
        # The others are of kinds, not of things: what a new sign-in, a plan or the preferences lead to.
        for path in {each for each in paths if "_" not in each}:
            page.goto(path)
            settled(page)
            expect(page.get_by_role("alert")).to_have_count(0)
            expect(page.get_by_role("heading", level=1)).not_to_have_text(nowhere)
        give_back(page, person)

    operator = stage.seeded_person("operator")
    go_on_as(page, operator)
    page.goto(f"/bookings/{booking['id']}")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(service)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert request["id"]
