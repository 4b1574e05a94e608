"""The one queue of moderators over HTTP: what comes into it, who takes it, what a decision does, appeals and bans."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.ratings import RatingState
from common.domain.catalogue.services import Service
from common.domain.identity.roles import Role
from common.domain.media.media import MediaState, Purpose
from common.domain.media.photos import Photo
from common.domain.moderation.items import LEASE
from common.domain.reports.report import ReportStatus
from common.domain.shared.ids import new_id

from functions.notifications.notifications_queue import process
from tests.factories.media import make_ready
from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.notifications.conftest import CollectingMailer
from tests.support import api_client, sign_in
from tests.support.booking_world import BookingWorld
from tests.support.reports import store_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

QUEUE = "/v1/admin/moderation"
WHY = "It insults a neighbour"


@dataclass(frozen=True)
class World:
    """People, a report with a comment, and moderators."""

    container: Container
    clock: FakeClock
    publisher: CollectingPublisher
    admin: httpx.AsyncClient
    people: dict[str, User]
    headers: dict[str, dict[str, str]]

    async def post(self, path: str, who: str | None, body: dict[str, Any] | None = None) -> httpx.Response:
        return await self.admin.post(path, json=body, headers=self.headers[who] if who else {})

    async def flag(self, kind: str, thing: str, who: str = "neighbour", **body: Any) -> httpx.Response:
        return await self.post("/v1/moderation", who, {"kind": kind, "id": thing, "reason": "abuse", **body})

    async def decide(self, item: str, outcome: str, who: str = "moderator", **body: Any) -> httpx.Response:
        return await self.post(f"{QUEUE}/{item}/decide", who, {"outcome": outcome, "reason": WHY, **body})

    async def queue(self, who: str = "moderator", **query: Any) -> list[dict[str, Any]]:
        answer = await self.admin.get(QUEUE, params=query, headers=self.headers[who])
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def mails(self) -> list[dict[str, Any]]:
        """What authors are told."""
        return [each.payload for each in self.publisher.events if each.payload.get("template") == "moderation_decided"]

    async def comment(self) -> tuple[str, str]:
        """A comment of the author's below somebody's report: its id and the report's."""
        report = await store_report(self.container, author_id="usr_somebody")
        async with api_client("reports", self.container) as client:
            path = f"/v1/reports/{report.id}/comments"
            made = await client.post(path, json={"text": "You are all fools"}, headers=self.headers["author"])
        assert made.status_code == 201, made.text
        return made.json()["id"], report.id

    async def comments(self, report_id: str) -> list[dict[str, Any]]:
        async with api_client("reports", self.container) as client:
            items: list[dict[str, Any]] = (await client.get(f"/v1/reports/{report_id}/comments")).json()["items"]
        return items

    async def flagged_comment(self) -> tuple[str, str]:
        """The id of an item about a comment, and its report's."""
        comment, report = await self.comment()
        return (await self.flag("comment", comment)).json()["id"], report


@pytest.fixture
async def world(container: Container, clock: FakeClock, publisher: CollectingPublisher) -> AsyncIterator[World]:
    people = {each: make_user() for each in ("author", "neighbour")}
    people |= {each: make_user(roles=[Role.USER, Role.MODERATOR]) for each in ("moderator", "second_moderator")}
    people |= {each: make_user(roles=[Role.USER, Role.ADMIN]) for each in ("admin", "second_admin")}
    headers = {name: await sign_in(container, user) for name, user in people.items()}
    async with api_client("admin", container) as admin:
        yield World(container, clock, publisher, admin, people, headers)


async def test_a_comment_is_reported_taken_hidden_and_shown_again_on_appeal(world: World) -> None:
    comment, report = await world.comment()
    assert (await world.flag("comment", comment, "author")).json()["code"] == "own_content"
    made = await world.flag("comment", comment, note="Look at that")
    assert (made.status_code, made.json()["subject"]) == (201, comment)
    assert (await world.flag("comment", comment)).json()["id"] == made.json()["id"]
    other = (await world.flag("comment", comment, "admin")).json()["id"]
    item = made.json()["id"]
    (seen,) = [each for each in await world.queue(kind="comment") if each["id"] == item]
    assert (seen["excerpt"], seen["parent"], seen["possible_outcomes"]) == (
        "You are all fools",
        report,
        ["keep", "hide", "warn"],
    )

    taken = await world.post(f"{QUEUE}/{item}/claim", "moderator")
    assert (taken.status_code, taken.json()["claimed_by"]) == (200, world.people["moderator"].id)
    for attempt in (
        await world.post(f"{QUEUE}/{item}/claim", "second_moderator"),
        await world.decide(item, "hide", "second_moderator"),
    ):
        assert (attempt.status_code, attempt.json()["code"]) == (409, "claimed")
        assert attempt.json()["claimed_by"] == taken.json()["claimed_by"]
        assert attempt.json()["claimed_until"]
    done = await world.decide(item, "hide")

    assert (done.status_code, done.json()["state"]) == (200, "decided")
    decision = done.json()["decisions"][0]
    assert (decision["before"], decision["after"], decision["reason"]) == ("shown", "hidden", WHY)
    assert [(each["text"], each["is_removed"]) for each in await world.comments(report)] == [("", True)]
    assert {item, other}.isdisjoint(each["id"] for each in await world.queue())
    (mail,) = world.mails()
    assert (mail["to_user_id"], mail["data"]["reason"], mail["data"]["is_final"]) == (
        world.people["author"].id,
        WHY,
        False,
    )
    again = await world.decide(item, "hide", "second_moderator")
    assert (again.json()["code"], again.json()["decided_by"]) == ("already_decided", decision["by"])

    own = (await world.admin.get("/v1/moderation", headers=world.headers["author"])).json()["items"]
    assert [(each["id"], each["can_appeal"]) for each in own if each["can_appeal"]] == [(item, True)]
    assert "by" not in own[0]
    for who in ("neighbour", "moderator"):
        assert (await world.post(f"/v1/moderation/{item}/appeal", who, {"text": "Not so"})).status_code == 404
    appealed = await world.post(f"/v1/moderation/{item}/appeal", "author", {"text": "It was a joke"})
    assert (appealed.status_code, appealed.json()["state"]) == (201, "appealed")
    twice = await world.post(f"/v1/moderation/{item}/appeal", "author", {"text": "It was a joke"})
    assert twice.json()["code"] == "already_appealed"
    assert [each["id"] for each in await world.queue(state="appealed")] == [item]
    assert (await world.decide(item, "restore")).json()["code"] == "other_moderator_required"
    assert (await world.decide(item, "restore", "second_moderator")).status_code == 200
    assert [each["text"] for each in await world.comments(report)] == ["You are all fools"]
    assert len(world.mails()) == 2


async def test_two_moderators_on_one_item_one_wins(world: World) -> None:
    for way in ("claim", "decide"):
        item, _ = await world.flagged_comment()
        body = {"outcome": "hide", "reason": WHY} if way == "decide" else None
        who = ["moderator", "second_moderator", "admin", "second_admin"]
        answers = await asyncio.gather(*(world.post(f"{QUEUE}/{item}/{way}", each, body) for each in who))
        won = [each.json() for each in answers if each.status_code == 200]
        lost = [each.json() for each in answers if each.status_code != 200]
        assert len(won) == 1
        if way == "claim":
            assert {(each["code"], each["claimed_by"]) for each in lost} == {("claimed", won[0]["claimed_by"])}
        else:
            (decision,) = won[0]["decisions"]
            assert {(each["code"], each["decided_by"]) for each in lost} == {("already_decided", decision["by"])}
            stored = await world.container.moderation.get(item)
            assert stored is not None
            assert len(stored.decisions) == 1
    assert len(world.mails()) == 1


async def test_a_lease_ends_and_its_holder_may_take_it_again(world: World) -> None:
    item, _ = await world.flagged_comment()
    first = (await world.post(f"{QUEUE}/{item}/claim", "moderator")).json()
    world.clock.advance(minutes=2)
    again = (await world.post(f"{QUEUE}/{item}/claim", "moderator")).json()
    assert again["claimed_until"] > first["claimed_until"]
    world.clock.advance(seconds=LEASE.total_seconds())
    assert (await world.post(f"{QUEUE}/{item}/claim", "second_moderator")).status_code == 200
    assert (await world.decide(item, "keep", "moderator")).json()["code"] == "claimed"
    assert (await world.decide(item, "keep", "second_moderator")).status_code == 200
    assert world.mails() == []
    assert (await world.post(f"{QUEUE}/{item}/claim", "moderator")).json()["code"] == "already_decided"


async def test_nobody_decides_on_what_is_theirs_or_what_they_reported(world: World) -> None:
    comment, _ = await world.comment()
    item = (await world.flag("comment", comment, "moderator")).json()["id"]
    for attempt in (await world.decide(item, "hide"), await world.post(f"{QUEUE}/{item}/claim", "moderator")):
        assert (attempt.status_code, attempt.json()["code"]) == (403, "own_matter")
    assert item not in [each["id"] for each in await world.queue()]
    assert (await world.decide(item, "remove", "admin")).json()["errors"][0]["field"] == "outcome"
    assert (await world.decide("mod_none", "hide")).status_code == 404


async def test_many_are_decided_at_once_each_on_its_own(world: World) -> None:
    items = [(await world.flagged_comment())[0] for _ in range(3)]
    await world.post(f"{QUEUE}/{items[1]}/claim", "second_moderator")
    body = {"ids": [*items, "mod_none", items[0]], "outcome": "hide", "reason": WHY}
    answer = await world.post(f"{QUEUE}/decide-many", "moderator", body)
    results = [(each["id"], each["status"], each["code"]) for each in answer.json()["items"]]
    assert results == [
        (items[0], 200, None),
        (items[1], 409, "claimed"),
        (items[2], 200, None),
        ("mod_none", 404, "not_found"),
    ]
    too_many = {**body, "ids": ["mod_none"] * 51}
    assert (await world.post(f"{QUEUE}/decide-many", "moderator", too_many)).status_code == 422


async def test_a_ban_takes_two_people_and_ends_by_another(world: World) -> None:
    item, _ = await world.flagged_comment()
    await world.decide(item, "hide", "admin", propose_ban=True)
    author = world.people["author"]
    (ban,) = [each for each in await world.queue("second_admin", kind="ban") if each["subject"] == author.id]
    assert (ban["note"], ban["parent"]) == (WHY, item)
    assert await world.queue("moderator", kind="ban") == []
    assert (await world.decide(ban["id"], "ban", "moderator")).status_code == 403
    assert (await world.decide(ban["id"], "ban", "admin")).json()["code"] == "own_matter"
    again = await world.post(f"/v1/admin/users/{author.id}/ban", "moderator", {"reason": WHY})
    assert again.json()["code"] == "already_proposed"
    assert (await world.container.users.get(author.id)).is_active  # type: ignore[union-attr]

    assert (await world.decide(ban["id"], "ban", "second_admin")).status_code == 200

    banned = await world.container.users.get(author.id)
    assert banned is not None
    assert (banned.is_active, banned.banned_at) == (False, world.clock.now())
    assert (await world.admin.get("/v1/moderation", headers=world.headers["author"])).status_code == 401
    alone = await world.post(f"/v1/admin/users/{author.id}/restore", "admin")
    assert (alone.status_code, alone.json()["code"]) == (409, "account_banned")
    assert (await world.decide(ban["id"], "restore", "second_admin")).json()["code"] == "other_moderator_required"

    token = world.mails()[-1]["data"]["url"].partition("?token=")[2]
    path = f"/v1/moderation/{ban['id']}/appeal"
    assert (await world.post(path, None, {"text": "It was not me"})).status_code == 401
    assert (await world.post(path, None, {"text": "It was not me", "token": "wrong"})).status_code == 404
    assert (await world.post(path, None, {"text": "It was not me", "token": token})).status_code == 201
    third = make_user(roles=[Role.USER, Role.ADMIN])
    world.headers["third"] = await sign_in(world.container, third)
    assert (await world.decide(ban["id"], "restore", "third")).status_code == 200
    free = await world.container.users.get(author.id)
    assert free is not None
    assert (free.is_active, free.banned_at) == (True, None)
    log = await world.admin.get("/v1/admin/audit-logs", params={"user_id": author.id}, headers=world.headers["admin"])
    acts = [(each["type"], each["details"].get("before"), each["details"].get("after")) for each in log.json()["items"]]
    assert {each for each in acts if each[0] in {"banned", "ban_lifted"}} == {
        ("ban_lifted", "banned", "active"),
        ("banned", "active", "banned"),
    }
    assert [each[0] for each in acts].count("content_decided") == 3


async def test_of_two_who_agree_to_a_ban_at_once_one_decides(world: World) -> None:
    author = world.people["author"]
    ban = (await world.post(f"/v1/admin/users/{author.id}/ban", "moderator", {"reason": WHY})).json()["id"]
    answers = await asyncio.gather(*(world.decide(ban, "ban", each) for each in ("admin", "second_admin")))
    assert sorted(each.status_code for each in answers) == [200, 409]
    rows = world.container.mongo.collection("security_events").find({"user_id": author.id, "type": "banned"})
    assert len(await rows.to_list()) == 1


async def test_a_report_a_rating_and_a_photo_are_decided_on_by_their_own_rules(world: World) -> None:
    container, author = world.container, world.people["author"]
    report = await store_report(container, author_id=author.id, verified_at=world.clock.now())
    item = (await world.flag("report", report.id)).json()["id"]
    assert (await world.decide(item, "hide")).json()["decisions"][0]["after"] == "hidden"
    found = await container.reports.reports.get(report.id)
    assert found is not None
    assert found.status is ReportStatus.HIDDEN
    assert (await world.flag("report", report.id)).status_code == 404
    assert (await world.decide(item, "restore", "second_moderator")).json()["decisions"][1]["after"] == "verified"

    provider = make_provider(user_id=author.id)
    await container.providers.insert(provider)
    photo = make_ready(
        id=new_id("med", world.clock.now()),
        owner_id=author.id,
        purpose=Purpose.SERVICE_IMAGE,
        key=f"incoming/{new_id('key', world.clock.now())}",
    )
    service: Service = make_service(provider, photos=[Photo.of(photo)])
    shown = photo.model_copy(update={"attached_to": f"service:{service.id}"})
    await container.media_repository.insert(shown)
    await container.services.insert(service)
    item = (await world.flag("media", photo.id)).json()["id"]
    assert (await world.queue(kind="media"))[-1]["photo"]["id"] == photo.id
    assert (await world.decide(item, "hide")).status_code == 422
    assert (await world.decide(item, "remove")).json()["decisions"][0]["after"] == "gone"
    stored, gone = await container.services.get(service.id), await container.media_repository.get(photo.id)
    assert stored is not None
    assert gone is not None
    assert (stored.photos, gone.state) == ([], MediaState.DELETED)
    assert (await world.decide(item, "restore")).json()["code"] == "already_decided"


@pytest.mark.parametrize("kind", ["provider", "user"])
async def test_a_picture_of_an_account_or_a_profile_is_taken_out_for_good(world: World, kind: str) -> None:
    container, author = world.container, world.people["author"]
    photo = make_ready(
        id=new_id("med", world.clock.now()),
        owner_id=author.id,
        purpose=Purpose.PROFILE_PICTURE,
        key=f"incoming/{new_id('key', world.clock.now())}",
    )
    provider = make_provider(user_id=author.id, picture=Photo.of(photo))
    await container.providers.insert(provider)
    await container.users.update(author.id, {"picture": Photo.of(photo)})
    thing = provider.id if kind == "provider" else author.id
    await container.media_repository.insert(photo.model_copy(update={"attached_to": f"{kind}:{thing}"}))
    item = (await world.flag("media", photo.id)).json()["id"]
    assert (await world.decide(item, "remove")).json()["decisions"][0]["after"] == "gone"
    profile, account = await container.providers.get(provider.id), await container.users.get(author.id)
    assert profile is not None
    assert account is not None
    assert (profile.picture is None, account.picture is None) == (kind == "provider", kind == "user")
    gone = await container.media_repository.get(photo.id)
    assert gone is not None
    assert gone.state is MediaState.DELETED


async def test_held_ratings_and_reported_messages_come_into_the_queue_and_leave_it(world: World) -> None:
    container = world.container
    container.replace(gateway=FakePaymentGateway(now=world.clock.now()), mailer=CollectingMailer())
    bookings = await BookingWorld(container).open()
    booking = await bookings.completed()
    async with api_client("bookings", container) as client:
        for user, text in ((bookings.customer, "Ring Tom: 021 123 4567"), (bookings.provider_user, "Fine")):
            body = {"stars": 5, "text": text}
            path = f"/v1/bookings/{booking.id}/ratings"
            assert (await client.post(path, json=body, headers=await sign_in(container, user))).status_code == 201
    for event in [each for each in world.publisher.events if each.type == "booking.ratings_published"]:
        await process(container, event)
        await process(container, event)
    (held,) = await world.queue(kind="rating")
    assert held["excerpt"] == "Ring Tom: 021 123 4567"
    assert (await world.decide(held["id"], "keep")).json()["decisions"][0]["after"] == "published"
    assert (await world.flag("rating", held["subject"])).status_code == 201
    (flagged,) = await world.queue(kind="rating")
    hide = await world.post(f"/v1/admin/ratings/{held['subject']}/hide", "admin", {"reason": "It has a number"})
    assert (hide.status_code, hide.json()["state"]) == (200, RatingState.MODERATED.value)
    assert await world.queue(kind="rating") == []
    subject = {"subject": flagged["subject"]}
    log = await world.admin.get("/v1/admin/audit-logs", params=subject, headers=world.headers["admin"])
    reasons = {(each["details"]["outcome"], each["details"]["reason"]) for each in log.json()["items"]}
    assert reasons == {("hide", "It has a number"), ("keep", WHY)}

    customer, provider = [await sign_in(container, each) for each in (bookings.customer, bookings.provider_user)]
    async with api_client("messaging", container) as client:
        path = f"/v1/conversations/cnv_{booking.id.removeprefix('bkg_')}"
        assert (await client.post(f"{path}/messages", json={"text": "You fool"}, headers=customer)).status_code == 201
        await client.post(f"{path}/messages/1/report", json={"reason": "abuse"}, headers=provider)
        (item,) = await world.queue(kind="message")
        assert (await world.decide(item["id"], "hide")).status_code == 200
        (message,) = (await client.get(f"{path}/messages", headers=provider)).json()["items"]
        assert (message["text"], message["is_hidden"]) == ("", True)
        assert (await client.get(path, headers=provider)).json()["last_message"]["text"] == ""
        assert (await world.decide(item["id"], "restore")).status_code == 200
        assert (await client.get(path, headers=provider)).json()["last_message"]["text"] == "You fool"
