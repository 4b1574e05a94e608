"""What moderators, machines and time do with reports, and who is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from common.application.identity.erasure import erase_person
from common.application.notifications.deliver import deliver_event
from common.application.reports import verification
from common.domain.identity.roles import Role
from common.domain.moderation.items import ItemState
from common.domain.reports.report import ReportStatus
from common.domain.reports.state_machine import REPORT_CHANGED
from common.domain.shared.events import Topic, new_event
from common.runtime.http.etags import etag

from functions.reports import reports_queue
from tests.factories.users import make_user
from tests.fakes.clock import START
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.reports.conftest import URL
from tests.support.identity import sign_in, store_user

if TYPE_CHECKING:
    from tests.integration.reports.conftest import ReportWorld


async def deliver(world: ReportWorld) -> list[tuple[str, str]]:
    """Tell people of what has happened, until nothing is left to tell; addresses and subjects of the mails."""
    world.mailer.sent.clear()
    while events := [each for each in world.publisher.events if each.topic is Topic.NOTIFICATIONS]:
        for event in events:
            world.publisher.events.remove(event)
            await deliver_event(world.container.delivery, event)
            await deliver_event(world.container.delivery, event)
    return [(address, mail.subject) for address, mail in world.mailer.sent]


async def test_what_no_machine_is_sure_of_a_person_decides_by_the_table(world: ReportWorld) -> None:
    made = await world.report(title="Something odd", description="")
    (event,) = [each for each in world.publisher.events if each.type == "report.verification_requested"]
    for _ in range(2):
        await verification.verify(world.container.report_verification, event)
    assert await world.status_of(made["id"]) is ReportStatus.NEEDS_REVIEW
    waiting = await world.admin.get("/v1/admin/reports?status=needs_review", headers=world.staff)
    assert [each["id"] for each in waiting.json()["items"]] == [made["id"]]
    queue = (await world.admin.get("/v1/admin/moderation", headers=world.staff)).json()["items"]
    assert [(each["kind"], each["subject"]) for each in queue] == [("report", made["id"])]

    closed = await world.set_status(made["id"], "resolved", reason="Filled in.", responsible="City Council")
    assert (closed.status_code, closed.json()["code"]) == (409, "action_not_available")
    shown = await world.set_status(made["id"], "verified")

    assert (shown.status_code, shown.json()["is_public"]) == (200, True)
    assert await world.container.moderation.list_by_state(ItemState.OPEN, limit=9, after=None) == []
    lacking = await world.set_status(made["id"], "resolved", reason="Filled in.")
    assert lacking.json()["errors"][0]["field"] == "responsible"
    resolved = await world.set_status(made["id"], "resolved", reason="Filled in.", responsible="City Council")
    assert resolved.json()["closing"]["responsible"] == "City Council"


async def test_nobody_decides_on_a_report_of_their_own(world: ReportWorld) -> None:
    author = make_user(roles=[Role.USER, Role.MODERATOR])
    own = await world.stored(author_id=author.id)
    headers = await sign_in(world.container, author)

    for path, body in (("status", {"status": "acknowledged"}), ("category", {"category": "sign"})):
        answer = await world.admin.put(f"/v1/admin/reports/{own.id}/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_matter")


async def test_a_stale_decision_is_refused(world: ReportWorld) -> None:
    made = await world.published()
    stale = {"If-Match": etag(1)}

    answer = await world.set_status(made["id"], "acknowledged", headers=stale)
    filed = await world.admin.put(
        f"/v1/admin/reports/{made['id']}/category", json={"category": "sign"}, headers={**world.staff, **stale}
    )

    assert (answer.status_code, filed.status_code) == (412, 412)
    fresh = await world.set_status(made["id"], "acknowledged", headers={"If-Match": etag(2)})
    assert fresh.headers["etag"] == etag(3)


async def test_a_report_is_filed_anew_and_marked_as_a_duplicate_of_another_alone(world: ReportWorld) -> None:
    first, second = await world.published(), await world.published()

    filed = await world.admin.put(
        f"/v1/admin/reports/{second['id']}/category", json={"category": "sign"}, headers=world.staff
    )
    assert (filed.status_code, filed.json()["category"]) == (200, "sign")
    for wrong in (None, second["id"], "rpt_none"):
        refused = await world.set_status(second["id"], "duplicate", duplicate_of=wrong)
        assert refused.json()["errors"][0]["field"] == "duplicate_of", wrong
    marked = await world.set_status(second["id"], "duplicate", duplicate_of=first["id"])
    assert marked.json()["duplicate_of"] == first["id"]
    assert (await world.get(second["id"])).json()["duplicate_of"] == first["id"]
    chain = await world.set_status(first["id"], "duplicate", duplicate_of=second["id"])
    assert chain.status_code == 422


async def test_what_is_hidden_is_gone_and_leaves_hotspots_within_a_minute(world: ReportWorld) -> None:
    await world.container.mongo.collection("report_cells").delete_many({})
    made = [await world.published() for _ in range(3)]

    async def spots() -> list[int]:
        for event in [each for each in world.publisher.events if each.type == REPORT_CHANGED]:
            world.publisher.events.remove(event)
            await reports_queue.handle(world.container, event)
        found = await world.client.get(f"{URL}/hotspots?bbox=174.7,-36.9,174.8,-36.8")
        return [each["count"] for each in found.json()["items"]]

    assert await spots() == [3]
    await world.set_status(made[0]["id"], "hidden", reason="It shows a face.")
    world.clock.advance(seconds=59)

    assert (await world.get(made[0]["id"])).status_code == 404
    assert await spots() == []


async def test_author_and_followers_are_told_once_each_and_those_who_act_are_not(world: ReportWorld) -> None:
    made = await world.published()
    followers = [await store_user(world.container, make_user()) for _ in range(7)]
    for each in followers:
        await world.container.reports.follows.add(made["id"], each.id, now=START)
    await deliver(world)
    await world.set_status(made["id"], "acknowledged", reason="On Monday.")

    mails = await deliver(world)

    told = sorted(address for address, subject in mails if "Acknowledged" in subject)
    assert told == sorted([world.author.email, *(each.email for each in followers)])
    entries = await world.container.mongo.collection("notifications").find({"report_id": made["id"]}).to_list()
    assert {entry["user_id"] for entry in entries if entry["type"] == "report.acknowledged"} == {
        world.author.id,
        *(each.id for each in followers),
    }


async def test_whether_it_is_fixed_is_asked_after_four_weeks(world: ReportWorld) -> None:
    made = await world.published()
    await deliver(world)
    world.clock.advance(days=28)

    assert (await world.sweep())["ask_if_fixed"] == 1

    mails = await deliver(world)
    assert [subject for _, subject in mails] == [f"Is it fixed? {made['title']}"]
    world.clock.advance(days=28)
    assert "ask_if_fixed" not in await world.sweep()


async def test_a_lost_verification_is_asked_for_again_and_given_up_after_six_hours(world: ReportWorld) -> None:
    made = await world.report()
    world.publisher.events.clear()
    world.clock.advance(minutes=11)

    assert (await world.sweep())["request_verification"] == 1

    assert world.publisher.types() == ["report.verification_requested"]
    world.clock.advance(hours=6)
    while await world.sweep():
        world.clock.advance(minutes=3)
    assert await world.status_of(made["id"]) is ReportStatus.NEEDS_REVIEW


async def test_who_leaves_is_on_no_report_and_below_none(world: ReportWorld) -> None:
    world.container.replace(gateway=FakePaymentGateway(now=world.clock.now()))
    shown, private = await world.published(show_name=True), await world.report()
    path = f"{URL}/{shown['id']}/comments"
    comment = (await world.client.post(path, json={"text": "Mine."}, headers=world.headers)).json()
    fixed = {"note": "My neighbour Rangi filled it."}
    await world.client.post(f"{URL}/{shown['id']}/actions/confirm_fixed", json=fixed, headers=world.headers)
    assert "Rangi" in (timeline := (await world.client.get(f"{URL}/{shown['id']}/timeline")).text)
    payload: dict[str, Any] = {"user_id": world.author.id, "provider_id": None, "stripe_customer_id": None}

    await erase_person(world.container.erasure, new_event(Topic.PAYMENTS, "account.deleted", START, **payload))

    seen = (await world.get(shown["id"])).json()
    assert (seen["author_name"], seen["description"], seen["photos"]) == (None, "", [])
    assert (await world.client.get(path)).json()["items"][0]["text"] == ""
    left = (await world.client.get(f"{URL}/{shown['id']}/timeline")).text
    assert left == timeline.replace(f" {fixed['note']}", "")
    assert await world.status_of(private["id"]) is ReportStatus.WITHDRAWN
    kept = await world.container.mongo.collection("reports").find({"author_id": world.author.id}).to_list()
    assert kept == []
    assert comment["id"]
    world.clock.advance(days=1)
    assert "nothing" not in await world.sweep()


async def test_of_decisions_at_once_each_is_heard_or_refused(world: ReportWorld) -> None:
    made = await world.published()
    wishes = ("acknowledged", "in_progress", "rejected", "hidden")

    answers = await asyncio.gather(*(world.set_status(made["id"], each, reason="At once.") for each in wishes))

    assert {each.status_code for each in answers} <= {200, 409}
    heard = sum(each.status_code == 200 for each in answers)
    timeline = await world.container.reports.reports.list_timeline(made["id"], limit=10)
    assert [each.version for each in timeline] == list(range(1, 3 + heard))
