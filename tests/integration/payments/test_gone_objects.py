"""Customers, cards and accounts that Stripe has no more: made anew, empty, or waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stripe
from common.adapters.stripe.connect import StripeConnect
from common.adapters.stripe.errors import translated
from common.adapters.stripe.gateway import StripeGateway
from common.application.payments.cards import list_cards, start_saving_card
from common.application.payments.operations.sync import sync_booking_payment
from common.application.payments.reconciliation.run import reconcile_booking
from common.application.ports.payments.gateway import GatewayCall
from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.bookings.charges import PaymentState
from common.domain.identity.roles import Principal
from common.domain.payments.operations import ACCOUNT_GONE, ACCOUNT_NOT_READY, CUSTOMER_GONE, OBJECT_GONE
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import NotFound, Unavailable
from common.domain.shared.money import Money

if TYPE_CHECKING:
    from stripe_local.testing import RunningStripe
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.support.money import MoneyBench


OWNER = Owner(stage="test", database="gone")


def caller(bench: MoneyBench) -> Principal:
    return Principal(user_id=bench.customer.id, roles=frozenset(bench.customer.roles))


async def remembered(bench: MoneyBench) -> str | None:
    user = await bench.container.users.get(bench.customer.id)
    return user.stripe_customer_id if user else None


@pytest.mark.parametrize(
    ("param", "code"),
    [
        ("intent", OBJECT_GONE),
        ("payment_method", OBJECT_GONE),
        (None, OBJECT_GONE),
        ("customer", CUSTOMER_GONE),
        ("destination", ACCOUNT_GONE),
        ("account", ACCOUNT_GONE),
    ],
)
def test_what_is_missing_is_told_by_the_parameter_that_named_it(param: str | None, code: str) -> None:
    with pytest.raises(NotFound) as refused, translated():
        raise stripe.InvalidRequestError("No such thing", param, code="resource_missing")  # type: ignore[no-untyped-call]
    assert refused.value.wire_code == code


def test_an_account_that_lets_us_in_no_more_is_missing_and_a_key_without_rights_is_not() -> None:
    """As the SDK raises them: of a 403 it keeps the code in the body only."""

    def refused_with(code: str) -> stripe.PermissionError:
        body = {"error": {"code": code, "message": "No"}}
        return stripe.PermissionError("No", json_body=body, http_status=403)

    with pytest.raises(NotFound) as refused, translated():
        raise refused_with("account_invalid")
    assert refused.value.wire_code == ACCOUNT_GONE
    with pytest.raises(Unavailable), translated():
        raise refused_with("more_permissions_required")


async def test_an_account_that_left_is_missing_for_anyone_who_reads_or_pays_it(
    stripe_client: stripe.StripeClient, stripe_server: RunningStripe
) -> None:
    connect, gateway = StripeConnect(stripe_client, OWNER), StripeGateway(stripe_client, OWNER)
    account = await connect.create_account(provider_id="prv_left", email="l@example.com", country="NZ", name="Left")
    await stripe_server.control.onboard(account)
    await stripe_server.control.onboard(account, "deauthorized")
    call = GatewayCall(booking_id="bkg_left", operation_id="pay_left", key="left")
    ten = Money(amount=1_000, currency="nzd")
    assert (await connect.status(account)).is_gone
    for asked in (
        lambda: connect.onboarding_link(account, return_url="https://a.example", refresh_url="https://b.example"),
        lambda: gateway.transfer(ten, account_id=account, charge_id=None, call=call),
    ):
        with pytest.raises(NotFound) as gone:
            await asked()
        assert gone.value.wire_code == ACCOUNT_GONE


async def test_a_customer_who_was_deleted_at_stripe_is_made_anew_and_can_book_and_save_a_card(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    await real_bench.book()
    first = await remembered(real_bench)
    assert first is not None
    await stripe_client.v1.customers.delete_async(first)
    assert await list_cards(real_bench.container.cards, caller(real_bench), limit=10, after=None) == []

    booking = await real_bench.book()
    second = await remembered(real_bench)
    assert second not in {None, first}
    assert booking.payment_details.stripe_customer_id == second
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await sync_booking_payment(real_bench.payments, booking.id)
    assert (booking.status, booking.payment) == (BookingStatus.REQUESTED, PaymentState.AUTHORIZED)

    await stripe_client.v1.customers.delete_async(second or "")
    action = await start_saving_card(real_bench.container.cards, caller(real_bench))
    assert action.client_secret
    assert await remembered(real_bench) not in {None, first, second}


async def test_a_transfer_to_an_account_that_is_gone_waits_for_the_provider(
    bench: MoneyBench, gateway: FakePaymentGateway
) -> None:
    booking = await bench.book()
    gateway.confirm(booking.first_charge.payment_intent_id or "")
    booking = await bench.accept_and_start(await sync_booking_payment(bench.payments, booking.id))
    booking = await bench.perform(booking, "complete", ActorKind.PROVIDER)

    async def gone(*_: object, **__: object) -> None:
        raise NotFound("no such account", code=ACCOUNT_GONE)

    gateway.transfer = gone  # type: ignore[assignment,method-assign]
    booking = await bench.fire(booking)
    details = booking.payment_details
    assert (details.last_error_code, details.needs_attention) == (ACCOUNT_NOT_READY, True)
    assert details.retry_at is not None
    assert bench.told(about=["booking.payout_waiting"]) == ["booking.payout_waiting"]


async def test_a_captured_payment_that_stripe_does_not_know_is_a_difference_for_a_person(
    real_bench: MoneyBench, stripe_client: stripe.StripeClient
) -> None:
    booking = await real_bench.book()
    intent_id = booking.first_charge.payment_intent_id or ""
    await stripe_client.v1.payment_intents.confirm_async(intent_id, {"payment_method": "pm_card_visa"})
    booking = await real_bench.accept_and_start(await sync_booking_payment(real_bench.payments, booking.id))
    booking = await real_bench.perform(booking, "complete", ActorKind.PROVIDER)
    stored = {"charges.0.payment_intent_id": "pi_of_nobody"}
    await real_bench.container.mongo.collection("bookings").update_one({"_id": booking.id}, {"$set": stored})
    await real_bench.container.mongo.collection("payment_operations").update_many(
        {"booking_id": booking.id, "stripe_id": intent_id}, {"$set": {"stripe_id": "pi_of_nobody"}}
    )
    found = await reconcile_booking(real_bench.container.reconciliation, await real_bench.read(booking))
    assert ("captured_amount", 12_500, 0) in {(each.kind.value, each.expected, each.found) for each in found}
