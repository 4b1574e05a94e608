"""Many bookings through a local Stripe that loses answers, fails and is slow; in the end every book agrees.

``GIGSTA_MONEY_RUN`` sets how many bookings are made (the nightly run makes a thousand), ``GIGSTA_MONEY_SEED`` sets the
dice.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.application.payments.reconciliation.run import reconcile_booking
from common.domain.bookings.booking import ActorKind, Booking
from common.domain.payments.operations import OperationStatus
from common.domain.shared.errors import Unavailable

from stripe_local.testing import SECRET_KEY
from tests.integration.webhooks.conftest import CollectingStripeEvents

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
BOOKINGS = int(os.environ.get("GIGSTA_MONEY_RUN", "1000" if _NIGHTLY else "12"))
SEED = int(os.environ.get("GIGSTA_MONEY_SEED", "20261121"))
_PATIENCE = 12

#: Seconds: Stripe's 30 and our ten, shrunk, so that the transport's own time-out ends the call. The delay ends soon
#: after, because the clock of the test moves on at once and retries would meet a key that Stripe still works on.
DELAY, ANSWER_TIMEOUT = 1.6, 1.5

#: One of these hits a request of each booking's every step, at a random place.
FAULTS: tuple[dict[str, Any], ...] = (
    {"action": "drop", "when": "before"},
    {"action": "drop", "when": "after"},
    {"action": "status", "when": "before", "status": 500},
    {"action": "status", "when": "after", "status": 500},
    {"action": "status", "when": "before", "status": 429},
    {"action": "status", "when": "before", "status": 503},
    {"action": "delay", "when": "before", "delay_seconds": DELAY},
    {"action": "delay", "when": "after", "delay_seconds": DELAY},
)


async def one_life(
    bench: MoneyBench, server: RunningStripe, client: stripe.StripeClient, dice: random.Random
) -> Booking:
    """A booking's whole life with a fault at every step: paid, cancelled late, or refunded after the transfer."""

    async def fault() -> None:
        await server.control.clear_faults()
        await server.control.fault(
            "/v1/(payment_intents|refunds|transfers|customers)", skip=dice.randrange(3), **dice.choice(FAULTS)
        )

    booking = await bench.create(starts_in=timedelta(hours=30))
    await fault()
    booking = await bench.come_to_rest(booking, tries=_PATIENCE)
    await server.control.clear_faults()
    intent_id = booking.first_charge.payment_intent_id or ""
    await client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await bench.come_to_rest(booking, tries=_PATIENCE)
    booking = await bench.perform(booking, "accept", ActorKind.PROVIDER, settle=False)
    await fault()
    if dice.random() < 0.3:
        who = dice.choice((ActorKind.CUSTOMER, ActorKind.PROVIDER))
        booking = await bench.perform(booking, "cancel", who, settle=False, reason="Plans changed")
        return await bench.come_to_rest(booking, tries=_PATIENCE)
    bench.clock.set(booking.slot.start_at)
    await bench.perform(booking, "start", ActorKind.PROVIDER, settle=False, code=booking.start_code)
    if dice.random() < 0.5:
        await bench.perform(booking, "propose_extra", ActorKind.PROVIDER, settle=False, label="More", amount=3_000)
        await bench.perform(booking, "accept_extra", ActorKind.CUSTOMER, settle=False)
        booking = await bench.come_to_rest(booking, tries=_PATIENCE)
        await fault()
    await bench.perform(booking, "complete", ActorKind.PROVIDER, settle=False)
    booking = await bench.come_to_rest(booking, tries=_PATIENCE)
    await fault()
    booking = await bench.fire(booking, settle=False)
    booking = await bench.come_to_rest(booking, tries=_PATIENCE)
    if dice.random() < 0.5:
        await fault()
        amount = dice.randrange(1, booking.captured_amount + 1)
        await bench.perform(booking, "refund", ActorKind.OPERATOR, settle=False, amount=amount, reason="Less work")
        booking = await bench.come_to_rest(booking, tries=_PATIENCE)
    return booking


async def test_books_and_stripe_agree_to_the_cent_after_faults_at_every_step(
    real_bench: MoneyBench, stripe_server: RunningStripe, stripe_client: stripe.StripeClient
) -> None:
    bench, dice = real_bench, random.Random(SEED)  # noqa: S311 - a repeatable run
    hasty = make_stripe_client(SECRET_KEY, api_base=stripe_server.url, answer_seconds=ANSWER_TIMEOUT)
    bench.container.replace(stripe_event_queue=CollectingStripeEvents(), stripe=hasty)
    ends: Counter[tuple[str, str, str]] = Counter()
    tries = operations = charges = 0
    for number in range(BOOKINGS):
        if number % 20 == 0:
            bench = await type(bench)(bench.container, bench.account_id).prepare()
        booking = await one_life(bench, stripe_server, stripe_client, dice)
        await stripe_server.control.clear_faults()
        booking = await bench.read(booking)
        made = await bench.payments.operations.list_by_booking(booking.id)
        assert {each.status for each in made} <= {OperationStatus.SUCCEEDED, OperationStatus.CANCELED}, (number, made)
        assert await reconcile_booking(bench.container.reconciliation, booking) == [], number
        await bench.ledger_sums(booking)
        intents = await stripe_client.v1.payment_intents.list_async(
            {"customer": booking.payment_details.stripe_customer_id or "", "limit": 100}
        )
        of_this = [each for each in intents.data if dict(each.metadata.to_dict()).get("booking_id") == booking.id]
        assert {each.id for each in of_this} == {each.payment_intent_id for each in booking.charges}, number
        charges += len(booking.charges)
        tries += sum(each.tries for each in made)
        operations += len(made)
        ends[booking.status, booking.payment, booking.payout] += 1
    await close_stripe_client(hasty)
    assert tries > operations
    assert charges > BOOKINGS
    report = ", ".join(f"{'/'.join(end)}: {count}" for end, count in sorted(ends.items()))
    print(f"{BOOKINGS} bookings, {operations} operations in {tries} tries; {report}")  # noqa: T201 - the run's figures


async def test_nobody_is_told_what_stripe_said(real_bench: MoneyBench, stripe_server: RunningStripe) -> None:
    await stripe_server.control.fault("/v1/payment_intents", action="status", when="before", status=500)
    with pytest.raises(Unavailable) as caught:
        await real_bench.book()
    await stripe_server.control.clear_faults()
    assert caught.value.status == 503
    assert "error" not in caught.value.detail


async def test_a_stored_error_of_a_customer_does_not_block_its_account(
    real_bench: MoneyBench, stripe_server: RunningStripe
) -> None:
    await stripe_server.control.fault("/v1/customers", method="POST", action="status", when="after", status=500)
    await stripe_server.control.fault("/v1/customers", method="POST", action="status", when="before", status=500)
    booking = await real_bench.come_to_rest(await real_bench.create(), tries=_PATIENCE)
    await stripe_server.control.clear_faults()
    assert booking.first_charge.payment_intent_id is not None
