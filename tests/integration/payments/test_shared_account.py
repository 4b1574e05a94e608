"""Two deployments on one Stripe account: neither touches, nor books, what the other one made."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.connect import StripeConnect
from common.adapters.stripe.gateway import StripeGateway
from common.adapters.stripe.plan_prices import StripePlanPrices
from common.adapters.stripe.plans import StripePlans
from common.application.payments.disputes import sync_dispute
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_payments
from common.application.payments.reconciliation.unmatched_records import reconcile_intent
from common.application.payments.subscriptions.plan_prices import publish_plans
from common.application.ports.payments.gateway import GatewayCall, PaymentIntentStatus
from common.domain.payments.ownership import Origin, Owner
from common.domain.payments.plans import DEFAULT_PLANS
from common.domain.shared.errors import NotFound
from common.domain.shared.money import Money

from tests.fakes.clock import FakeClock
from tests.fakes.publisher import CollectingPublisher
from tests.integration.webhooks.conftest import CollectingStripeEvents
from tests.support.containers import make_container

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import stripe
    from common.domain.bookings.booking import Booking
    from common.runtime.container.bootstrap import Container

    from stripe_local.testing import RunningStripe
    from tests.support.money import MoneyBench

OURS = Owner(stage="dev", database="gigsta-dev")
THEIRS = Owner(stage="staging", database="gigsta-staging")
VISA = {"payment_method": "pm_card_visa"}


@pytest.fixture
async def neighbour(
    mongodb_uri: str, own_database: str, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> AsyncIterator[Container]:
    """Another deployment on the same account, an hour later."""
    clock = FakeClock(datetime.fromtimestamp(await stripe_server.control.now(), UTC) + timedelta(hours=1))
    made = make_container(mongodb_uri, own_database, clock=clock, publisher=CollectingPublisher(), stripe=stripe_client)
    made.replace(stripe_event_queue=CollectingStripeEvents())
    yield made
    await made.close()


async def authorized(bench: MoneyBench, client: stripe.StripeClient) -> Booking:
    booking = await bench.book()
    await client.v1.payment_intents.confirm_async(booking.first_charge.payment_intent_id or "", VISA)  # type: ignore[arg-type]
    return await sync_booking_payment(bench.payments, booking.id)


def test_an_object_is_ours_only_with_both_marks() -> None:
    assert OURS.origin(OURS.marks()) is Origin.OURS
    assert OURS.origin({}) is Origin.UNMARKED
    for others in (THEIRS.marks(), {"stage": "dev"}, {"stage": "dev", "database": "gigsta-staging"}):
        assert OURS.is_theirs(others)


async def test_reconciliation_of_another_stage_leaves_an_authorization_alone(
    real_bench: MoneyBench, neighbour: Container, stripe_client: stripe.StripeClient
) -> None:
    booking = await authorized(real_bench, stripe_client)
    intent_id = booking.first_charge.payment_intent_id or ""
    counts = await reconcile_payments(neighbour.reconciliation, has_time=lambda: True)
    assert counts["ForeignIntents"] >= 1
    assert counts["OrphanIntentsCancelled"] == 0
    assert (await stripe_client.v1.payment_intents.retrieve_async(intent_id)).status == "requires_capture"
    with pytest.raises(NotFound):
        await neighbour.gateway.get_intent(intent_id)


async def test_an_authorization_of_our_own_that_nobody_claims_is_reported_and_never_cancelled(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    bench = real_bench
    bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    known = await bench.book()
    customer_id = (
        await bench.payments.gateway.get_intent(known.first_charge.payment_intent_id or "")
    ).customer_id or ""
    made = await bench.payments.gateway.create_payment_intent(
        Money(amount=5_000, currency="nzd"),
        customer_id=customer_id,
        payment_method_id=None,
        off_session=False,
        call=GatewayCall(booking_id="bkg_lost_in_a_restore", operation_id="pay_lost", key=uuid.uuid4().hex),
    )
    await stripe_client.v1.payment_intents.confirm_async(made.id, VISA)  # type: ignore[arg-type]
    bench.clock.advance(minutes=30)
    await reconcile_payments(bench.container.reconciliation, has_time=lambda: True)
    assert (await bench.payments.gateway.get_intent(made.id)).status is PaymentIntentStatus.REQUIRES_CAPTURE
    reported = await bench.container.reconciliation.reviews.list_open(limit=100, before=None)
    mine = next(each for each in reported if each.stripe_id == made.id)
    assert (mine.kind, mine.found, mine.currency) == ("unknown_booking", 5_000, "nzd")


async def test_an_intent_without_marks_that_names_no_booking_of_ours_is_left_alone(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    real_bench.container.replace(stripe_event_queue=CollectingStripeEvents())
    made = await stripe_client.v1.payment_intents.create_async(
        {"amount": 900, "currency": "nzd", "metadata": {"booking_id": "bkg_of_another_program"}}
    )
    real_bench.clock.advance(minutes=30)
    await reconcile_payments(real_bench.container.reconciliation, has_time=lambda: True)
    assert (await stripe_client.v1.payment_intents.retrieve_async(made.id)).status == "requires_payment_method"


async def test_an_intent_without_marks_that_names_a_booking_of_ours_is_reported_and_never_cancelled(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    booking = await authorized(real_bench, stripe_client)
    made = await stripe_client.v1.payment_intents.create_async(
        {"amount": 900, "currency": "nzd", "metadata": {"booking_id": booking.id}}
    )
    intent = await real_bench.payments.gateway.get_intent(made.id)
    _, found = await reconcile_intent(real_bench.container.reconciliation, intent)
    assert (await stripe_client.v1.payment_intents.retrieve_async(made.id)).status == "requires_payment_method"
    assert [(each.stripe_id, each.kind) for each in found] == [(made.id, "orphan_intent")]


async def test_everything_that_is_made_carries_stage_and_database(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    gateway, v1 = StripeGateway(stripe_client, OURS), stripe_client.v1
    customer_id = await gateway.ensure_customer("usr_marked", "marked@example.com", "Mara")

    def call() -> GatewayCall:
        return GatewayCall(booking_id="bkg_marked", operation_id="pay_marked", key=uuid.uuid4().hex)

    price = Money(amount=5_000, currency="nzd")
    intent = await gateway.create_payment_intent(
        price, customer_id=customer_id, payment_method_id="pm_card_visa", off_session=False, call=call(), is_fee=True
    )
    setup = await gateway.create_setup_intent(customer_id=customer_id, payment_method_id=None, call=None)
    refund = await gateway.refund(intent.id, Money(amount=100, currency="nzd"), call=call())
    transfer = await gateway.transfer(
        Money(amount=200, currency="nzd"), account_id=real_bench.account_id, charge_id=intent.charge_id, call=call()
    )
    back = await gateway.reverse_transfer(transfer.id, Money(amount=50, currency="nzd"), call=call())
    account_id = await StripeConnect(stripe_client, OURS).create_account(
        provider_id="prv_marked", email="p@example.com", country="NZ", name="Plumbing"
    )
    made = [
        (await v1.customers.retrieve_async(customer_id)).metadata,
        (await v1.payment_intents.retrieve_async(intent.id)).metadata,
        (await v1.setup_intents.retrieve_async(setup.id)).metadata,
        (await v1.refunds.retrieve_async(refund.id)).metadata,
        (await v1.transfers.retrieve_async(transfer.id)).metadata,
        (await v1.transfers.reversals.retrieve_async(transfer.id, back.id)).metadata,
        (await v1.accounts.retrieve_async(account_id)).metadata,
    ]
    for metadata in made:
        assert metadata is not None
        assert {name: metadata[name] for name in OURS.marks()} == OURS.marks()


async def test_the_same_ids_in_two_databases_get_customers_and_accounts_of_their_own(
    stripe_client: stripe.StripeClient,
) -> None:
    """As the seeded people have, whose ids are the same wherever they are seeded."""
    customers = {
        await StripeGateway(stripe_client, each).ensure_customer("usr_seeded", "s@example.com", "Sam")
        for each in (OURS, THEIRS)
    }
    accounts = {
        await StripeConnect(stripe_client, each).create_account(
            provider_id="prv_seeded", email="s@example.com", country="NZ", name="Sam"
        )
        for each in (OURS, THEIRS)
    }
    assert (len(customers), len(accounts)) == (2, 2)


async def test_customers_accounts_operations_and_plans_of_another_stage_are_not_found(
    stripe_client: stripe.StripeClient,
) -> None:
    theirs = StripeGateway(stripe_client, THEIRS)
    customer_id = await theirs.ensure_customer("usr_both", "both@example.com", "Bo")
    call = GatewayCall(booking_id="bkg_both", operation_id="pay_both", key=uuid.uuid4().hex)
    intent = await theirs.create_payment_intent(
        Money(amount=5_000, currency="nzd"),
        customer_id=customer_id,
        payment_method_id=None,
        off_session=False,
        call=call,
    )
    gateway = StripeGateway(stripe_client, OURS)
    assert await gateway.find_customer("usr_both", "both@example.com") is None
    found = await gateway.find_intent(customer_id=customer_id, operation_id="pay_both", is_setup=False)
    assert found is None
    with pytest.raises(NotFound):
        await gateway.get_intent(intent.id)

    prices = await publish_plans(StripePlanPrices(stripe_client), DEFAULT_PLANS)
    subscribed = await stripe_client.v1.subscriptions.create_async(
        {
            "customer": customer_id,
            "items": [{"price": next(iter(prices.values()))}],
            "metadata": {"provider_id": "prv_both", **THEIRS.marks()},
            "trial_period_days": 7,
        }
    )
    assert (await StripePlans(stripe_client, THEIRS).get_subscription(subscribed.id)).provider_id == "prv_both"
    assert (await StripePlans(stripe_client, OURS).get_subscription(subscribed.id)).provider_id is None


async def test_a_copy_of_another_stages_database_moves_none_of_its_money(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    """A copied row names the other's intents and transfers; its marks keep them from being captured or given back."""
    theirs, gateway = StripeGateway(stripe_client, THEIRS), StripeGateway(stripe_client, OURS)
    customer_id = await theirs.ensure_customer("usr_copied", "copied@example.com", "Coco")

    def call() -> GatewayCall:
        return GatewayCall(booking_id="bkg_copied", operation_id="pay_copied", key=uuid.uuid4().hex)

    price = Money(amount=5_000, currency="nzd")
    held, paid = [
        await theirs.create_payment_intent(
            price, customer_id=customer_id, payment_method_id="pm_card_visa", off_session=False, call=call(), is_fee=fee
        )
        for fee in (False, True)
    ]
    transfer = await theirs.transfer(
        Money(amount=2_000, currency="nzd"), account_id=real_bench.account_id, charge_id=paid.charge_id, call=call()
    )
    for act in (
        gateway.capture(held.id, price, call=call()),
        gateway.refund(paid.id, price, call=call()),
        gateway.reverse_transfer(transfer.id, Money(amount=500, currency="nzd"), call=call()),
    ):
        with pytest.raises(NotFound):
            await act
    assert (await theirs.get_intent(held.id)).status is PaymentIntentStatus.REQUIRES_CAPTURE
    assert (await stripe_client.v1.refunds.list_async({"payment_intent": paid.id})).data == []
    assert (await stripe_client.v1.transfers.retrieve_async(transfer.id)).amount_reversed == 0


async def test_a_copy_of_another_stages_database_leaves_its_customers_and_pages_alone(
    stripe_client: stripe.StripeClient,
) -> None:
    theirs, gateway = StripeGateway(stripe_client, THEIRS), StripeGateway(stripe_client, OURS)
    customer_id = await theirs.ensure_customer("usr_kept", "kept@example.com", "Kim")
    await publish_plans(StripePlanPrices(stripe_client), DEFAULT_PLANS)

    async def pages() -> list[str]:
        listed = await stripe_client.v1.checkout.sessions.list_async({"customer": customer_id, "status": "open"})
        return [each.id for each in listed.data]

    await StripePlans(stripe_client, THEIRS).checkout(
        DEFAULT_PLANS[1],
        provider_id="prv_kept",
        customer_id=customer_id,
        with_trial=False,
        success_url="http://web.test",
        cancel_url="http://web.test",
    )
    await gateway.rename_customer(customer_id, "other@example.com")
    await gateway.delete_customer(customer_id)
    await StripePlans(stripe_client, OURS).close_pages(customer_id)
    assert await theirs.find_customer("usr_kept", "kept@example.com") == customer_id
    assert len(await pages()) == 1

    await StripePlans(stripe_client, THEIRS).close_pages(customer_id)
    assert await pages() == []
    await theirs.rename_customer(customer_id, "new@example.com")
    assert await theirs.find_customer("usr_kept", "new@example.com") == customer_id
    for _ in range(2):
        await theirs.delete_customer(customer_id)
    await theirs.rename_customer(customer_id, "late@example.com")
    assert await theirs.find_customer("usr_kept", "new@example.com") is None


async def test_a_dispute_of_a_plans_charge_or_of_another_stage_is_passed_over(
    real_bench: MoneyBench, neighbour: Container, stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    bought = await stripe_client.v1.payment_intents.create_async(
        {
            "amount": 2_900,
            "currency": "nzd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    made = await stripe_server.control.dispute(str(bought.latest_charge))
    payments, payouts = real_bench.payments, real_bench.container.payouts.payouts
    assert not await sync_dispute(payments, payouts, made["id"])

    gateway = StripeGateway(stripe_client, real_bench.container.stripe_owner)
    customer_id = await gateway.ensure_customer("usr_theirs", "theirs@example.com", "Theo")
    call = GatewayCall(booking_id="bkg_theirs", operation_id="pay_theirs", key=uuid.uuid4().hex)
    paid = await gateway.create_payment_intent(
        Money(amount=5_000, currency="nzd"),
        customer_id=customer_id,
        payment_method_id="pm_card_visa",
        off_session=False,
        call=call,
        is_fee=True,
    )
    made = await stripe_server.control.dispute(str(paid.charge_id))
    assert not await sync_dispute(neighbour.payments, neighbour.payouts.payouts, made["id"])
