"""A database that was restored to an earlier moment, beside a Stripe that knows more: nothing moves twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.booking import ActorKind
from pymongo import MongoClient

from infra.ops import backup, distrust

if TYPE_CHECKING:
    from pathlib import Path

    import stripe
    from common.domain.bookings.booking import Booking
    from pymongo.database import Database

    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench


async def play(bench: MoneyBench, booking: Booking) -> Booking:
    """The rest of a booking's life: it is done, paid, paid out and partly refunded."""
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)
    booking = await bench.fire(booking)
    return await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="A window was missed")


async def test_what_happened_at_stripe_after_the_moment_happens_once(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient, mongodb_uri: str, migrated_database: str, tmp_path: Path
) -> None:
    bench = real_bench
    booking = await bench.book()
    intent = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent, {"payment_method": "pm_card_visa"})
    booking = await sync_booking_payment(bench.payments, booking.id)
    booking = await bench.accept_and_start(booking)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        backup.save(client[migrated_database], tmp_path)
        moment = bench.clock.now()
        first = await play(bench, booking)
        for name in client[migrated_database].list_collection_names():
            client[migrated_database][name].delete_many({})
        backup.load(client[migrated_database], tmp_path)
    bench.publisher.events.clear()
    bench.clock.set(moment)
    again = await play(bench, await bench.read(booking))

    refunds = await stripe_client.v1.refunds.list_async({"payment_intent": intent})
    assert [each.amount for each in refunds.data] == [2_500]
    moved = await stripe_client.v1.transfers.list_async({"destination": bench.account_id})
    assert [each.id for each in moved.data] == [each.id for each in first.transfers]
    paid = await stripe_client.v1.payment_intents.retrieve_async(intent)
    assert paid.amount_received == first.captured_amount == again.captured_amount

    # Stripe refuses the same key for what is not the same call, so a person looks, and nothing was moved meanwhile.
    kept = bench.container.mongo.collection("payment_operations").find({"booking_id": booking.id, "status": "failed"})
    assert {row["failure_code"] async for row in kept} == {"idempotency_key_reused", "done_already"}
    assert "booking.payment_needs_attention" in bench.told()
    details = (await bench.read(booking)).payment_details
    assert (details.needs_attention, details.retry_at) == (True, None), "a new attempt by itself would pay once more"

    # Nor does it once an operator tries again, though a new attempt has a new key: Stripe is asked first.
    await bench.perform(booking, "retry_payment", ActorKind.OPERATOR)
    refunds = await stripe_client.v1.refunds.list_async({"payment_intent": intent})
    assert [each.amount for each in refunds.data] == [2_500]
    details = (await bench.read(booking)).payment_details
    assert (details.needs_attention, details.retry_at, details.last_error_code) == (True, None, "done_already")


async def finish(bench: MoneyBench, booking: Booking) -> Booking:
    """What is still to come of the life, whatever has been done: complete, pay out, refund, and three more tries."""
    if (await bench.read(booking)).status == "in_progress":
        await bench.perform(booking, "complete", ActorKind.PROVIDER)
    while (await bench.read(booking)).next_due_action == "settle":
        await bench.fire(booking)
    await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="A window was missed")
    for _ in range(3):
        if (await bench.read(booking)).payment_details.needs_attention:
            await bench.perform(booking, "retry_payment", ActorKind.OPERATOR)
    return await bench.read(booking)


def rows_of(database: Database[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Everything that is in it."""
    return {name: list(database[name].find()) for name in database.list_collection_names()}


def bring_back(database: Database[dict[str, Any]], saved: dict[str, list[dict[str, Any]]]) -> None:
    """Have it as it was."""
    for name in database.list_collection_names():
        database[name].delete_many({})
        if saved.get(name):
            database[name].insert_many(saved[name])


def moved(gateway: FakePaymentGateway) -> list[list[int]]:
    """Everything that has moved at Stripe."""
    kinds = (gateway.refunds, gateway.transfers, gateway.reversals)
    taken = [each.amount_received for each in gateway.intents.values()]
    return [taken, *([each.amount for made in kind.values() for each in made] for kind in kinds)]


@pytest.mark.parametrize("moment", ["in progress", "settled"])
async def test_of_books_that_are_not_trusted_nothing_moves_twice_though_stripe_has_forgotten_every_key(
    bench: MoneyBench, gateway: FakePaymentGateway, mongodb_uri: str, migrated_database: str, moment: str
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    if moment == "settled":
        await bench.perform(booking, "complete", ActorKind.PROVIDER)
        await bench.fire(booking)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        database = client[migrated_database]
        saved = rows_of(database)
        now = bench.clock.now()
        whole = await finish(bench, booking)
        assert (whole.refunded_amount, whole.payment_details.needs_attention) == (2_500, False)
        once = moved(gateway)
        bring_back(database, saved)
        assert (distrust.mark(database), distrust.mark(database)) == (1, 0)
    gateway.answers.clear()
    bench.publisher.events.clear()
    bench.clock.set(now)

    again = await finish(bench, booking)

    assert moved(gateway) == once
    assert again.payment_details.last_error_code == "done_already"


async def test_an_operation_that_was_done_right_after_the_moment_is_found_and_not_made_anew(
    bench: MoneyBench, gateway: FakePaymentGateway, mongodb_uri: str, migrated_database: str
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    await bench.perform(booking, "complete", ActorKind.PROVIDER)
    await bench.fire(booking)
    await bench.perform(booking, "refund", ActorKind.OPERATOR, amount=2_500, reason="So it is", settle=False)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        database = client[migrated_database]
        saved = rows_of(database)
        await bench.work()
        once = moved(gateway)
        bring_back(database, saved)
        distrust.mark(database)
    gateway.answers.clear()

    again = await sync_booking_payment(bench.payments, booking.id)
    await bench.work()

    assert again.refunded_amount == 2_500
    assert moved(gateway) == once


async def test_of_books_that_are_not_trusted_what_stripe_has_not_done_is_done(
    bench: MoneyBench, gateway: FakePaymentGateway, mongodb_uri: str, migrated_database: str
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        distrust.mark(client[migrated_database])

    whole = await finish(bench, booking)

    assert (whole.refunded_amount, whole.payment_details.needs_attention) == (2_500, False)
    assert [len(each) for each in moved(gateway)] == [1, 1, 1, 1]
