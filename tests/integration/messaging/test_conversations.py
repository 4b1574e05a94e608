"""Conversations over HTTP: writing, reading, marks, refusals, reports."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.adapters.privacy.export import MongoPersonalExport
from common.adapters.privacy.personal_data import MongoPersonalData
from common.domain.identity.roles import Role
from common.domain.media.media import Media, MediaState, Purpose, Rendition
from common.domain.messaging.conversations import AFTER_REFUSAL, conversation_id
from common.domain.messaging.messages import MESSAGES_PER_MINUTE
from common.domain.shared.events import Topic
from common.domain.shared.ids import new_id

from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.media_bucket import BASE_URL
from tests.support.http import api_client
from tests.support.identity import sign_in

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking

    from tests.support.booking_world import BookingWorld

Headers = dict[str, str]


def path_of(booking: Booking) -> str:
    return f"/v1/conversations/{conversation_id(booking.id)}"


async def say(client: httpx.AsyncClient, booking: Booking, who: Headers, text: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(f"{path_of(booking)}/messages", json={"text": text, **more}, headers=who)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def read(client: httpx.AsyncClient, booking: Booking, who: Headers, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"{path_of(booking)}/messages", params=params, headers=who)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_conversation_begins_with_its_first_message_and_is_paged_both_ways(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.accepted()
    empty = (await client.get(path_of(booking), headers=provider)).json()
    assert (empty["last_seq"], empty["last_message"], empty["standing"]) == (0, None, "open")
    assert (await client.get("/v1/conversations", headers=provider)).json()["items"] == []
    assert (await read(client, booking, customer))["items"] == []

    for number in range(1, 6):
        sent = await say(client, booking, customer if number % 2 else provider, f"Number {number}")
        assert sent["seq"] == number
    page = await read(client, booking, provider, after_seq=1, limit=3)
    assert [(each["seq"], each["sender_role"], each["is_own"]) for each in page["items"]] == [
        (2, "provider", True),
        (3, "customer", False),
        (4, "provider", True),
    ]
    assert page["last_seq"] == 5
    rest = await read(client, booking, provider, cursor=page["next_cursor"])
    assert ([each["seq"] for each in rest["items"]], rest["next_cursor"]) == ([5], None)
    latest = await read(client, booking, customer, before_seq=6, limit=2)
    assert [each["seq"] for each in latest["items"]] == [4, 5]
    older = await read(client, booking, customer, cursor=latest["next_cursor"], limit=5)
    assert ([each["seq"] for each in older["items"]], older["next_cursor"]) == ([1, 2, 3], None)

    [listed] = (await client.get("/v1/conversations", headers=customer)).json()["items"]
    assert listed["booking_id"] == booking.id
    assert listed["other_party"] == {"role": "provider", "name": booking.service.provider_name, "picture": None}
    assert (listed["last_message"]["text"], listed["unread_count"], listed["title"]) == (
        "Number 5",
        2,
        booking.service.title,
    )
    streamed = [each for each in world.publisher.events if each.topic is Topic.REALTIME]
    assert [each.payload["version"] for each in streamed if each.type == "message.sent"] == [1, 2, 3, 4, 5]
    assert streamed[-1].payload["user_ids"] == [world.provider_user.id, world.customer.id], "who sent it knows it"


async def test_a_message_sent_again_is_there_once_and_another_under_its_name_is_refused(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.accepted()
    first = await say(client, booking, customer, "Hello", client_id="a1")
    again = await client.post(
        f"{path_of(booking)}/messages", json={"text": " Hello ", "client_id": "a1"}, headers=customer
    )
    assert (again.status_code, again.json(), again.headers["Idempotent-Replayed"]) == (201, first, "true")
    other = await client.post(f"{path_of(booking)}/messages", json={"text": "Bye", "client_id": "a1"}, headers=customer)
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "client_id")
    assert other.json()["errors"][0]["code"] == "client_id_reused"
    assert (await say(client, booking, provider, "Hello", client_id="a1"))["seq"] == 2
    assert (await read(client, booking, customer))["last_seq"] == 2


async def test_read_marks_are_the_same_on_two_devices_and_never_move_back(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.accepted()
    for number in range(6):
        await say(client, booking, provider if number % 3 else customer, f"Number {number}")
    url = f"{path_of(booking)}/read"
    other_device = await sign_in(world.container, world.customer)
    answers = await asyncio.gather(
        *(
            client.post(url, json={"seq": seq}, headers=device)
            for seq in (2, 5, 3)
            for device in (customer, other_device)
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    late = await client.post(url, json={"seq": 1}, headers=other_device)
    assert late.json() == {"read_seq": 5, "unread_count": 1, "last_seq": 6}
    for device in (customer, other_device):
        seen = (await client.get(path_of(booking), headers=device)).json()
        assert (seen["read_seq"], seen["unread_count"]) == (5, 1)
    assert (await client.get(path_of(booking), headers=provider)).json()["other_read_seq"] == 5
    beyond = await client.post(url, json={"seq": 7}, headers=customer)
    assert (beyond.status_code, beyond.json()["errors"][0]["field"]) == (422, "seq")
    assert (await client.post(url, headers=customer)).json() == {"read_seq": 6, "unread_count": 0, "last_seq": 6}


async def test_before_the_acceptance_contact_details_are_hidden_from_both(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.requested()
    sent = await say(client, booking, customer, "Call me on 021 123 4567 please")
    assert (sent["text"], sent["is_masked"]) == ("Call me on [hidden] please", True)
    told = [each for each in world.publisher.events if each.type == "message.sent"]
    assert told[-1].payload["preview"] == "Call me on [hidden] please"
    halves = [await say(client, booking, customer, half) for half in ("021 123", "4567")]
    assert [each["text"] for each in halves] == ["021 123", "[hidden]"]
    await world.act(booking, "accept", world.provider_user)
    assert (await say(client, booking, customer, "Now: 021 123 4567"))["is_masked"] is False
    seen = [each["text"] for each in (await read(client, booking, provider))["items"]]
    assert seen == ["Call me on [hidden] please", "021 123", "[hidden]", "Now: 021 123 4567"]
    reported = await client.post(f"{path_of(booking)}/messages/1/report", json={"reason": "spam"}, headers=provider)
    row = await world.container.mongo.collection("moderation_items").find_one({"_id": reported.json()["id"]})
    assert row is not None
    written = ["Call me on 021 123 4567 please", "021 123", "4567", "Now: 021 123 4567"]
    assert [each["text"] for each in row["messages"]] == written


async def test_a_message_is_reported_once_by_the_other_party_alone(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.accepted()
    await say(client, booking, customer, "Rude")
    url, body = f"{path_of(booking)}/messages/1/report", {"reason": "abuse", "note": "Look"}
    first = await client.post(url, json=body, headers=provider)
    second = await client.post(url, json={"reason": "spam"}, headers=provider)
    assert (first.status_code, second.json()) == (201, first.json())
    own = await client.post(url, json=body, headers=customer)
    assert (own.status_code, own.json()["code"]) == (409, "own_message")
    missing = await client.post(f"{path_of(booking)}/messages/2/report", json=body, headers=provider)
    assert missing.status_code == 404


async def test_others_and_staff_find_no_conversation(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted()
    stranger = await sign_in(world.container, make_user())
    other = make_provider()
    await world.container.providers.insert(other)
    elsewhere = make_user(id=other.user_id, roles=[Role.USER, Role.PROVIDER], provider_id=other.id)
    of_another_booking = await sign_in(world.container, elsewhere)
    operator = await sign_in(world.container, world.operators[0])
    for _ in range(2):
        for who in (stranger, of_another_booking, operator):
            for method, url, body in (
                ("GET", path_of(booking), None),
                ("GET", f"{path_of(booking)}/messages", None),
                ("POST", f"{path_of(booking)}/messages", {"text": "Hi"}),
                ("POST", f"{path_of(booking)}/read", {"seq": 1}),
                ("POST", f"{path_of(booking)}/messages/1/report", {"reason": "spam"}),
            ):
                answer = await client.request(method, url, json=body, headers=who)
                assert answer.status_code == 404, (url, answer.text)
        await say(client, booking, customer, "Hello")


async def test_nothing_is_written_before_the_payment_or_long_after_the_end(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    unpaid = await world.book(world.start_in(days=9))
    early = await client.post(f"{path_of(unpaid)}/messages", json={"text": "Hi"}, headers=customer)
    assert (early.status_code, early.json()["code"]) == (409, "conversation_not_open")
    declined = await world.act(await world.requested(), "decline", world.provider_user)
    sent = await say(client, declined, customer, "Another day?", client_id="x")
    seen = (await client.get(path_of(declined), headers=provider)).json()
    assert declined.accept_by is not None
    world.clock.set(declined.accept_by + AFTER_REFUSAL - timedelta(seconds=1))
    await say(client, declined, provider, "Sorry")
    world.clock.set(declined.accept_by + AFTER_REFUSAL)
    assert seen["closes_at"] is not None
    late = await client.post(f"{path_of(declined)}/messages", json={"text": "Hi"}, headers=customer)
    assert (late.status_code, late.json()["code"]) == (409, "conversation_closed")
    assert (await client.get(path_of(declined), headers=customer)).json()["standing"] == "read_only"
    again = {"text": "Another day?", "client_id": "x"}
    resent = await client.post(f"{path_of(declined)}/messages", json=again, headers=customer)
    assert (resent.status_code, resent.json()["id"]) == (201, sent["id"])


async def test_bad_messages_are_refused_by_the_field(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted()
    for body, field in (
        ({}, "text"),
        ({"text": " \u200b\n "}, "text"),
        ({"text": "x" * 2_001}, "text"),
        ({"text": "x", "media_ids": [f"med_{n}" for n in range(6)]}, "media_ids"),
        ({"text": "x", "media_ids": ["med_1", "med_1"]}, "media_ids"),
        ({"text": "x", "media_ids": ["med_1"]}, "media_ids.0"),
        ({"text": "x", "client_id": "a b"}, "client_id"),
    ):
        answer = await client.post(f"{path_of(booking)}/messages", json=body, headers=customer)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), body
    assert (await read(client, booking, customer))["last_seq"] == 0
    both = await client.get(f"{path_of(booking)}/messages", params={"after_seq": 1, "before_seq": 2}, headers=customer)
    assert both.status_code == 422


async def test_a_photo_of_ones_own_is_shown_to_both_and_belongs_to_one_message(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking, now = await world.accepted(), world.clock.now()
    media_id = new_id("med", now)
    files = [Rendition(name="large", key="k", content_type="image/jpeg", width=2, height=1, size=9)]
    photo = Media(
        id=media_id, owner_id=world.customer.id, purpose=Purpose.MESSAGE, state=MediaState.READY,
        content_type="image/jpeg", size=9, sha256="0" * 64, key="k", upload_until=now, renditions=files, created_at=now,
        updated_at=now,
    )  # fmt: skip
    await world.container.media_repository.insert(photo)
    keyed = {**customer, "Idempotency-Key": f"photo-{media_id}"}
    sent = await say(client, booking, keyed, "", media_ids=[media_id])
    assert await say(client, booking, keyed, "", media_ids=[media_id]) == sent
    rows = await world.container.mongo.collection("idempotency_keys").find().to_list()
    [kept] = [str(row) for row in rows if sent["id"] in str(row)]
    assert BASE_URL not in kept
    [shown] = (await read(client, booking, provider))["items"][0]["media"]
    assert (shown["id"], [each["name"] for each in shown["files"]]) == (media_id, ["large"])
    assert sent["media"] == [shown]
    assert shown["files"][0]["expires_at"] == shown["files"][0]["until"]
    taken = await client.post(f"{path_of(booking)}/messages", json={"media_ids": [media_id]}, headers=customer)
    assert (taken.status_code, taken.json()["errors"][0]["code"]) == (422, "media_in_use")
    foreign = await client.post(f"{path_of(booking)}/messages", json={"media_ids": [media_id]}, headers=provider)
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (422, "unknown_media")
    assert (await read(client, booking, provider))["last_seq"] == 1


async def test_so_many_messages_a_minute(world: BookingWorld, client: httpx.AsyncClient, customer: Headers) -> None:
    booking = await world.accepted()
    await world.container.rate_limits.take(
        f"messages:{world.customer.id}", limit=MESSAGES_PER_MINUTE, window_seconds=60, now=world.clock.now()
    )
    for _ in range(MESSAGES_PER_MINUTE - 1):
        await client.post(f"{path_of(booking)}/messages", json={}, headers=customer)
    answer = await client.post(f"{path_of(booking)}/messages", json={"text": "Hi"}, headers=customer)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


async def test_who_is_suspended_sends_nothing(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers
) -> None:
    booking = await world.accepted()
    await world.container.users.update(world.customer.id, {"is_active": False})
    answer = await client.post(f"{path_of(booking)}/messages", json={"text": "Hi"}, headers=customer)
    assert answer.status_code == 401


async def test_who_leaves_takes_the_name_and_what_was_hidden_and_the_messages_stay(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.requested()
    await say(client, booking, customer, "Call 021 123 4567")
    held = await MongoPersonalExport(world.container.mongo).collect(world.customer.id, None, most_bytes=1_000_000)
    assert [row["original"] for row in held.sections["messages_sent"]] == ["Call 021 123 4567"]
    [exported] = held.sections["conversations"]
    assert world.provider_user.id not in str(exported)

    await world.container.users.update(world.customer.id, {"deleted_at": world.clock.now()})
    personal = MongoPersonalData(world.container.mongo)
    assert await personal.erase(world.customer.id, None, has_time=lambda: True)
    [shown] = (await read(client, booking, provider))["items"]
    assert shown["text"] == "Call [hidden]"
    left = (await client.get(path_of(booking), headers=provider)).json()
    assert (left["other_party"]["name"], left["standing"]) == (None, "read_only")
    late = await client.post(f"{path_of(booking)}/messages", json={"text": "Are you there?"}, headers=provider)
    assert (late.status_code, late.json()["code"], left["last_seq"]) == (409, "conversation_closed", 1)
    stored = await world.container.mongo.collection("messages").find_one({"_id": shown["id"]})
    assert stored is not None
    assert stored["original"] is None


async def test_moderators_read_what_was_reported_and_nobody_else_does(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.accepted()
    for number in range(8):
        await say(client, booking, customer, f"Number {number}")
    await client.post(f"{path_of(booking)}/messages/8/report", json={"reason": "abuse"}, headers=provider)
    moderator = await sign_in(world.container, make_user(roles=[Role.USER, Role.MODERATOR]))
    async with api_client("admin", world.container) as admin:
        listed = (await admin.get("/v1/admin/moderation", params={"limit": 100}, headers=moderator)).json()["items"]
        operator = await sign_in(world.container, world.operators[0])
        assert (await admin.get("/v1/admin/moderation", headers=operator)).status_code == 403
    [item] = [each for each in listed if each["subject"] == conversation_id(booking.id)]
    assert (item["seq"], [each["seq"] for each in item["messages"]]) == (8, [3, 4, 5, 6, 7, 8])


async def test_a_persons_picture_is_shown_to_the_other_party_once_the_booking_is_accepted(
    world: BookingWorld, client: httpx.AsyncClient, customer: Headers, provider: Headers
) -> None:
    booking = await world.requested()
    first, second = [await world.photo(world.customer, Purpose.PROFILE_PICTURE) for _ in range(2)]
    wrong = await world.photo(world.customer, Purpose.MESSAGE)

    async def shown() -> str | None:
        picture = (await client.get(path_of(booking), headers=provider)).json()["other_party"]["picture"]
        return str(picture["media_id"]) if picture else None

    async with api_client("auth", world.container) as accounts:

        async def change(picture: str | None) -> httpx.Response:
            return await accounts.patch("/v1/users/me", json={"picture_media_id": picture}, headers=customer)

        for each in (first, second):
            assert (await change(each)).json()["picture_media_id"] == each
        assert [(each["field"], each["code"]) for each in (await change(wrong)).json()["errors"]] == [
            ("picture_media_id.0", "wrong_purpose")
        ]
        assert await shown() is None
        await world.act(booking, "accept", world.provider_user)
        assert await shown() == second
        found = await world.container.media_repository.find_many([first, second])
        assert [found[each].attached_to for each in (first, second)] == [None, f"user:{world.customer.id}"]
        assert (await change(None)).json()["picture_media_id"] is None
        assert await shown() is None
