"""Payments as Stripe documents them; runs against the local Stripe or against Stripe's test mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe

from support.payments import authorize, charge_of, fund, pay

if TYPE_CHECKING:
    from support.contract import Contract

# https://docs.stripe.com/testing#declined-payments
DECLINES = [
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
    ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", None),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
]


async def test_authorization_holds_money_until_captured(contract: Contract) -> None:
    intent = await authorize(contract.api)
    charge = await charge_of(contract.api, intent)
    assert (intent.status, intent.amount_capturable, intent.amount_received) == ("requires_capture", 10_000, 0)
    assert (charge.captured, charge.paid, charge.balance_transaction) == (False, True, None)
    assert charge.payment_method_details
    assert charge.payment_method_details.card
    days = ((charge.payment_method_details.card.capture_before or 0) - charge.created) / 86_400
    assert 6 < days < 8


async def test_capturing_all_succeeds(contract: Contract) -> None:
    intent = await authorize(contract.api)
    captured = await contract.api.payment_intents.capture_async(intent.id)
    charge = await charge_of(contract.api, captured)
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 10_000, 0)
    assert (charge.amount_captured, charge.amount_refunded) == (10_000, 0)
    entry = cast("stripe.BalanceTransaction", charge.balance_transaction)
    assert entry.net == entry.amount - entry.fee


async def test_capturing_less_releases_the_rest(contract: Contract) -> None:
    intent = await authorize(contract.api)
    captured = await contract.api.payment_intents.capture_async(intent.id, {"amount_to_capture": 6_000})
    charge = await charge_of(contract.api, captured)
    assert (captured.status, captured.amount_received, captured.amount_capturable) == ("succeeded", 6_000, 0)
    assert (charge.amount, charge.amount_captured) == (10_000, 6_000)
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.refunds.create_async({"payment_intent": intent.id, "amount": 6_001})


async def test_more_than_authorized_cannot_be_captured(contract: Contract) -> None:
    intent = await authorize(contract.api)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.capture_async(intent.id, {"amount_to_capture": 10_001})
    assert caught.value.http_status == 400


async def test_captured_twice_is_refused(contract: Contract) -> None:
    intent = await authorize(contract.api)
    await contract.api.payment_intents.capture_async(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.capture_async(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"


async def test_cancelling_releases_the_authorization(contract: Contract) -> None:
    intent = await authorize(contract.api)
    canceled = await contract.api.payment_intents.cancel_async(
        intent.id, {"cancellation_reason": "requested_by_customer"}
    )
    charge = await charge_of(contract.api, intent)
    assert (canceled.status, canceled.amount_capturable) == ("canceled", 0)
    assert canceled.cancellation_reason == "requested_by_customer"
    assert (charge.captured, charge.refunded, charge.amount_captured) == (False, False, 0)
    assert (await contract.api.refunds.list_async({"payment_intent": intent.id})).data == []
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.cancel_async(intent.id)
    assert caught.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(("card", "code", "reason"), DECLINES)
async def test_declined_cards_say_why(contract: Contract, card: str, code: str, reason: str | None) -> None:
    with pytest.raises(stripe.CardError) as caught:
        await pay(contract.api, card)
    error = cast("Any", caught.value.error)
    assert (caught.value.http_status, caught.value.code) == (402, code)
    if reason is not None:
        assert error.decline_code == reason
    intent = await contract.api.payment_intents.retrieve_async(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error
    assert intent.last_payment_error.code == code


async def test_a_declined_payment_can_be_tried_with_another_card(contract: Contract) -> None:
    with pytest.raises(stripe.CardError) as caught:
        await pay(contract.api, "pm_card_visa_chargeDeclined")
    error = cast("Any", caught.value.error)
    intent = await contract.api.payment_intents.confirm_async(
        error.payment_intent.id, {"payment_method": "pm_card_visa"}
    )
    assert intent.status == "succeeded"
    assert intent.last_payment_error is None


async def test_authentication_is_asked_for(contract: Contract) -> None:
    intent = await pay(contract.api, "pm_card_authenticationRequired", return_url="https://example.com/back")
    assert intent.status == "requires_action"
    assert intent.next_action
    assert intent.next_action.type == "redirect_to_url"
    assert intent.next_action.redirect_to_url
    assert intent.next_action.redirect_to_url.return_url == "https://example.com/back"
    without = await pay(contract.api, "pm_card_authenticationRequired")
    assert without.next_action
    assert without.next_action.type == "use_stripe_sdk"


async def test_authentication_off_session_is_a_decline(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    method = await contract.api.payment_methods.attach_async(
        "pm_card_authenticationRequired", {"customer": customer.id}
    )
    with pytest.raises(stripe.CardError) as caught:
        await pay(contract.api, method.id, customer=customer.id, off_session=True)
    assert caught.value.code == "authentication_required"


async def test_a_card_is_saved_for_later_by_a_payment(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    first = await pay(contract.api, customer=customer.id, setup_future_usage="off_session")
    saved = await contract.api.customers.payment_methods.list_async(customer.id, {"type": "card"})
    assert [method.id for method in saved.data] == [first.payment_method]
    later = await pay(contract.api, str(first.payment_method), customer=customer.id, off_session=True)
    assert later.status == "succeeded"


async def test_a_saved_card_needs_its_customer(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    method = await contract.api.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    with pytest.raises(stripe.InvalidRequestError):
        await pay(contract.api, method.id)
    stranger = await contract.api.customers.create_async()
    with pytest.raises(stripe.InvalidRequestError):
        await pay(contract.api, method.id, customer=stranger.id)


async def test_a_card_used_once_cannot_be_used_again(contract: Contract) -> None:
    intent = await pay(contract.api)
    with pytest.raises(stripe.InvalidRequestError):
        await pay(contract.api, str(intent.payment_method))


async def test_a_detached_card_cannot_be_used_again(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    method = await contract.api.payment_methods.attach_async("pm_card_visa", {"customer": customer.id})
    detached = await contract.api.payment_methods.detach_async(method.id)
    assert detached.customer is None
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.payment_methods.attach_async(method.id, {"customer": customer.id})


async def test_cards_that_are_declined_cannot_be_saved(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    with pytest.raises(stripe.CardError):
        await contract.api.payment_methods.attach_async(
            "pm_card_visa_chargeDeclinedInsufficientFunds", {"customer": customer.id}
        )
    kept = await contract.api.payment_methods.attach_async("pm_card_chargeCustomerFail", {"customer": customer.id})
    with pytest.raises(stripe.CardError):
        await pay(contract.api, kept.id, customer=customer.id, off_session=True)


@pytest.mark.parametrize("amount", [0, -1, 49, 100_000_000])
async def test_amounts_out_of_bounds_are_refused(contract: Contract, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await pay(contract.api, amount=amount)
    assert caught.value.param == "amount"


async def test_confirming_with_redirects_needs_a_return_url(contract: Contract) -> None:
    params: Any = {"amount": 1_000, "currency": "nzd", "payment_method": "pm_card_visa", "confirm": True}
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        await contract.api.payment_intents.create_async(params)


async def test_refunds_stop_at_what_was_captured(contract: Contract) -> None:
    await fund(contract.api)
    intent = await pay(contract.api)
    part = await contract.api.refunds.create_async({"payment_intent": intent.id, "amount": 2_500})
    assert (part.status, part.amount) == ("succeeded", 2_500)
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.refunds.create_async({"payment_intent": intent.id, "amount": 7_501})
    rest = await contract.api.refunds.create_async({"payment_intent": intent.id})
    assert rest.amount == 7_500
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.refunds.create_async({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    charge = await charge_of(contract.api, intent)
    assert (charge.amount_refunded, charge.refunded) == (10_000, True)


async def test_cards_alone_are_allowed_by_name(contract: Contract) -> None:
    intent = await contract.api.payment_intents.create_async(
        {"amount": 1_000, "currency": "nzd", "allowed_payment_method_types": ["card"], "capture_method": "manual"}
    )
    assert intent.payment_method_types == ["card"]
    setup = await contract.api.setup_intents.create_async({"allowed_payment_method_types": ["card"]})
    assert setup.payment_method_types == ["card"]


async def test_types_are_no_longer_chosen_the_old_way_nor_in_two_ways(contract: Contract) -> None:
    old: Any = {"amount": 1_000, "currency": "nzd", "payment_method_types": ["card"]}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.create_async(old)
    assert caught.value.code == "payment_method_types_no_longer_supported"
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.payment_intents.create_async({
            "amount": 1_000, "currency": "nzd", "allowed_payment_method_types": ["card"],
            "automatic_payment_methods": {"enabled": True},
        })  # fmt: skip


@pytest.mark.parametrize("currency", ["isk", "ugx"])
async def test_currencies_written_with_decimals_take_whole_units(contract: Contract, currency: str) -> None:
    """See https://docs.stripe.com/currencies#special-cases."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await pay(contract.api, currency=currency, amount=1_000_050)
    assert caught.value.param == "amount"


async def test_setup_makes_a_card_ready_for_later(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    setup = await contract.api.setup_intents.create_async({
        "customer": customer.id, "payment_method": "pm_card_visa", "confirm": True, "usage": "off_session",
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    })  # fmt: skip
    assert setup.status == "succeeded"
    later = await authorize(contract.api, str(setup.payment_method), customer=customer.id, off_session=True)
    assert later.status == "requires_capture"


async def test_setup_of_a_card_that_wants_authentication(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    setup = await contract.api.setup_intents.create_async({
        "customer": customer.id, "payment_method": "pm_card_authenticationRequiredOnSetup", "confirm": True,
        "return_url": "https://example.com/back",
    })  # fmt: skip
    assert setup.status == "requires_action"
    canceled = await contract.api.setup_intents.cancel_async(setup.id)
    assert canceled.status == "canceled"
