"""What every payment gateway must do: the fake of the tests and the adapter to Stripe alike."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.stripe.gateway import StripeGateway
from common.application.ports.payments.gateway import GatewayCall, Intent, PaymentGateway, PaymentIntentStatus
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import GatewayRefused, NotFound, PaymentDeclined
from common.domain.shared.money import Money

from tests.fakes.payment_gateway import FakePaymentGateway

if TYPE_CHECKING:
    import stripe

    from stripe_local.testing import RunningStripe

OWNER = Owner(stage="test", database="contract")
PRICE = Money(amount=12_500, currency="nzd")
VISA = "pm_card_visa"


class Bench:
    """A gateway, and what stands for the customer's client and the provider's account beside it."""

    def __init__(
        self, gateway: PaymentGateway, client: stripe.StripeClient | None, server: RunningStripe | None
    ) -> None:
        self.gateway = gateway
        self._client = client
        self._server = server

    async def customer(self) -> str:
        user_id = f"usr_{uuid.uuid4().hex}"
        return await self.gateway.ensure_customer(user_id, f"{user_id}@example.com", "Aroha Ngata")

    async def confirm(self, intent: Intent, card: str = VISA) -> None:
        if isinstance(self.gateway, FakePaymentGateway):
            self.gateway.confirm(intent.id, card)
            return
        import stripe

        assert self._client is not None
        try:
            if intent.is_setup:
                await self._client.v1.setup_intents.confirm_async(intent.id, {"payment_method": card})
            else:
                await self._client.v1.payment_intents.confirm_async(intent.id, {"payment_method": card})
        except stripe.CardError:
            return

    async def authenticate(self, intent: Intent) -> None:
        if isinstance(self.gateway, FakePaymentGateway):
            self.gateway.authenticate(intent.id)
        else:
            assert self._server is not None
            await self._server.control.authenticate(intent.id)

    async def account(self) -> str:
        if self._client is None or self._server is None:
            return "acct_fake"
        made = await self._client.v1.accounts.create_async(
            {
                "type": "express",
                "country": "NZ",
                "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
            }
        )
        await self._server.control.onboard(made.id)
        return made.id

    async def authorized(self, **how: Any) -> Intent:
        made = await self.gateway.create_payment_intent(
            PRICE, customer_id=await self.customer(), payment_method_id=None, off_session=False, call=call(), **how
        )
        await self.confirm(made)
        return await self.gateway.get_intent(made.id)

    async def captured(self) -> Intent:
        intent = await self.authorized()
        return await self.gateway.capture(intent.id, PRICE, call=call())


def call(booking_id: str | None = None) -> GatewayCall:
    unique = uuid.uuid4().hex
    return GatewayCall(booking_id=booking_id or f"bkg_{unique}", operation_id=f"pay_{unique}", key=unique)


@pytest.fixture(params=["fake", "stripe"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "fake":
        return Bench(FakePaymentGateway(), None, None)
    client = request.getfixturevalue("stripe_client")
    return Bench(StripeGateway(client, OWNER), client, request.getfixturevalue("stripe_server"))


async def test_a_customer_is_found_and_deleted_and_deleting_it_again_is_harmless(
    stripe_client: stripe.StripeClient,
) -> None:
    gateway = StripeGateway(stripe_client, OWNER)
    user_id = f"usr_{uuid.uuid4().hex}"
    email = f"{user_id}@example.com"
    assert await gateway.find_customer(user_id, email) is None
    customer_id = await gateway.ensure_customer(user_id, email, "Aroha Ngata")
    assert await gateway.find_customer(user_id, email) == customer_id
    assert await gateway.find_customer("usr_somebody_else", email) is None
    await gateway.rename_customer(customer_id, f"new.{email}")
    assert await gateway.find_customer(user_id, f"new.{email}") == customer_id
    await gateway.rename_customer(customer_id, email)
    for _ in range(2):
        await gateway.delete_customer(customer_id)
    await gateway.rename_customer(customer_id, f"new.{email}")
    assert await gateway.find_customer(user_id, email) is None


async def test_an_intent_waits_for_a_card_and_is_authorized_with_one(bench: Bench) -> None:
    wanted = call()
    made = await bench.gateway.create_payment_intent(
        PRICE, customer_id=await bench.customer(), payment_method_id=None, off_session=False, call=wanted
    )
    assert made.status is PaymentIntentStatus.REQUIRES_PAYMENT_METHOD
    assert made.client_secret
    assert made.metadata["booking_id"] == wanted.booking_id

    await bench.confirm(made)
    held = await bench.gateway.get_intent(made.id)
    assert held.status is PaymentIntentStatus.REQUIRES_CAPTURE
    assert held.amount_capturable == PRICE.amount
    assert held.charge_id is not None
    assert held.capture_before is not None


async def test_the_same_call_makes_one_intent(bench: Bench) -> None:
    wanted, customer = call(), await bench.customer()
    first, second = [
        await bench.gateway.create_payment_intent(
            PRICE, customer_id=customer, payment_method_id=None, off_session=False, call=wanted
        )
        for _ in range(2)
    ]
    assert first.id == second.id
    found = await bench.gateway.find_intent(customer_id=customer, operation_id=wanted.operation_id, is_setup=False)
    assert found is not None
    assert found.id == first.id


async def test_nothing_is_found_of_a_call_that_was_never_made(bench: Bench) -> None:
    customer = await bench.customer()
    for is_setup in (False, True):
        found = await bench.gateway.find_intent(customer_id=customer, operation_id="pay_none", is_setup=is_setup)
        assert found is None
    intent = await bench.captured()
    assert await bench.gateway.find_refund(intent.id, "pay_none") is None
    assert await bench.gateway.find_transfer("bkg_none", "pay_none") is None


async def test_a_declined_card_leaves_the_intent_open_with_the_reason(bench: Bench) -> None:
    made = await bench.gateway.create_payment_intent(
        PRICE, customer_id=await bench.customer(), payment_method_id=None, off_session=False, call=call()
    )
    await bench.confirm(made, "pm_card_chargeDeclinedInsufficientFunds")
    declined = await bench.gateway.get_intent(made.id)
    assert declined.status is PaymentIntentStatus.REQUIRES_PAYMENT_METHOD
    assert declined.decline_code == "insufficient_funds"
    await bench.confirm(made)
    assert (await bench.gateway.get_intent(made.id)).status is PaymentIntentStatus.REQUIRES_CAPTURE


async def test_strong_authentication_is_an_action_and_then_an_authorization(bench: Bench) -> None:
    made = await bench.gateway.create_payment_intent(
        PRICE, customer_id=await bench.customer(), payment_method_id=None, off_session=False, call=call()
    )
    await bench.confirm(made, "pm_card_authenticationRequired")
    waiting = await bench.gateway.get_intent(made.id)
    assert waiting.status is PaymentIntentStatus.REQUIRES_ACTION
    assert waiting.next_action is not None
    await bench.authenticate(made)
    assert (await bench.gateway.get_intent(made.id)).status is PaymentIntentStatus.REQUIRES_CAPTURE


async def test_a_saved_card_is_charged_off_session(bench: Bench) -> None:
    customer = await bench.customer()
    saving = await bench.gateway.create_setup_intent(customer_id=customer, payment_method_id=None, call=call())
    assert saving.is_setup
    await bench.confirm(saving)
    saved = await bench.gateway.get_intent(saving.id)
    assert saved.status is PaymentIntentStatus.SUCCEEDED
    assert saved.payment_method_id is not None

    held = await bench.gateway.create_payment_intent(
        PRICE, customer_id=customer, payment_method_id=saved.payment_method_id, off_session=True, call=call()
    )
    assert held.status is PaymentIntentStatus.REQUIRES_CAPTURE
    fee = await bench.gateway.create_payment_intent(
        PRICE,
        customer_id=customer,
        payment_method_id=saved.payment_method_id,
        off_session=True,
        call=call(),
        is_fee=True,
    )
    assert fee.status is PaymentIntentStatus.SUCCEEDED
    assert fee.amount_received == PRICE.amount
    assert fee.fee


async def test_a_card_that_fails_after_saving_declines_and_can_be_looked_up(bench: Bench) -> None:
    customer = await bench.customer()
    saving = await bench.gateway.create_setup_intent(customer_id=customer, payment_method_id=None, call=call())
    await bench.confirm(saving, "pm_card_chargeCustomerFail")
    saved = await bench.gateway.get_intent(saving.id)
    assert saved.status is PaymentIntentStatus.SUCCEEDED
    wanted = call()
    with pytest.raises(PaymentDeclined) as declined:
        await bench.gateway.create_payment_intent(
            PRICE, customer_id=customer, payment_method_id=saved.payment_method_id, off_session=True, call=wanted
        )
    assert declined.value.intent_id
    found = await bench.gateway.find_intent(customer_id=customer, operation_id=wanted.operation_id, is_setup=False)
    assert found is not None
    assert found.status is PaymentIntentStatus.REQUIRES_PAYMENT_METHOD


async def test_capture_takes_the_whole_or_less_and_only_once(bench: Bench) -> None:
    intent = await bench.authorized()
    less, once = Money(amount=5_000, currency="nzd"), call()
    captured = await bench.gateway.capture(intent.id, less, call=once)
    assert captured.status is PaymentIntentStatus.SUCCEEDED
    assert captured.amount_received == less.amount
    assert captured.fee
    again = await bench.gateway.capture(intent.id, less, call=once)
    assert again.amount_received == less.amount
    with pytest.raises(GatewayRefused):
        await bench.gateway.capture(intent.id, less, call=call())


async def test_more_than_was_authorized_is_refused(bench: Bench) -> None:
    intent = await bench.authorized()
    with pytest.raises(GatewayRefused):
        await bench.gateway.capture(intent.id, Money(amount=PRICE.amount + 1, currency="nzd"), call=call())
    assert (await bench.gateway.get_intent(intent.id)).status is PaymentIntentStatus.REQUIRES_CAPTURE


async def test_a_canceled_intent_holds_nothing(bench: Bench) -> None:
    intent = await bench.authorized()
    canceled = await bench.gateway.cancel_intent(intent.id, call=call())
    assert canceled.status is PaymentIntentStatus.CANCELED
    assert canceled.amount_capturable == 0
    with pytest.raises(GatewayRefused):
        await bench.gateway.cancel_intent(intent.id, call=call())


async def test_refunds_are_partial_once_by_call_and_never_more_than_is_left(bench: Bench) -> None:
    intent, once = await bench.captured(), call()
    part = Money(amount=4_000, currency="nzd")
    first = await bench.gateway.refund(intent.id, part, call=once)
    second = await bench.gateway.refund(intent.id, part, call=once)
    assert first.id == second.id
    assert first.amount == part.amount
    assert await bench.gateway.find_refund(intent.id, once.operation_id) == first
    with pytest.raises(GatewayRefused):
        await bench.gateway.refund(intent.id, Money(amount=8_501, currency="nzd"), call=call())
    await bench.gateway.refund(intent.id, Money(amount=8_500, currency="nzd"), call=call())
    with pytest.raises(GatewayRefused):
        await bench.gateway.refund(intent.id, Money(amount=1, currency="nzd"), call=call())


async def test_a_transfer_is_made_once_found_and_taken_back(bench: Bench) -> None:
    intent, account, once = await bench.captured(), await bench.account(), call()
    assert intent.charge_id is not None
    share = Money(amount=11_000, currency="nzd")
    first, second = [
        await bench.gateway.transfer(share, account_id=account, charge_id=intent.charge_id, call=once) for _ in range(2)
    ]
    assert first.id == second.id
    assert await bench.gateway.find_transfer(once.booking_id, once.operation_id) == first

    back = call(once.booking_id)
    reversal = await bench.gateway.reverse_transfer(first.id, Money(amount=3_000, currency="nzd"), call=back)
    assert reversal.amount == 3_000
    assert await bench.gateway.find_reversal(first.id, back.operation_id) == reversal
    assert await bench.gateway.find_reversal(first.id, "pay_none") is None


async def test_an_unknown_intent_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        await bench.gateway.get_intent("pi_unknown")
