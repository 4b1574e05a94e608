"""Votes, followers and comments."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from common.application.reports.supporting import upvote
from common.domain.identity.roles import Principal
from common.domain.moderation.items import ItemState
from common.domain.reports.votes import BURST_COUNT
from common.domain.shared.ids import new_id

from tests.fakes.clock import START
from tests.integration.reports.conftest import URL

if TYPE_CHECKING:
    from tests.integration.reports.conftest import ReportWorld


def person(days_old: float) -> Principal:
    return Principal(new_id("usr", START - timedelta(days=days_old)))


async def test_two_hundred_votes_at_once_are_counted_exactly(world: ReportWorld) -> None:
    report = await world.stored()
    people = [person(30) for _ in range(150)]
    votes = [*people, *people[:50]]

    await asyncio.gather(*(upvote(world.container.reports, each, report.id) for each in votes))

    found = await world.container.reports.reports.get(report.id)
    assert found is not None
    assert (found.upvote_count, found.verified_upvote_count, found.version) == (150, 150, report.version)


async def test_a_vote_counts_once_and_can_be_taken_back(world: ReportWorld) -> None:
    report = await world.stored()
    path = f"{URL}/{report.id}/upvote"

    for _ in range(2):
        assert (await world.client.put(path, headers=world.other)).json() == {"has_upvoted": True}
    seen = (await world.get(report.id, world.other)).json()
    assert (seen["upvote_count"], seen["has_upvoted"]) == (1, True)
    assert (await world.get(report.id)).json()["has_upvoted"] is False
    for _ in range(2):
        assert (await world.client.delete(path, headers=world.other)).status_code == 204
    assert (await world.get(report.id)).json()["upvote_count"] == 0
    own = await world.client.put(path, headers=world.headers)
    assert (own.status_code, own.json()["code"]) == (409, "own_report")
    hidden = await world.stored(status="hidden")
    assert (await world.client.put(f"{URL}/{hidden.id}/upvote", headers=world.other)).status_code == 404


async def test_votes_of_fresh_accounts_rank_nothing_and_a_burst_of_them_is_for_moderators(world: ReportWorld) -> None:
    report = await world.stored()
    for n in range(BURST_COUNT):
        assert await items(world) == [], n
        await upvote(world.container.reports, person(0.5), report.id)

    found = await world.container.reports.reports.get(report.id)
    assert found is not None
    assert (found.upvote_count, found.verified_upvote_count) == (BURST_COUNT, 0)
    assert await items(world) == [report.id]


async def items(world: ReportWorld) -> list[str]:
    """What moderators are asked to look at."""
    rows = await world.container.moderation.list_by_state(ItemState.OPEN, limit=10, after=None)
    return [each.subject for each in rows]


async def test_a_count_that_a_death_has_left_wrong_is_corrected(world: ReportWorld) -> None:
    report = await world.stored()
    await upvote(world.container.reports, person(30), report.id)
    reports = world.container.mongo.collection("reports")
    await reports.update_one({"_id": report.id}, {"$inc": {"upvote_count": 5, "follower_count": 1}})
    assert (await world.sweep()).get("counted") is None, "not yet"
    world.clock.advance(minutes=6)

    assert (await world.sweep())["counted"] == 1

    found = await world.container.reports.reports.get(report.id)
    assert found is not None
    assert (found.upvote_count, found.verified_upvote_count, found.follower_count) == (1, 1, 0)
    assert (await world.sweep()).get("counted") is None


async def test_who_follows_says_that_it_is_not_fixed(world: ReportWorld) -> None:
    report = await world.stored(status="resolved")
    path = f"{URL}/{report.id}"
    again = {"reason": "It is there again."}
    assert (await world.client.post(f"{path}/actions/reopen", json=again, headers=world.other)).status_code == 403

    assert (await world.client.put(f"{path}/follow", headers=world.other)).json() == {"is_following": True}
    offered = (await world.get(report.id, world.other)).json()["available_actions"]
    assert [each["action_name"] for each in offered] == ["reopen"]
    reopened = await world.client.post(f"{path}/actions/reopen", json=again, headers=world.other)

    assert reopened.json()["status"] == "reopened"
    assert (await world.client.delete(f"{path}/follow", headers=world.other)).status_code == 204
    assert (await world.get(report.id)).json()["follower_count"] == 0


async def test_an_author_says_that_it_is_fixed(world: ReportWorld) -> None:
    report = await world.stored()
    path = f"{URL}/{report.id}/actions"

    fixed = await world.client.post(f"{path}/confirm_fixed", headers=world.headers)

    assert (fixed.json()["status"], fixed.json()["closing"]["responsible"]) == ("resolved", "the author")
    assert (await world.client.post(f"{path}/verify", headers=world.headers)).json()["code"] == "unknown_action"
    assert (await world.client.post(f"{path}/confirm_fixed", headers=world.headers)).status_code == 409


async def test_comments_are_public_unnamed_and_removed_by_their_author_or_a_moderator(world: ReportWorld) -> None:
    report = await world.stored()
    path = f"{URL}/{report.id}/comments"
    assert (await world.client.post(path, json={"text": "Mine too."})).status_code == 401

    first = await world.client.post(path, json={"text": "It is <b>deep</b>."}, headers=world.other)
    world.clock.advance(seconds=1)
    second = await world.client.post(path, json={"text": "Thank you.", "show_name": True}, headers=world.headers)

    assert (first.status_code, first.json()["author_name"], first.json()["is_own"]) == (201, None, True)
    assert second.json()["author_name"] == "Aroha Ngata"
    page = (await world.client.get(f"{path}?limit=1")).json()
    assert (page["items"][0]["text"], page["items"][0]["is_own"]) == ("It is <b>deep</b>.", False)
    assert (await world.get(report.id)).json()["comment_count"] == 2
    one = f"{path}/{first.json()['id']}"
    assert (await world.client.delete(one, headers=world.headers)).status_code == 403
    assert (await world.client.delete(one, headers=world.staff)).status_code == 204
    assert (await world.client.delete(one, headers=world.other)).status_code == 404
    gone = (await world.client.get(path)).json()["items"][0]
    assert (gone["text"], gone["is_removed"]) == ("", True)
    own = f"{path}/{second.json()['id']}"
    assert (await world.client.delete(own, headers=world.headers)).status_code == 204

    rows = [row async for row in world.container.mongo.collection("security_events").find({"type": "content_decided"})]
    assert [(row["details"]["subject"], row["details"]["before"], row["details"]["after"]) for row in rows] == [
        (first.json()["id"], "shown", "removed")
    ], "an act of staff is told, and who removes their own is not staff"


async def test_what_a_person_would_have_to_look_at_is_no_comment(world: ReportWorld) -> None:
    report = await world.stored()

    answer = await world.client.post(
        f"{URL}/{report.id}/comments", json={"text": "Ring me on 021 123 4567"}, headers=world.other
    )

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "contact_details")
