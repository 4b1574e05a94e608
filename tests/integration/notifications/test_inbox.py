"""The inbox, preferences and push subscriptions over HTTP."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from common.domain.notifications.inbox import InboxEntry
from common.domain.shared.ids import new_id
from common.domain.shared.notification_kinds import Kind

from tests.factories.users import make_user
from tests.support import START, api_client, sign_in
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

URL = "/v1/notifications"
PUSH = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/abc",
    "keys": {"p256dh": "B" * 87, "auth": "a" * 22},
}


async def fill(container: Container, user_id: str, count: int) -> list[str]:
    ids = []
    for number in range(count):
        at = START + timedelta(seconds=number)
        entry = InboxEntry(
            id=new_id("ntf", at),
            user_id=user_id,
            kind=Kind.BOOKINGS,
            type="booking.accepted",
            title=f"Number {number}",
            body="Something happened.",
            created_at=at,
        )
        await container.inbox.notifications.insert(entry)
        ids.append(entry.id)
    return ids


async def test_the_inbox_is_paged_read_and_cleared(container: Container) -> None:
    user, stranger = make_user(), make_user()
    headers, other = await sign_in(container, user), await sign_in(container, stranger)
    ids = await fill(container, user.id, 5)
    async with api_client("notifications", container) as client:
        first = (await client.get(URL, params={"limit": 3}, headers=headers)).json()
        assert [each["id"] for each in first["items"]] == ids[:1:-1]
        assert first["unread_count"] == 5
        rest = (await client.get(URL, params={"cursor": first["next_cursor"]}, headers=headers)).json()
        assert [each["id"] for each in rest["items"]] == ids[1::-1]
        assert rest["next_cursor"] is None

        assert (await client.put(f"{URL}/{ids[0]}/read", headers=other)).status_code == 404
        read = (await client.put(f"{URL}/{ids[0]}/read", headers=headers)).json()
        assert read["read_at"] is not None
        unread = (await client.get(URL, params={"unread_only": True}, headers=headers)).json()
        assert [each["id"] for each in unread["items"]] == ids[:0:-1]

        assert (await client.delete(f"{URL}/{ids[1]}", headers=other)).status_code == 404
        assert (await client.delete(f"{URL}/{ids[1]}", headers=headers)).status_code == 204
        assert (await client.put(f"{URL}/read-all", headers=headers)).json() == {"marked": 3}
        assert (await client.get(URL, headers=headers)).json()["unread_count"] == 0
        assert (await client.get(URL, headers=other)).json()["items"] == []
        assert (await client.get(URL)).status_code == 401


async def test_preferences_have_defaults_and_are_replaced(container: Container) -> None:
    headers = await sign_in(container, make_user())
    wanted = {
        "muted": {"reminders": ["email", "push"]},
        "quiet_hours": {"start": "22:00", "end": "07:00", "timezone": "Pacific/Auckland"},
    }
    async with api_client("notifications", container) as client:
        assert (await client.get(f"{URL}/preferences", headers=headers)).json() == {"muted": {}, "quiet_hours": None}
        assert (await client.put(f"{URL}/preferences", json=wanted, headers=headers)).json() == wanted
        assert (await client.get(f"{URL}/preferences", headers=headers)).json() == wanted
        for wrong in (
            {"muted": {"weather": ["email"]}},
            {"muted": {"bookings": ["pigeon"]}},
            {"quiet_hours": {"start": "25:00", "end": "07:00", "timezone": "Pacific/Auckland"}},
            {"quiet_hours": {"start": "22:00", "end": "07:00", "timezone": "Mars/Base"}},
            {"quiet_hours": {"start": "22:00", "end": "07:00", "timezone": "localtime"}},
            {"unknown": 1},
        ):
            assert (await client.put(f"{URL}/preferences", json=wrong, headers=headers)).status_code == 422


async def test_a_browser_is_stored_once_and_forgotten(container: Container) -> None:
    user, stranger = make_user(), make_user()
    headers, other = await sign_in(container, user), await sign_in(container, stranger)
    async with api_client("notifications", container) as client:
        first = await client.post(f"{URL}/push-subscriptions", json=PUSH, headers=headers)
        assert first.status_code == 201
        again = await client.post(f"{URL}/push-subscriptions", json=PUSH, headers=headers)
        assert again.json()["id"] == first.json()["id"]
        for wrong in (
            {**PUSH, "endpoint": "http://fcm.googleapis.com/fcm/send/abc"},
            {**PUSH, "endpoint": "https://169.254.169.254/latest/meta-data"},
            {**PUSH, "endpoint": "https://fcm.googleapis.com.example.com/x"},
            {**PUSH, "endpoint": "https://fcm.googleapis.com:8080/x"},
            {**PUSH, "endpoint": "https://user@fcm.googleapis.com/x"},
            {**PUSH, "endpoint": "https://fcm.googleapis.com/x\r\ny"},
            {**PUSH, "endpoint": " https://fcm.googleapis.com/x"},
            {**PUSH, "endpoint": "https://fcm.googleapis.com\\@evil.example/x"},
            {**PUSH, "expirationTime": "soon"},
            {**PUSH, "keys": {"p256dh": "x", "auth": "y"}},
        ):
            answer = await client.post(f"{URL}/push-subscriptions", json=wrong, headers=headers)
            assert answer.status_code == 422
        gone = {"endpoint": PUSH["endpoint"]}
        refused = await client.request("DELETE", f"{URL}/push-subscriptions", json=gone, headers=other)
        assert refused.status_code == 404
        removed = await client.request("DELETE", f"{URL}/push-subscriptions", json=gone, headers=headers)
        assert removed.status_code == 204


async def test_a_browsers_own_form_of_a_subscription_is_taken(container: Container) -> None:
    headers = await sign_in(container, make_user())
    async with api_client("notifications", container) as client:
        for ends in (None, 1_790_000_000_000, 1_790_000_000_000.5):
            answer = await client.post(
                f"{URL}/push-subscriptions", json={**PUSH, "expirationTime": ends}, headers=headers
            )
            assert answer.status_code == 201, answer.text


async def test_an_account_has_ten_browsers_at_most_and_the_newest_stay(container: Container, clock: FakeClock) -> None:
    user = make_user()
    headers = await sign_in(container, user)

    async def subscribe(number: int) -> None:
        body = {**PUSH, "endpoint": f"https://fcm.googleapis.com/fcm/send/of-ten-{number}"}
        assert (await client.post(f"{URL}/push-subscriptions", json=body, headers=headers)).status_code == 201

    async with api_client("notifications", container) as client:
        for number in range(12):
            clock.advance(seconds=1)
            await subscribe(number)
        rows = await container.mongo.collection("push_subscriptions").find({"user_id": user.id}).to_list()
        assert {row["endpoint"].rsplit("-", 1)[1] for row in rows} == {str(number) for number in range(2, 12)}
        await asyncio.gather(*(subscribe(number) for number in range(20, 40)))
    assert await container.mongo.collection("push_subscriptions").count_documents({"user_id": user.id}) == 10


async def test_all_of_a_large_inbox_is_read_by_one_small_write(container: Container, clock: FakeClock) -> None:
    """The newest thousand are marked on their own, the rest by one mark; what comes later is unread."""
    user = make_user()
    headers = await sign_in(container, user)
    rows = container.mongo.collection("notifications")
    [model] = [row async for row in rows.find({"_id": (await fill(container, user.id, 1))[0]})]
    ids = [new_id("ntf", START + timedelta(seconds=number)) for number in range(1, 3_000)]
    await rows.insert_many([{**model, "_id": each} for each in ids])
    async with api_client("notifications", container) as client:

        async def unread() -> list[str]:
            page = (await client.get(URL, params={"unread_only": True, "limit": 100}, headers=headers)).json()
            assert page["unread_count"] == len(page["items"])
            return [each["id"] for each in page["items"]]

        assert (await client.put(f"{URL}/read-all", headers=headers)).json() == {"marked": 1_000}
        assert await rows.count_documents({"user_id": user.id, "read_at": None}) == 2_000
        assert await unread() == []
        first_read = (await client.put(f"{URL}/{ids[0]}/read", headers=headers)).json()["read_at"]
        clock.advance(seconds=60)
        newest = new_id("ntf", START + timedelta(days=1))
        await rows.insert_one({**model, "_id": newest})
        assert await unread() == [newest]
        assert (await client.put(f"{URL}/read-all", headers=headers)).json() == {"marked": 1}
        page = (await client.get(URL, params={"limit": 2}, headers=headers)).json()["items"]
        assert [each["read_at"] == first_read for each in page] == [False, True], "the first reading counts"


async def test_the_unread_are_counted_without_being_read(container: Container) -> None:
    user = make_user()
    headers = await sign_in(container, user)
    await fill(container, user.id, 50)
    async with api_client("notifications", container) as client, profiled(container.mongo, "notifications") as done:
        page = (await client.get(URL, params={"limit": 2}, headers=headers)).json()
    assert (len(page["items"]), page["unread_count"]) == (2, 50)
    examined = {next(iter(row["command"])): row["docsExamined"] for row in done}
    assert examined == {"find": 3, "aggregate": 0}
