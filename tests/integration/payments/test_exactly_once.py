"""Money moves exactly once: with every call lost in every way, and with the process dying at every step."""

from __future__ import annotations

import os
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pytest
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.payments.operations import OperationStatus, PaymentMode

from tests.fakes.payment_gateway import FakePaymentGateway, Fault
from tests.support.money import MoneyBench
from tests.support.mortality import DiedError, Fate, mortal

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container

#: Acting calls of the story below: intent, capture, transfer, refund, reversal.
ACTING_CALLS = 5

#: Every fourth step is enough for each change; the nightly run dies at all of them.
STRIDE = 1 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 4


class Books(NamedTuple):
    """What remains of a story: in our books and at Stripe."""

    axes: tuple[str, str, str]
    amounts: tuple[int, ...]
    ledger: tuple[tuple[str, int], ...]
    at_stripe: tuple[tuple[int, ...], ...]


async def pay(bench: MoneyBench, gateway: FakePaymentGateway, booking: Booking) -> Booking:
    """The customer pays as soon as an intent is known, and the webhook's worker hears of it."""
    await bench.work()
    booking = await bench.read(booking)
    intent_id = booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id
    assert intent_id is not None
    if gateway.intents[intent_id].status == "requires_payment_method":
        gateway.confirm(intent_id)
    return await sync_booking_payment(bench.payments, booking.id)


async def whole_life(bench: MoneyBench, gateway: FakePaymentGateway, starts_in: timedelta) -> Booking:
    """Book, pay, work, settle, and refund a part after the transfer."""
    booking = await pay(bench, gateway, await bench.create(starts_in=starts_in))
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER)
    while booking.payment != "authorized":
        booking = await bench.fire(booking)
    bench.clock.set(booking.slot.start_at)
    booking = await bench.perform(booking, "start", ActorKind.PROVIDER, code=booking.start_code)
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    while booking.payout != "transferred":
        booking = await bench.fire(booking)
    return await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=5_000, reason="Half the work")


async def books(bench: MoneyBench, gateway: FakePaymentGateway, booking: Booking) -> Books:
    """Read the books and Stripe's side, and check that they agree."""
    booking = await bench.read(booking)
    operations = await bench.payments.operations.list_by_booking(booking.id)
    assert {each.status for each in operations} <= {OperationStatus.SUCCEEDED, OperationStatus.CANCELED}
    mine = [each for each in gateway.intents.values() if each.metadata.get("booking_id") == booking.id]
    captured = tuple(each.amount_received for each in mine if not each.is_setup)
    refunded = tuple(each.amount for intent in mine for each in gateway.refunds.get(intent.id, []))
    transfers = gateway.transfers.get(booking.id, [])
    reversed_ = tuple(each.amount for transfer in transfers for each in gateway.reversals.get(transfer.id, []))
    amounts = (
        booking.captured_amount,
        booking.refunded_amount,
        booking.transferred_amount,
        booking.reversed_amount,
    )
    at_stripe = (captured, refunded, tuple(each.amount for each in transfers), reversed_)
    assert amounts == tuple(sum(each) for each in at_stripe)
    sums = tuple(sorted((await bench.ledger_sums(booking)).items()))
    return Books((booking.status, booking.payment, booking.payout), amounts, sums, at_stripe)


@pytest.fixture(params=[timedelta(hours=6), timedelta(days=20)], ids=["authorize_now", "save_card"])
def starts_in(request: pytest.FixtureRequest) -> timedelta:
    return timedelta(seconds=request.param.total_seconds())


async def fresh(container: Container) -> tuple[MoneyBench, FakePaymentGateway]:
    """Another provider and customer, and a Stripe with nothing in it."""
    gateway = container.gateway
    assert isinstance(gateway, FakePaymentGateway)
    gateway.__init__(now=container.clock.now())  # type: ignore[misc]
    bench = await MoneyBench(container).prepare()
    bench.publisher.events.clear()
    return bench, gateway


@pytest.mark.usefixtures("bench")
async def test_every_call_lost_in_every_way_ends_as_if_nothing_had_happened(
    container: Container, starts_in: timedelta
) -> None:
    bench, gateway = await fresh(container)
    booking = await whole_life(bench, gateway, starts_in)
    is_late = booking.first_charge.mode is PaymentMode.SAVE_CARD
    expected = await books(bench, gateway, booking)
    for place in range(ACTING_CALLS + is_late):
        for fault in Fault:
            bench, gateway = await fresh(container)
            gateway.faults = deque([*[None] * place, fault])
            booking = await whole_life(bench, gateway, starts_in)
            assert not gateway.faults
            assert await books(bench, gateway, booking) == expected, (place, fault)


@pytest.mark.usefixtures("bench")
async def test_a_call_lost_again_and_again_acts_once(container: Container) -> None:
    bench, gateway = await fresh(container)
    expected = await books(bench, gateway, await whole_life(bench, gateway, timedelta(hours=6)))
    bench, gateway = await fresh(container)
    gateway.faults = deque(
        [Fault.STORED_ERROR, Fault.LOST_REQUEST, Fault.STORED_ERROR, Fault.AWAY, Fault.LOST_ANSWER] * 2
    )
    booking = await whole_life(bench, gateway, timedelta(hours=6))
    assert await books(bench, gateway, booking) == expected


@pytest.mark.usefixtures("bench")
async def test_death_at_every_step_is_recovered_from(container: Container) -> None:
    bench, gateway = await fresh(container)
    fate = Fate()
    bench.deps = mortal(container.payments, fate)
    expected = await books(bench, gateway, await _live(bench, gateway))
    steps = fate.steps
    for step in range(1, steps + 1, STRIDE):
        bench, gateway = await fresh(container)
        bench.deps = mortal(container.payments, Fate(dies_at=step))
        booking = await _live(bench, gateway)
        assert await books(bench, gateway, booking) == expected, step


async def _live(bench: MoneyBench, gateway: FakePaymentGateway) -> Booking:
    """The workers' part of a life, begun again after each death; people's own steps do not die here."""
    immortal = bench.container.payments
    mortal_deps = bench.deps
    bench.deps = immortal
    booking = await bench.create()
    for prepare in (_nothing, _paid, _extra, _done, _settled, _part_back):
        bench.deps = immortal
        await prepare(Scene(bench, gateway, booking))
        bench.deps = mortal_deps
        for _ in range(3):
            try:
                await sync_booking_payment(bench.payments, booking.id)
                await bench.work()
                break
            except DiedError:
                bench.deps = mortal_deps = immortal
                await bench.recover()
    bench.deps = immortal
    return await bench.read(booking)


class Scene(NamedTuple):
    """What people act on."""

    bench: MoneyBench
    gateway: FakePaymentGateway
    booking: Booking


async def _nothing(_: Scene) -> None:
    """The intent is made by the worker."""


async def _paid(scene: Scene) -> None:
    charge = (await scene.bench.read(scene.booking)).first_charge
    scene.gateway.confirm(charge.payment_intent_id or "")


async def _extra(scene: Scene) -> None:
    """The work begins, and both agree on more: another charge."""
    bench = scene.bench
    booking = await bench.perform(scene.booking, "accept", ActorKind.PROVIDER, settle=False)
    bench.clock.set(booking.slot.start_at)
    await bench.perform(booking, "start", ActorKind.PROVIDER, settle=False, code=booking.start_code)
    await bench.perform(booking, "propose_extra", ActorKind.PROVIDER, settle=False, label="The hedge", amount=3_000)
    await bench.perform(booking, "accept_extra", ActorKind.CUSTOMER, settle=False)


async def _done(scene: Scene) -> None:
    await scene.bench.perform(scene.booking, "complete", ActorKind.PROVIDER, settle=False)


async def _settled(scene: Scene) -> None:
    await scene.bench.fire(scene.booking, settle=False)


async def _part_back(scene: Scene) -> None:
    given = {"amount": 5_000, "reason": "Half the work"}
    await scene.bench.perform(scene.booking, "refund", ActorKind.OPERATOR, settle=False, **given)
