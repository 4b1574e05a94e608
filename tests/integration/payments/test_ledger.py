"""The ledger over random lives: sum zero in every committed state, only ever added to, held to its shape by MongoDB."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.payments.disputes import sync_dispute
from common.application.payments.operations.sync import sync_booking_payment
from common.application.ports.payments.payouts import BankDispute
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.bookings.ledger_entries import Entry
from common.domain.bookings.state_machine import fire, is_life_over
from common.domain.bookings.state_machine.charge_parts import is_charged_back
from common.domain.bookings.state_machine.money_plan import with_provider
from common.domain.payments.ledger import left_over
from common.domain.shared.money import Money
from pymongo.errors import WriteError

from tests.fakes.payment_gateway import Fault
from tests.fakes.payouts import FakePayoutGateway
from tests.support.containers import make_container
from tests.support.money import MoneyBench
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from tests.fakes.clock import FakeClock
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.fakes.publisher import CollectingPublisher

_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
LIVES = 150 if _NIGHTLY else 24
#: Currencies of two, none and three digits, and a price that a card can be charged in each.
PRICES = {"nzd": 12_345, "aud": 9_999, "jpy": 4_321, "bhd": 12_340}
PARTIES = (ActorKind.CUSTOMER, ActorKind.PROVIDER, ActorKind.OPERATOR)


class Audited:
    """The repository of bookings, with a look at the books after every commit."""

    def __init__(self, bookings: Any, lines: Any) -> None:
        self._bookings = bookings
        self._lines = lines
        self.seen: dict[str, Any] = {}
        self.commits = 0
        self.set_offs = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bookings, name)

    async def commit(self, change: Any) -> None:
        await self._bookings.commit(change)
        self.commits += 1
        await self.check()

    async def commit_all(self, changes: Any) -> None:
        await self._bookings.commit_all(changes)
        self.commits += len(changes)
        self.set_offs += 1
        await self.check()

    async def check(self) -> None:
        """Every entry sums to zero in one currency, and every line of before is there as it was."""
        rows = {row["_id"]: row async for row in self._lines.find()}
        assert self.seen.items() <= rows.items()
        self.seen = rows
        sums: Counter[tuple[str, str]] = Counter()
        for row in rows.values():
            sums[row["entry_id"], row["amount"]["currency"]] += row["amount"]["amount"]
        assert set(sums.values()) <= {0}
        assert len({entry for entry, _ in sums}) == len(sums)


async def one_life(bench: MoneyBench, gateway: FakePaymentGateway, dice: random.Random) -> Booking:
    """A random life with lost and refused calls, refunds, disputes, chargebacks and reversals."""
    payouts = FakePayoutGateway()
    gateway.short_balance = dice.random() < 0.5
    booking = await bench.create(starts_in=dice.choice([timedelta(hours=30), timedelta(days=20)]))
    booking = await patiently(bench, gateway, booking, dice)
    gateway.confirm(booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id or "")
    booking = await patiently(bench, gateway, booking, dice)
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER, settle=False)
    if dice.random() < 0.25:
        await bench.perform(booking, "cancel", dice.choice(PARTIES), settle=False, reason="Plans changed")
        return await patiently(bench, gateway, booking, dice)
    while booking.payment != "authorized":
        await bench.fire(booking, settle=False)
        booking = await patiently(bench, gateway, booking, dice)
    bench.clock.set(booking.slot.start_at)
    await bench.perform(booking, "start", ActorKind.PROVIDER, settle=False, code=booking.start_code)
    await bench.perform(booking, "complete", ActorKind.PROVIDER, settle=False)
    booking = await patiently(bench, gateway, booking, dice)
    if dice.random() < 0.4:
        dispute = BankDispute(
            id=f"dp_{booking.id}",
            status=dice.choice(["needs_response", "won", "lost"]),
            amount=booking.captured_amount,
            fees=[Money(amount=dice.choice([0, 1_500]), currency=booking.price.total.currency)],
            payment_intent_id=booking.first_charge.payment_intent_id,
        )
        payouts.disputes[dispute.id] = dispute
        await sync_dispute(bench.payments, payouts, dispute.id)
        booking = await patiently(bench, gateway, booking, dice)
    while booking.status != "settled":
        await bench.fire(booking, settle=False)
        booking = await patiently(bench, gateway, booking, dice)
    left = booking.captured_amount - booking.charged_back_amount
    if left > 0 and dice.random() < 0.6:
        step = 10 if booking.price.total.currency == "bhd" else 1
        amount = dice.randrange(step, left + 1, step)
        if is_charged_back(booking, booking.first_charge):
            return booking
        await bench.perform(booking, "refund", ActorKind.OPERATOR, settle=False, amount=amount, reason="Less work")
        booking = await patiently(bench, gateway, booking, dice)
        if dice.random() < 0.4:
            gateway.end_refunds(booking.first_charge.payment_intent_id or "", "failed")
            booking = await patiently(bench, gateway, booking, dice)
    return booking


async def patiently(bench: MoneyBench, gateway: FakePaymentGateway, booking: Booking, dice: random.Random) -> Booking:
    """Drain the queue, however often calls are lost."""
    gateway.faults.extend(dice.choice([None, None, *Fault]) for _ in range(2))
    return await bench.come_to_rest(booking, tries=30)


async def test_over_random_lives_every_committed_state_sums_to_zero_and_keeps_every_line(
    mongodb_uri: str,
    migrated_database: str,
    gateway: FakePaymentGateway,
    clock: FakeClock,
    publisher: CollectingPublisher,
) -> None:
    dice = random.Random(20_261_121)  # noqa: S311 - a repeatable run
    container = make_container(mongodb_uri, migrated_database, clock=clock, publisher=publisher, gateway=gateway)
    audited = Audited(container.payments.bookings, container.mongo.collection("ledger_entries"))
    benches = {}
    for currency in sorted(PRICES):
        bench = await MoneyBench(container).prepare(price=PRICES[currency], currency=currency)
        bench.deps = replace(container.payments, bookings=audited)
        benches[currency] = bench
    lived = []
    for _ in range(LIVES):
        bench = benches[dice.choice(sorted(PRICES))]
        lived.append((bench, await one_life(bench, gateway, dice)))
        gateway.faults.clear()
    ends: Counter[str] = Counter()
    set_off: Counter[str] = Counter()
    for bench, each in lived:
        booking = await bench.read(each)
        await check_books(bench, booking)
        ends[booking.payout.value] += 1
        set_off[booking.price.total.currency] += booking.payment_details.set_off_amount
    assert set(set_off.values()) == {0}
    assert audited.set_offs > 0
    assert audited.commits > 10 * LIVES
    assert len(ends) >= 3
    await container.close()


async def check_books(bench: MoneyBench, booking: Booking) -> None:
    """The ledger says what the booking says, and once its life is over nothing is left where nothing may be."""
    details = booking.payment_details
    sums = await bench.ledger_sums(booking)
    kept = booking.captured_amount - booking.refunded_amount - booking.charged_back_amount
    assert -sums.get("held", 0) == kept - with_provider(booking) - booking.commission_amount
    assert sum(sums.values()) == 0
    assert sums.get("provider", 0) == details.debt_amount
    assert sums.get("set_off", 0) == -details.set_off_amount
    if is_life_over(booking):
        assert left_over(await bench.payments.ledger.list_by_booking(booking.id)) == {}


async def test_nothing_but_inserts_and_reads_is_ever_sent_to_the_ledger(
    mongodb_uri: str,
    migrated_database: str,
    gateway: FakePaymentGateway,
    clock: FakeClock,
    publisher: CollectingPublisher,
) -> None:
    container = make_container(mongodb_uri, migrated_database, clock=clock, publisher=publisher, gateway=gateway)
    async with profiled(container.mongo, "ledger_entries") as done:
        bench = await MoneyBench(container).prepare()
        dice = random.Random(7)  # noqa: S311 - a repeatable run
        for _ in range(4):
            await bench.ledger_sums(await one_life(bench, gateway, dice))
            gateway.faults.clear()
    assert {row["op"] for row in done} == {"insert", "query"}
    await container.close()


WRONG_LINES = (
    {"amount": {"amount": 12.5, "currency": "nzd"}},
    {"amount": {"amount": "12", "currency": "nzd"}},
    {"amount": {"amount": 12, "currency": "NZD"}},
    {"amount": {"amount": 12}},
    {"account": "pocket"},
    {"at": "yesterday"},
    {"entry_id": None},
)


@pytest.mark.parametrize("wrong", WRONG_LINES)
async def test_the_database_refuses_a_line_of_another_shape(
    bench: MoneyBench, gateway: FakePaymentGateway, wrong: dict[str, Any]
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    await bench.perform(booking, "complete", ActorKind.PROVIDER)
    lines = bench.container.mongo.collection("ledger_entries")
    good = await lines.find_one({"booking_id": booking.id})
    assert good is not None
    row = {**good, "_id": "led_wrong", **wrong}
    with pytest.raises(WriteError):
        await lines.insert_one({name: value for name, value in row.items() if value is not None})


async def test_a_change_whose_lines_do_not_sum_to_zero_is_not_committed(bench: MoneyBench) -> None:
    booking = await bench.create()
    bench.clock.set(booking.hold_expires_at or bench.clock.now())
    change = fire(booking, "expire_payment", bench.clock.now(), bench.payments.settings)
    assert change is not None
    whole = Entry(booking, booking.first_charge.id, booking.created_at).captured(100)
    for wrong in (whole[:1], [whole[0], whole[1].model_copy(update={"amount": Money(amount=-99, currency="nzd")})]):
        with pytest.raises(ValueError, match="sum to zero"):
            await bench.payments.bookings.commit(change.model_copy(update={"ledger": wrong}))
    assert await bench.read(booking) == booking
