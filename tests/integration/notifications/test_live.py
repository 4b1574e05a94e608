"""What people are told of stands in their streams: both parties', each event once, and nobody's who does not look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.domain.bookings.booking import ActorKind
from common.domain.shared.events import Event, Topic

from functions.messaging.realtime_queue import process
from tests.fakes.sockets import FakeSockets
from tests.integration.notifications.test_delivery import deliver_all, requested

if TYPE_CHECKING:
    from common.domain.messaging.realtime.streams import StreamEvent

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench


async def _look(bench: MoneyBench, *user_ids: str) -> None:
    for user_id in user_ids:
        await bench.container.streams.open(user_id, "epoch", bench.clock.now())


async def _seen(bench: MoneyBench, user_id: str) -> list[StreamEvent]:
    stream = await bench.container.streams.get(user_id, bench.clock.now())
    return stream.events if stream else []


def _shown(bench: MoneyBench) -> list[Event]:
    return [each for each in bench.publisher.events if each.topic is Topic.REALTIME]


async def test_both_parties_see_a_booking_and_each_their_own_money_and_notices(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    bench.container.replace(sockets=FakeSockets())
    customer, provider = bench.customer.id, bench.provider_user.id
    await _look(bench, customer, provider)
    booking = await requested(bench, gateway)
    booking = await bench.accept_and_start(booking)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    await bench.fire(booking)
    await deliver_all(bench)
    for event in [*_shown(bench), *_shown(bench)]:
        await process(bench.container, event)
    by_both = ["booking.requested", "booking.accepted", "booking.started", "booking.completed"]
    for user_id in (customer, provider):
        seen = await _seen(bench, user_id)
        assert [each.type for each in seen if each.kind == "bookings"] == by_both
        assert {each.ids["booking_id"] for each in seen} == {booking.id}
        assert [each.seq for each in seen] == list(range(1, len(seen) + 1))
        versions = [each.version for each in seen if each.kind == "bookings" and each.version is not None]
        assert versions == sorted(versions)
    money = {
        user: {each.type for each in await _seen(bench, user) if each.kind == "payments"}
        for user in (customer, provider)
    }
    assert money == {customer: {"booking.payment_captured"}, provider: {"booking.settled", "booking.paid_out"}}
    notices = [each for each in await _seen(bench, customer) if each.kind == "notices"]
    assert notices
    assert all(each.ids["notification_id"] and each.preview for each in notices)


async def test_nothing_is_sent_for_people_who_do_not_look(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    await requested(bench, gateway)
    await deliver_all(bench)
    assert _shown(bench) == []
    await _look(bench, bench.customer.id)
    await requested(bench, gateway)
    await deliver_all(bench)
    assert {user for each in _shown(bench) for user in each.payload["user_ids"]} == {bench.customer.id}


async def test_what_the_queue_does_not_take_waits_in_the_outbox(bench: MoneyBench, gateway: FakePaymentGateway) -> None:
    await _look(bench, bench.customer.id)
    await requested(bench, gateway)
    bench.publisher.is_unavailable = True
    events = await deliver_all(bench)
    bench.publisher.is_unavailable = False
    (source,) = [each.id for each in events if each.type == "booking.requested"]
    waiting = {"topic": Topic.REALTIME.value, "published_at": None, "_id": {"$regex": source.removeprefix("evt_")}}
    stored = await bench.container.mongo.collection("outbox").find(waiting).to_list()
    assert sorted(row["type"] for row in stored) == ["booking.requested", "notice.created"]
