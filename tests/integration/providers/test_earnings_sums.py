"""Earnings that the server adds up are those that Python adds up, booking by booking."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from common.adapters.mongo.bookings.documents import booking_document
from common.application.catalogue.statistics import earnings, month_bounds, stats
from common.domain.bookings.booking import ActorKind, Booking, BookingStatus, PaymentDetails, PayoutState, PriceSnapshot
from common.domain.bookings.charges import Charge, net_paid
from common.domain.bookings.commission import commission_of, provider_share
from common.domain.bookings.price_lines import BorneBy, LineKind, PriceLine
from common.domain.payments.operations import PaymentMode
from common.domain.shared.money import Money

from infra.ops.rebuild.steps import rebuild_earnings
from tests.factories.bookings import make_booking, make_slot
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from common.runtime.container.bootstrap import Container

    from tests.integration.providers.conftest import SignedIn

START = datetime(2026, 1, 15, tzinfo=UTC)
_MANY = 400
_COUNTED = frozenset({"accepted", "in_progress", "completed", "no_show", "disputed", "cancelled", "settled"})
FIELDS = ("bookings", "expected", "held", "paid_out", "set_off", "owed", "commission")


@dataclass(frozen=True)
class Sums:
    """As the first releases added up."""

    bookings: int = 0
    expected: int = 0
    held: int = 0
    paid_out: int = 0
    set_off: int = 0
    owed: int = 0
    commission: int = 0

    def with_one(self, booking: Booking) -> Sums:
        expected = held = commission = 0
        details = booking.payment_details
        kept = net_paid(booking)
        if booking.status in {BookingStatus.ACCEPTED, BookingStatus.IN_PROGRESS}:
            expected = provider_share(booking.price, booking.price.total.amount)
        elif kept > 0:
            commission = commission_of(booking.price, kept)
            if booking.payout is PayoutState.HELD:
                held = provider_share(booking.price, kept)
        elif not (booking.transferred_amount or details.set_off_amount):
            return self
        return Sums(
            self.bookings + 1,
            self.expected + expected,
            self.held + held,
            self.paid_out + booking.transferred_amount - booking.reversed_amount,
            self.set_off + max(details.set_off_amount, 0),
            self.owed + details.debt_amount,
            self.commission + commission,
        )


def oracle(bookings: Iterable[Booking], start: datetime, end: datetime, zone: str) -> list[tuple[Any, ...]]:
    """Sums by month and currency, in Python."""
    sums: dict[tuple[str, str], Sums] = {}
    for each in bookings:
        if each.status in _COUNTED and start <= each.slot.start_at < end:
            month = each.slot.start_at.astimezone(ZoneInfo(zone)).strftime("%Y-%m")
            key = (month, each.price.total.currency)
            sums[key] = sums.get(key, Sums()).with_one(each)
    return [(*key, *(getattr(sums[key], name) for name in FIELDS)) for key in sorted(sums)]


def some_booking(chance: random.Random, provider_id: str) -> Booking:
    """A booking of any state, with one or two charges and several price lines, mostly near a month's end."""
    currency = chance.choice(["nzd", "jpy", "kwd"])
    lines = [
        PriceLine(
            id=f"line_{number}",
            kind=kind,
            unit_amount=Money(amount=amount * 10, currency=currency),
            borne_by=chance.choice(list(BorneBy)),
        )
        for number, (kind, amount) in enumerate(
            [
                (LineKind.SERVICE, chance.randint(100, 90_000)),
                (chance.choice([LineKind.OPTION, LineKind.EXTRA, LineKind.TIP, LineKind.FEE]), chance.randint(1, 900)),
                (LineKind.DISCOUNT, -chance.randint(1, 99)),
            ]
        )
    ]
    basis = chance.randint(0, 3_000)
    price = PriceSnapshot(lines=lines, commission_basis_points=basis, commission_minimum=chance.choice([0, 500]))
    charges = []
    for number in range(chance.randint(1, 2)):
        captured = chance.choice([0, price.total.amount, chance.randrange(price.total.amount)])
        transferred = chance.choice([0, chance.randrange(captured + 1)])
        moved = {"refunded_amount": chance.choice([0, captured, chance.randrange(captured + 1)])}
        moved |= {"captured_amount": captured, "transferred_amount": transferred}
        moved["reversed_amount"] = chance.choice([0, transferred])
        charges.append(Charge(id=f"chg_{number + 1}", mode=PaymentMode.AUTHORIZE_NOW, amount=captured, **moved))
    owed = {"debt_amount": chance.choice([0, 0, 700]), "set_off_amount": chance.choice([0, 0, 300, -300])}
    month = datetime(2026, chance.randint(2, 11), 1, tzinfo=UTC)
    start = month + timedelta(minutes=chance.choice([-1, 0, 1, chance.randint(-900, 900), chance.randint(0, 40_000)]))
    return make_booking(
        start,
        provider_id=provider_id,
        slot=make_slot(start),
        status=chance.choice(list(BookingStatus)),
        payout=chance.choice(list(PayoutState)),
        cancelled_by=chance.choice([None, ActorKind.PROVIDER, ActorKind.CUSTOMER]),
        price=price,
        charges=charges,
        payment_details=PaymentDetails(**owed),
    )


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/St_Johns", "UTC"])
async def test_the_server_adds_up_what_python_does_also_what_the_release_before_has_written(
    container: Container, owner: SignedIn, zone: str
) -> None:
    chance = random.Random(zone)  # noqa: S311 - any lives, the same each time
    provider = owner.provider.model_copy(update={"timezone": zone})
    bookings = [some_booking(chance, provider.id) for _ in range(_MANY)]
    rows = [booking_document(each) for each in bookings]
    for row in chance.sample(rows, _MANY // 4):
        del row["figures"]
    await container.mongo.collection("bookings").insert_many(rows)
    periods = [(START, START + timedelta(days=366))]
    for _ in range(6):
        first = START + timedelta(minutes=chance.randint(0, 400_000))
        periods.append((first, first + timedelta(minutes=chance.randint(1, 120_000))))

    async def check() -> None:
        for start, end in periods:
            found = await earnings(container.catalogue, provider, start, end)
            got = [(each.period, each.currency, *(getattr(each, name) for name in FIELDS)) for each in found]
            assert got == oracle(bookings, start, end, zone)

    await check()
    before = await stats(container.catalogue, provider, *periods[0])
    assert await rebuild_earnings(container) == _MANY // 4
    assert await rebuild_earnings(container) == 0
    assert await container.mongo.collection("bookings").find_one({"figures.bookings": None}) is None
    await check()
    assert await stats(container.catalogue, provider, *periods[0]) == before
    await container.mongo.collection("bookings").delete_many({})


async def test_sums_are_made_of_the_index_alone(container: Container, owner: SignedIn) -> None:
    chance, rows = random.Random(1), container.mongo.collection("bookings")  # noqa: S311 - as above
    kept = [some_booking(chance, owner.provider.id) for _ in range(100)]
    await rows.insert_many([booking_document(each) for each in kept])
    await rows.insert_many([booking_document(some_booking(chance, f"prv_{number}")) for number in range(100)])
    start, end = START, START + timedelta(days=366)
    bounds = month_bounds(start, end, ZoneInfo(owner.provider.timezone))

    async with profiled(container.mongo, "bookings", "ledger_entries") as done:
        await container.catalogue.statistics.sum_earned(owner.provider.id, bounds)
        await container.catalogue.statistics.count_by_status(owner.provider.id, start, end)
        await container.payments.ledger.sum_by_reason(owner.provider.id, since=start, before=end)

    read = [(row["docsExamined"], row["keysExamined"], row["planSummary"].count("IXSCAN")) for row in done]
    assert [docs for docs, _, _ in read] == [0, 0, 0]
    assert all(keys <= len(kept) + 1 and scans == 1 for _, keys, scans in read)
    await rows.delete_many({})
