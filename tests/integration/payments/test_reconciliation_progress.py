"""Reconciliation: however short its runs, all that is due is compared, in a fair order, and no phase moves back."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import pytest
from common.application.payments.reconciliation.phases import PHASES, SETTLING
from common.application.payments.reconciliation.run import reconcile_payments, reconcile_requested, reconciliation_lag
from common.application.ports.payments.gateway import Intent, PaymentIntentStatus
from common.application.ports.payments.reconciliation import MovedAtStripe, Progress
from common.application.ports.payments.webhooks import StripeEvent
from common.application.shared.deadline import deadline
from common.domain.bookings.discrepancies import Discrepancy, DiscrepancyKind, StripeBooks
from common.domain.payments.operations import OBJECT_GONE, RECONCILIATION_REQUESTED
from common.domain.shared.errors import NotFound, Unavailable
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id

from tests.integration.webhooks.conftest import CollectingStripeEvents

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from common.application.payments.reconciliation.deps import ReconciliationDeps

    from tests.support.money import MoneyBench

_FAR = timedelta(hours=5)
_WRITTEN = (
    "bookings", "payment_discrepancies", "payment_operations", "payment_verifications", "verification_runs",
    "webhook_events",
)  # fmt: skip
T = TypeVar("T")


@dataclass
class Records:
    """Stripe's records in memory: entries and intents at their instants, newest first, and what was asked for."""

    moved: list[tuple[datetime, MovedAtStripe]] = field(default_factory=list)
    intents: list[tuple[datetime, Intent]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    is_unavailable: bool = False
    forgets_cursor: bool = False

    async def get_books(self, booking_id: str, intent_ids: Sequence[str]) -> StripeBooks:  # noqa: ARG002 - the port's
        self.seen.append(booking_id)
        self._answer(booking_id)
        return StripeBooks()

    async def list_movements(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[MovedAtStripe]:
        self._answer("")
        if after is not None and self.forgets_cursor:
            self.forgets_cursor = False
            raise NotFound("no such entry", code=OBJECT_GONE)
        return _page([(at, each.id, each) for at, each in self.moved], since, before, limit, after)

    async def list_intents(
        self, since: datetime, before: datetime, *, limit: int, after: str | None
    ) -> Sequence[Intent]:
        self._answer("")
        return _page([(at, each.id, each) for at, each in self.intents], since, before, limit, after)

    def _answer(self, name: str) -> None:
        if self.is_unavailable:
            raise Unavailable("away")
        if name in self.broken:
            raise ValueError(name)


def _page(
    rows: list[tuple[datetime, str, T]], since: datetime, before: datetime, limit: int, after: str | None
) -> list[T]:
    found = sorted((row for row in rows if since <= row[0] < before), key=lambda row: row[:2], reverse=True)
    ids = [row[1] for row in found]
    start = ids.index(after) + 1 if after is not None else 0
    return [row[2] for row in found[start : start + limit]]


@pytest.fixture
def records() -> Records:
    return Records()


@pytest.fixture
async def deps(bench: MoneyBench, records: Records) -> ReconciliationDeps:
    for name in _WRITTEN:
        await bench.container.mongo.collection(name).delete_many({})
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    return replace(bench.container.reconciliation, records=records)


def steps(count: int) -> Callable[[], bool]:
    """Time for so many steps."""
    left = iter([True] * count)
    return lambda: next(left, False)


async def bookings(bench: MoneyBench, count: int) -> list[str]:
    """Bookings whose operations changed one after the other, hours ago."""
    template = await bench.book()
    row = await bench.container.mongo.collection("bookings").find_one_and_delete({"_id": template.id})
    operations = bench.container.mongo.collection("payment_operations")
    operation = await operations.find_one_and_delete({"booking_id": template.id})
    assert row is not None
    assert operation is not None
    await operations.delete_many({})
    first = bench.clock.now() - _FAR
    ids = [f"bkg_{number:04d}" for number in range(count)]
    await bench.container.mongo.collection("bookings").insert_many(
        [{**row, "_id": each, "idempotency_key": each} for each in ids]
    )
    done = {"status": "succeeded", "stripe_id": "pi_1"}
    await operations.insert_many(
        [
            {
                **operation,
                **done,
                "_id": f"pay_{number:04d}",
                "booking_id": each,
                "updated_at": first + timedelta(seconds=number // 3),
            }
            for number, each in enumerate(ids)
        ]
    )
    return ids


async def places(deps: ReconciliationDeps) -> dict[str, Progress]:
    found = {name: await deps.reviews.get_progress(name) for name in PHASES}
    return {name: each for name, each in found.items() if each is not None}


@pytest.mark.parametrize("time", [1, 2, 3, 5])
async def test_however_short_each_run_every_booking_is_compared_and_no_phase_moves_back(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records, time: int
) -> None:
    ids = await bookings(bench, 70)
    far = bench.clock.now() - _FAR
    records.moved = [
        (far + timedelta(minutes=2 * number), MovedAtStripe(f"txn_{number:03d}", f"bkg_moved_{number:03d}", None))
        for number in range(120)
    ]
    records.intents = [
        (far + timedelta(minutes=2 * number), Intent(id=f"pi_{number:03d}", status=PaymentIntentStatus.SUCCEEDED))
        for number in range(120)
    ]
    before = await places(deps)
    looked_at = 0
    for _ in range(3_000 // time):
        counts = await reconcile_payments(deps, has_time=steps(time))
        looked_at += counts["ForeignIntents"]
        now = await places(deps)
        assert all(now[name].verified_until >= each.verified_until for name, each in before.items())
        before = now
        bench.clock.advance(seconds=20)
        if set(ids) <= set(records.seen) and looked_at >= len(records.intents):
            break
    assert set(ids) <= set(records.seen)
    assert looked_at == len(records.intents)
    assert len(records.seen) == len(set(records.seen))


async def test_bookings_are_compared_in_the_order_in_which_they_became_due(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 12)
    await deps.due.request(ids[6:], bench.clock.now())
    bench.clock.advance(seconds=1)
    await deps.due.request(ids, bench.clock.now())
    while len(records.seen) < len(ids):
        await reconcile_payments(deps, has_time=steps(len(PHASES)))
    at_once = 4
    assert set(ids[6:]) <= set(records.seen[: 6 + at_once - 1])


async def test_while_stripe_is_unavailable_the_rest_goes_on_and_nothing_is_lost(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 5)
    event = StripeEvent(
        id="evt_waits", type="charge.succeeded", object_id="ch_1", created=1, received_at=bench.clock.now() - _FAR
    )
    await bench.container.webhook_events.insert(event)
    records.is_unavailable = True
    with pytest.raises(Unavailable):
        await reconcile_payments(deps, has_time=lambda: True)
    assert deps.queue.sent == ["evt_waits"]  # type: ignore[attr-defined]
    stuck = await places(deps)
    records.is_unavailable = False
    for _ in range(8):
        bench.clock.advance(minutes=60)
        await reconcile_payments(deps, has_time=lambda: True)
    assert set(ids) <= set(records.seen)
    ends = await places(deps)
    for name in ("intents", "moved", "touched"):
        assert ends[name].verified_until == bench.clock.now() - SETTLING
        assert ends[name].verified_until > stuck[name].verified_until


async def test_a_booking_that_cannot_be_compared_holds_up_no_other_and_is_tried_less_and_less(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 9)
    records.broken = {ids[0]}
    with pytest.raises(ValueError, match=ids[0]):
        await reconcile_payments(deps, has_time=lambda: True)
    assert set(records.seen) == set(ids)
    for _ in range(24 * 4):
        bench.clock.advance(minutes=15)
        try:
            await reconcile_payments(deps, has_time=lambda: True)
        except ValueError:
            continue
    assert records.seen.count(ids[0]) <= 8
    assert all(records.seen.count(each) == 1 for each in ids[1:])


async def test_two_runs_at_once_compare_everything_and_harm_nothing(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 40)
    dice = random.Random(7)  # noqa: S311 - a repeatable run
    for _ in range(60):
        before = await places(deps)
        await asyncio.gather(*(reconcile_payments(deps, has_time=steps(dice.randint(1, 6))) for _ in range(3)))
        now = await places(deps)
        assert all(now[name].verified_until >= each.verified_until for name, each in before.items())
        bench.clock.advance(seconds=1)
        if set(ids) <= set(records.seen):
            break
    assert sorted(records.seen) == ids


async def test_what_is_more_than_a_run_compares_is_spread_over_the_queue(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 200)
    bench.publisher.events.clear()
    counts = await reconcile_payments(deps, has_time=lambda: True)
    queued = [each for each in bench.publisher.events if each.type == RECONCILIATION_REQUESTED]
    assert counts["BookingsReconciled"] + counts["ReconciliationsQueued"] == 200
    assert sum(len(each.payload["bookings"]) for each in queued) == counts["ReconciliationsQueued"]
    assert counts["BookingsReconciled"] < 60
    assert len(queued) <= counts["ReconciliationsQueued"] / 8 + 4
    at = sorted(each.not_before for each in queued if each.not_before)
    assert len(at) == len(queued)
    slowest = timedelta(seconds=0.99 * 2 / (0.8 * deps.reads_per_second))
    assert all(later - earlier >= slowest for earlier, later in pairwise(at))
    for event in queued:
        first, again = await reconcile_requested(deps, event), await reconcile_requested(deps, event)
        assert (first.bookings, again.bookings) == (len(event.payload["bookings"]), 0)
    assert sorted(records.seen) == ids


async def test_a_request_of_the_release_before_names_one_booking(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 1)
    await deps.due.request(ids, bench.clock.now())
    event = new_event(Topic.PAYMENTS, RECONCILIATION_REQUESTED, bench.clock.now())
    event = event.model_copy(update={"payload": {"booking_id": ids[0], "revision": 1}})
    assert await reconcile_requested(deps, event) == (1, 0)
    assert records.seen == ids


async def test_what_a_message_has_no_time_for_is_due_again_at_once(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 6)
    await deps.due.request(ids, bench.clock.now())
    taken = await deps.due.claim(bench.clock.now(), limit=6)
    named = [{"booking_id": each.booking_id, "revision": each.revision} for each in taken]
    event = new_event(Topic.PAYMENTS, RECONCILIATION_REQUESTED, bench.clock.now(), bookings=named)
    with deadline(4.0):
        assert await reconcile_requested(deps, event) == (0, 0)
    assert records.seen == []
    records.broken = {ids[2]}
    again = await deps.due.claim(bench.clock.now(), limit=6)
    assert again == taken
    with pytest.raises(ValueError, match=ids[2]):
        await reconcile_requested(deps, event)
    assert sorted(records.seen) == ids
    assert [each.booking_id for each in await deps.due.list_waiting(taken)] == [ids[2]]


async def test_a_day_of_a_million_bookings_a_month_is_drained_within_the_rate(
    bench: MoneyBench, deps: ReconciliationDeps
) -> None:
    """Each run gives the queue what the rate allows until the next one, none of it twice: a tenth of both."""
    day, deps = 3_300, replace(deps, reads_per_second=1)
    now = bench.clock.now()
    rows = bench.container.mongo.collection("payment_verifications")
    first = {"asked_at": now, "next_at": now, "tries": 0, "revision": 1}
    await rows.insert_many([{"_id": f"bkg_{number:06d}", **first} for number in range(day)])
    bench.publisher.events.clear()
    asked: list[str] = []
    runs = 0
    while await rows.estimated_document_count():
        counts = await reconcile_payments(deps, has_time=lambda: True)
        runs += 1
        queued = [each for each in bench.publisher.events if each.type == RECONCILIATION_REQUESTED]
        bench.publisher.events.clear()
        named = [each["booking_id"] for event in queued for each in event.payload["bookings"]]
        assert len(named) == counts["ReconciliationsQueued"] <= 900 * deps.reads_per_second / 2
        assert all(
            event.not_before <= bench.clock.now() + timedelta(minutes=15) for event in queued if event.not_before
        )
        asked += named
        await rows.delete_many({"_id": {"$in": named}})
        bench.clock.advance(minutes=15)
    assert len(asked) == len(set(asked))
    assert runs <= 10
    assert await bench.container.mongo.collection("payment_verifications").count_documents({}) == 0


async def test_a_message_that_is_lost_is_made_up_by_a_later_run(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    ids = await bookings(bench, 100)
    await reconcile_payments(deps, has_time=lambda: True)
    assert len(records.seen) < 100
    for _ in range(4):
        bench.clock.advance(minutes=31)
        await reconcile_payments(deps, has_time=lambda: True)
    assert set(records.seen) == set(ids)


async def test_what_is_asked_for_while_it_is_compared_is_compared_again(
    bench: MoneyBench, deps: ReconciliationDeps
) -> None:
    now = bench.clock.now()
    await deps.due.request(["bkg_1"], now)
    (due,) = await deps.due.claim(now, limit=5)
    assert await deps.due.claim(now, limit=5) == []
    await deps.due.request(["bkg_1"], now)
    await deps.due.complete(due, now)
    (again,) = await deps.due.claim(now, limit=5)
    await deps.due.complete(again, now)
    assert await deps.due.find_oldest() is None


async def test_a_period_whose_last_seen_entry_is_gone_is_begun_again(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    at = bench.clock.now() - timedelta(hours=2)
    records.moved = [(at, MovedAtStripe(f"txn_{number:03d}", f"bkg_{number:03d}", None)) for number in range(120)]
    records.forgets_cursor = True
    await reconcile_payments(deps, has_time=lambda: True)
    assert not records.forgets_cursor
    assert (await places(deps))["moved"].verified_until == bench.clock.now() - SETTLING


async def test_a_booking_that_cannot_be_read_holds_up_no_other_intent(
    bench: MoneyBench, deps: ReconciliationDeps, records: Records
) -> None:
    await bench.container.mongo.collection("bookings").insert_one({"_id": "bkg_unreadable", "idempotency_key": "x"})
    at = bench.clock.now() - timedelta(hours=2)
    first, second = [
        Intent(
            id=f"pi_{number}",
            status=PaymentIntentStatus.REQUIRES_CAPTURE,
            currency="nzd",
            amount_capturable=100,
            metadata={"booking_id": booking_id, **deps.owner.marks()},
        )
        for number, booking_id in enumerate(("bkg_unreadable", "bkg_never_committed"))
    ]
    records.intents = [(at, first), (at, second)]
    with pytest.raises(ValueError, match="Booking"):
        await reconcile_payments(deps, has_time=lambda: True)
    assert {each.stripe_id for each in await deps.reviews.list_open(limit=10, before=None)} == {second.id}
    assert (await places(deps))["intents"].verified_until == bench.clock.now() - SETTLING


async def test_how_far_it_is_behind_is_counted(bench: MoneyBench, deps: ReconciliationDeps, records: Records) -> None:
    await reconcile_payments(deps, has_time=lambda: True)
    assert await reconciliation_lag(deps) == SETTLING.total_seconds()
    bench.clock.advance(hours=7)
    records.is_unavailable = True
    with pytest.raises(Unavailable):
        await reconcile_payments(deps, has_time=lambda: True)
    assert await reconciliation_lag(deps) >= 7 * 3600
    await deps.due.request(["bkg_waits"], bench.clock.now() - timedelta(hours=30))
    assert await reconciliation_lag(deps) == 30 * 3600


async def test_an_intent_that_nobody_claimed_stays_open_through_its_bookings_comparison_and_closes_when_it_is_settled(
    bench: MoneyBench, deps: ReconciliationDeps
) -> None:
    booking = await bench.book()
    now = bench.clock.now()
    gone = Discrepancy(
        id=f"{booking.id}:orphan_intent:pi_gone",
        booking_id=booking.id,
        kind=DiscrepancyKind.ORPHAN_INTENT,
        stripe_id="pi_gone",
        first_seen_at=now,
        last_seen_at=now,
    )
    claimed = gone.model_copy(
        update={"id": f"{booking.id}:orphan_intent:x", "stripe_id": booking.first_charge.payment_intent_id}
    )
    await deps.reviews.report([gone, claimed])
    await deps.reviews.resolve_others(booking.id, [], now)
    assert len(await deps.reviews.list_open(limit=10, before=None)) == 2
    await reconcile_payments(deps, has_time=lambda: True)
    assert await deps.reviews.list_open(limit=10, before=None) == []


async def test_each_difference_is_told_once_even_by_runs_at_once(bench: MoneyBench, deps: ReconciliationDeps) -> None:
    now = bench.clock.now()
    found = [
        Discrepancy(
            id=new_id("dif", now),
            booking_id="bkg_1",
            kind=DiscrepancyKind.CAPTURED,
            expected=1,
            first_seen_at=now,
            last_seen_at=now,
        )
        for _ in range(30)
    ]
    await deps.reviews.report(found)
    await deps.reviews.report(found)
    taken = await asyncio.gather(*(deps.reviews.claim_unreported(limit=100) for _ in range(4)))
    assert sorted(each.id for page in taken for each in page) == sorted(each.id for each in found)
    assert await deps.reviews.claim_unreported(limit=100) == []
    await deps.reviews.resolve([found[0].id], now)
    await deps.reviews.report(found[:1])
    assert [each.id for each in await deps.reviews.claim_unreported(limit=100)] == [found[0].id]
