"""What a worker does about a deleted account: by thousands, over several messages, and after dying anywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.adapters.privacy.personal_data import MongoPersonalData
from common.application.identity.erasure import ACCOUNT_DELETED, erase_person
from common.domain.bookings.booking import Place
from common.domain.shared.events import Topic, new_event
from common.domain.shared.realtime import StreamKind, stream_event

from tests.factories.bookings import NOW, make_booking, make_creation
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support.mortality import DiedError, Fate, mortal
from tests.support.people import Identity, bearer
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

MANY = 2_500
CLOSED = {"status": "settled", "next_due_at": None}
PORTS = ("bookings", "gateway", "personal", "outbox", "publisher")


async def _closed_bookings(container: Container, number: int, **party: Any) -> list[str]:
    hidden = Place(address="9 Hidden Lane")
    bookings = [make_booking(**{"provider_id": f"prv_{uuid4().hex}", "place": hidden, **party}) for _ in range(number)]
    for booking in bookings:
        await container.booking_repository.commit(make_creation(booking))
    ids = [booking.id for booking in bookings]
    await container.mongo.collection("bookings").update_many({"_id": {"$in": ids}}, {"$set": CLOSED})
    return ids


async def _fill(container: Container, user_id: str) -> None:
    """An inbox, a log of mails and a security log, each of some thousands."""
    rows = [{"user_id": user_id, "ip": "203.0.113.9", "user_agent": "Firefox"} for _ in range(MANY)]
    for name in ("notifications", "mails", "security_events"):
        await container.mongo.collection(name).insert_many([{**row, "_id": uuid4().hex} for row in rows])


async def _left(container: Container, user_id: str) -> dict[str, int]:
    theirs: dict[str, dict[str, Any]] = {
        "notifications": {},
        "mails": {},
        "sessions": {},
        "refresh_tokens": {},
        "security_events": {"ip": {"$ne": ""}},
    }
    counts = {
        name: await container.mongo.collection(name).count_documents({"user_id": user_id, **more})
        for name, more in theirs.items()
    }
    return {name: count for name, count in counts.items() if count}


async def test_an_account_of_thousands_of_rows_is_closed_at_once_and_erased_over_several_messages(
    identity: Identity, container: Container
) -> None:
    pair = await identity.register("hoarder@example.com")
    user_id = pair["user"]["id"]
    await _fill(container, user_id)
    ids = await _closed_bookings(container, 60, customer_id=user_id)
    assert (await identity.client.delete("/v1/users/me", headers=bearer(pair))).status_code == 204
    left = await _left(container, user_id)
    assert left["notifications"] == MANY, "the transaction leaves what may be many"
    again = await identity.post("/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert (again.status_code, again.json()["code"]) == (401, "invalid_refresh_token")

    hurried = replace(container.erasure, gateway=FakePaymentGateway(), has_time=lambda: False)
    done = 0
    while len(events := [each for each in identity.publisher.events if each.type == ACCOUNT_DELETED]) > done:
        await erase_person(hurried, events[done])
        done += 1
    assert done > MANY // 1_000
    assert await _left(container, user_id) == {}
    known = {"_id": {"$in": ids}, "place.address": "9 Hidden Lane"}
    assert await container.mongo.collection("bookings").count_documents(known) == 0


async def test_a_worker_that_dies_among_thousands_of_rows_goes_on_with_what_is_left(container: Container) -> None:
    user_id = f"usr_{uuid4().hex}"
    await _fill(container, user_id)
    personal, left, is_done = MongoPersonalData(container.mongo), 3 * MANY, False

    def dies() -> bool:
        raise DiedError

    while not is_done:
        try:
            is_done = await personal.erase(user_id, None, has_time=dies)
        except DiedError:
            before, left = left, sum((await _left(container, user_id)).values())
            assert left <= before - 1_000, "what was done before a death is done"
    assert await _left(container, user_id) == {}


async def test_an_erasure_ends_wherever_its_worker_dies(container: Container) -> None:
    """Killed before and after every step of its own, and delivered again, as often as it takes."""
    story = Fate()
    await _erase(container, await _leaver(container), story)
    assert story.steps > len(PORTS)
    for step in range(1, story.steps + 1):
        event = await _leaver(container)
        with pytest.raises(DiedError):
            await _erase(container, event, Fate(dies_at=step))
        gateway = await _erase(container, event, Fate())
        theirs = {"customer_id": event.payload["user_id"]}
        [row] = [row async for row in container.mongo.collection("bookings").find(theirs)]
        assert row["place"]["address"] == ""
        audited = [entry.action for entry in await container.booking_repository.list_history(row["_id"], limit=9)]
        assert audited.count("erase_customer") == 1, f"once, whatever step {step} was"
        assert gateway.deleted_customers == {"cus_gone"}
        assert (
            await container.mongo.collection("notifications").count_documents({"user_id": event.payload["user_id"]})
            == 0
        )


async def _leaver(container: Container) -> Event:
    user_id, provider_id = f"usr_{uuid4().hex}", f"prv_{uuid4().hex}"
    await container.mongo.collection("notifications").insert_one({"_id": uuid4().hex, "user_id": user_id})
    await _closed_bookings(container, 1, customer_id=user_id)
    await _closed_bookings(container, 1, provider_id=provider_id)
    known = {"user_id": user_id, "provider_id": provider_id, "stripe_customer_id": "cus_gone"}
    return new_event(Topic.PAYMENTS, ACCOUNT_DELETED, NOW, **known)


async def _erase(container: Container, event: Event, fate: Fate) -> FakePaymentGateway:
    gateway = FakePaymentGateway()
    await erase_person(mortal(replace(container.erasure, gateway=gateway), fate, PORTS), event)
    return gateway


async def test_what_keeps_an_account_open_is_found_among_thousands_of_closed_bookings(container: Container) -> None:
    """By the partial index, which holds what is open and nothing else."""
    owner, rows = f"usr_{uuid4().hex}", container.mongo.collection("bookings")
    shared = {"customer_id": owner, "provider_id": owner, "status": "settled", "payout": "transferred"}
    await rows.insert_many([{"_id": f"bkg_{uuid4().hex}", **shared} for _ in range(MANY)])
    opened: list[dict[str, Any]] = [
        {"status": "requested"},
        {"payment_details": {"open_operations": [{"id": "pay_1"}]}},
        {"payment_details": {"needs_attention": True}},
        {"payout": "debt"},
    ]
    await rows.insert_many([{"_id": f"bkg_{uuid4().hex}", **shared, **each} for each in opened])
    async with profiled(container.mongo, "bookings") as done:
        found = await MongoPersonalData(container.mongo).open_matters(owner, owner, limit=20)
    read = [(row["planSummary"], row["docsExamined"] - row["nreturned"] <= 1) for row in done if row["op"] == "query"]
    assert read == [("IXSCAN { customer_id: 1 }", True), ("IXSCAN { provider_id: 1 }", True)]
    assert {matter.kind for matter in found} == {"under_way", "money_moving", "debt"}


async def test_what_others_were_told_at_once_loses_its_words(container: Container) -> None:
    leaver, other = f"usr_{uuid4().hex}", f"usr_{uuid4().hex}"
    (gone,) = await _closed_bookings(container, 1, customer_id=leaver, provider_user_id=other)
    streams = container.stream_access.streams
    await streams.open(other, "str_1", NOW)
    for booking_id in (gone, "bkg_of_others"):
        told = stream_event(
            StreamKind.NOTICES, "notice.created", NOW, user_ids=[other], ids={"booking_id": booking_id}, preview="Aroha"
        )
        await streams.append(other, told, NOW)
    event = new_event(Topic.PAYMENTS, ACCOUNT_DELETED, NOW, user_id=leaver)
    await erase_person(replace(container.erasure, gateway=FakePaymentGateway()), event)
    found = await streams.get(other, NOW)
    assert found is not None
    assert [each.preview for each in found.events] == ["", "Aroha"]
