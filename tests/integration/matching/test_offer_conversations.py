"""Who was asked and who asks can write to each other before there is a booking, and go on in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.application.matching.accepting import accept_offer
from common.application.matching.change_request import cancel_request
from common.application.notifications.unread import check_unread
from common.domain.messaging.conversations import NOTICE_AFTER, conversation_id
from common.domain.messaging.unread import UNREAD
from common.domain.shared.events import Event

from tests.factories.users import make_user
from tests.integration.notifications.conftest import CollectingMailer
from tests.support.http import api_client
from tests.support.identity import sign_in, store_user

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.matching.job_requests import JobRequest
    from common.domain.matching.offers import Offer

    from tests.support.matching_world import MatchingWorld

BUDGET = {"amount": 20_000, "currency": "nzd"}


class Talk:
    """A request, the one offer about it, and the routes of conversations."""

    def __init__(self, world: MatchingWorld, client: httpx.AsyncClient, request: JobRequest, offer: Offer) -> None:
        self.world, self._client, self.request, self.offer = world, client, request, offer
        self.tom = world.people[offer.provider_id]
        self.path = f"/v1/conversations/{conversation_id(offer.id)}"

    async def call(self, who: Any, method: str, path: str = "", **request: Any) -> httpx.Response:
        headers = await sign_in(self.world.container, who)
        return await self._client.request(method, f"{self.path}{path}", headers=headers, **request)

    async def say(self, who: Any, text: str) -> httpx.Response:
        return await self.call(who, "POST", "/messages", json={"text": text})


@pytest.fixture
async def talk(world: MatchingWorld) -> AsyncIterator[Talk]:
    await world.add_provider(800)
    request = await world.asked(budget=BUDGET)
    (offer,) = await world.offers(request)
    async with api_client("messaging", world.container) as client:
        yield Talk(world, client, request, offer)


async def test_it_opens_with_the_offer_masked_and_goes_on_with_the_booking(talk: Talk) -> None:
    world, tom, aroha = talk.world, talk.tom, talk.world.customer
    empty = (await talk.call(tom, "GET")).json()
    assert (empty["standing"], empty["booking_id"], empty["offer_id"]) == ("open", None, talk.offer.id)
    asked = await talk.say(tom, "How tall is it? Ring me on 021 123 4567.")
    assert (asked.status_code, asked.json()["is_masked"], asked.json()["seq"]) == (201, True, 1)
    assert (await talk.say(aroha, "Two metres.")).json()["seq"] == 2
    answered = await accept_offer(world.deps, world.principal(tom), talk.offer.id, {})
    assert answered.booking is not None
    assert conversation_id(answered.booking.id) == conversation_id(talk.offer.id)
    paid_for = await talk.say(tom, "My number is 021 123 4567 still.")
    assert (paid_for.json()["seq"], paid_for.json()["is_masked"]) == (3, True), "the booking is not accepted yet"
    seen = (await talk.call(aroha, "GET")).json()
    assert (seen["booking_id"], seen["offer_id"], seen["standing"]) == (answered.booking.id, talk.offer.id, "open")
    headers = await sign_in(world.container, aroha)
    (listed,) = (await talk._client.get("/v1/conversations", headers=headers)).json()["items"]
    assert (listed["id"], listed["booking_id"], listed["unread_count"]) == (seen["id"], answered.booking.id, 2)
    rows = await world.container.mongo.collection("conversations").find({}).to_list()
    assert [row["subject_id"] for row in rows] == [answered.booking.id]


async def test_to_who_was_not_asked_it_does_not_exist(talk: Talk) -> None:
    other = await talk.world.add_provider(900)
    stranger = await store_user(talk.world.container, make_user())
    for who in (talk.world.people[other.id], stranger):
        for method, path in (("GET", ""), ("GET", "/messages"), ("POST", "/read")):
            assert (await talk.call(who, method, path)).status_code == 404
        assert (await talk.say(who, "Hello")).status_code == 404


async def test_it_can_only_be_read_once_the_offer_has_ended(talk: Talk) -> None:
    await talk.say(talk.tom, "Which day suits you?")
    await cancel_request(talk.world.deps, talk.world.principal(talk.world.customer), talk.request.id)
    late = await talk.say(talk.tom, "Please?")
    assert (late.status_code, late.json()["code"]) == (409, "conversation_closed")
    seen = (await talk.call(talk.world.customer, "GET")).json()
    assert (seen["standing"], seen["last_seq"]) == ("read_only", 1)
    assert seen["closes_at"] is not None


async def test_who_is_away_is_mailed_where_to_answer(talk: Talk) -> None:
    world, mailer = talk.world, CollectingMailer()
    world.container.replace(mailer=mailer)
    await talk.say(talk.tom, "Which day suits you?")
    world.clock.advance(seconds=NOTICE_AFTER.total_seconds())
    row = await world.container.mongo.collection("outbox").find_one({"type": UNREAD})
    assert row is not None
    await check_unread(world.container.delivery, Event(id=row["_id"], **row))
    ((to, mail),) = mailer.sent
    assert to == world.customer.email
    assert f"http://web.test/job-requests/{talk.request.id}" in mail.html
