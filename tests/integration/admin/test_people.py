"""Finding people, and what staff read of what they did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.ratings import RatingState
from common.domain.identity.roles import Role
from common.domain.messaging.conversations import Conversation, conversation_id

from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, sign_in, store_user
from tests.support.booking_world import BookingWorld
from tests.support.ratings import store_rating
from tests.support.reports import store_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

Headers = dict[str, str]


@pytest.fixture
async def admin(container: Container) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("admin", container) as client:
        client.headers.update(await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN])))
        yield client


async def pages(client: httpx.AsyncClient, path: str, headers: Headers | None = None, **query: Any) -> list[Any]:
    """Every item of a list, read in pages of two."""
    items: list[Any] = []
    cursor = None
    while True:
        asked = {**query, "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = await client.get(path, params=asked, headers=headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


async def test_people_are_found_by_mail_name_and_number_each_once(
    container: Container, admin: httpx.AsyncClient
) -> None:
    named: dict[str, dict[str, Any]] = {
        "mere": {"email": "zz@example.com", "full_name": "Mere Anne Tāne", "phone_number": "+64211234567"},
        "tane": {"email": "tane@example.com", "full_name": "Tane Mahuta", "phone_number": "+61211234999"},
        "twin": {"email": "yy@example.com", "full_name": "Mere Anne Tāne", "phone_number": None},
        "zoe": {"email": "zoe@example.com", "full_name": "Zoë", "phone_number": None},
    }
    ids = {}
    for name, fields in named.items():
        user = make_user(**{**fields, "email_key": fields["email"]})
        assert await container.users.insert(user)
        ids[user.id] = name

    async def found(text: str, **query: Any) -> list[str]:
        listed = await pages(admin, "/v1/admin/users", q=text, **query)
        return [ids[each["id"]] for each in listed if each["id"] in ids]

    tanes = await found("TANE")
    assert (tanes[0], sorted(tanes[1:])) == ("tane", ["mere", "twin"])
    assert sorted(await found("mere anne")) == ["mere", "twin"]
    assert await found("zoe") == ["zoe"]
    assert await found("021 123") == ["mere", "tane"]
    assert await found("+64 (21) 1234") == ["mere"]
    assert await found("yy@") == ["twin"]
    assert await found("tane", is_active=False) == []
    assert await found("$regex") == []
    assert [await found(each) for each in ids] == [[name] for name in ids.values()]
    renamed = next(each for each, name in ids.items() if name == "zoe")
    await container.users.update(renamed, {"full_name": "Zoë Brown"})
    assert await found("brown") == ["zoe"]
    other = await admin.get("/v1/admin/users", params={"q": "zoe", "cursor": "e30"})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "cursor")


async def test_the_activity_of_an_account_is_complete_in_order_and_without_amounts_for_moderators(
    container: Container, clock: FakeClock, admin: httpx.AsyncClient
) -> None:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    world = await BookingWorld(container).open()
    booking = await world.accepted()
    talk = Conversation(
        id=conversation_id(booking.id),
        subject_id=booking.id,
        customer_id=world.customer.id,
        provider_user_id=world.provider_user.id,
        members=[world.customer.id, world.provider_user.id],
        last_seq=5,
        customer_sent=3,
        last_at=clock.now(),
        created_at=clock.now(),
    )
    row = talk.model_dump()
    await container.mongo.collection("conversations").insert_one({"_id": row.pop("id"), **row})
    clock.advance(minutes=1)
    report = await store_report(container, author_id=world.customer.id)
    clock.advance(minutes=1)
    await store_rating(container, booking, state=RatingState.PUBLISHED)
    clock.advance(minutes=1)
    target = f"/v1/admin/users/{world.customer.id}"
    assert (await admin.post(f"{target}/suspend", json={"reason": "To be looked into"})).status_code == 200

    listed = await pages(admin, f"{target}/activity")

    assert len({each["id"] for each in listed}) == len(listed)
    systems = [each["system"] for each in listed]
    assert systems[:2] == ["security", "ratings"]
    assert {"security", "ratings", "reports", "bookings"} <= set(systems)
    assert [each["id"] for each in listed if each["system"] == "reports"] == [report.id]
    (booked,) = [each for each in listed if each["system"] == "bookings"]
    assert (booked["id"], booked["details"]["messages_sent"]) == (booking.id, 3)
    assert booked["details"]["price"]["amount"] == booking.price.total.amount
    (stopped,) = [each for each in listed if each["type"] == "suspended"]
    facts = stopped["details"]
    assert (facts["reason"], facts["before"], facts["after"]) == ("To be looked into", "active", "suspended")
    ends = await pages(admin, f"/v1/admin/users/{world.provider_user.id}/activity")
    assert [each["details"]["messages_sent"] for each in ends if each["type"] == "was_booked"] == [2]

    moderator = await sign_in(container, make_user(roles=[Role.USER, Role.MODERATOR]))
    for each in await pages(admin, f"{target}/activity", moderator):
        assert {"price", "captured", "refunded", "payment", "payout"}.isdisjoint(each["details"])
    assert (await admin.get("/v1/admin/users/usr_none/activity")).status_code == 404


async def test_what_operators_do_to_a_booking_is_in_the_audit_log(
    container: Container, clock: FakeClock, admin: httpx.AsyncClient
) -> None:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    world = await BookingWorld(container).open()
    booking = await world.accepted()
    operator = await store_user(container, make_user(roles=[Role.USER, Role.OPERATOR]))
    await world.act(booking, "cancel", operator, {"reason": "Both asked us to"})

    rows = await pages(admin, "/v1/admin/audit-logs", subject=booking.id)

    assert [(each["type"], each["actor_id"]) for each in rows] == [("booking_decided", operator.id)]
    facts = rows[0]["details"]
    assert (facts["action"], facts["before"], facts["after"]) == ("cancel", "accepted", "cancelled")
    by_actor = await pages(admin, "/v1/admin/audit-logs", actor_id=operator.id)
    assert [each["id"] for each in by_actor] == [rows[0]["id"]]
    late: dict[str, Any] = {"from": "2999-01-01T00:00:00Z"}
    assert await pages(admin, "/v1/admin/audit-logs", actor_id=operator.id, **late) == []
