"""Destination charges, direct charges and the platform's fees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import stripe

from support.payments import authorize, charge_of, connected, fund, pay

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe


@pytest.fixture
async def account(stripe_local: RunningStripe, api: V1Services) -> str:
    """A connected account that was onboarded."""
    made = await connected(api)
    await stripe_local.control.onboard(made.id)
    return made.id


async def held(api: V1Services, account: str | None = None) -> int:
    """What an account's balance holds, available or not."""
    scope: Any = {"stripe_account": account} if account else {}
    balance: Any = await api.balance.retrieve_async({}, scope)
    return int(sum(row.amount for row in (*balance.available, *balance.pending)))


async def fees(api: V1Services) -> list[stripe.ApplicationFee]:
    """The platform's application fees."""
    return (await api.application_fees.list_async()).data


async def test_a_destination_charge_goes_on_less_the_platforms_fee(api: V1Services, account: str) -> None:
    intent = await pay(api, transfer_data={"destination": account}, application_fee_amount=1_500)
    charge = await charge_of(api, intent)
    assert (intent.application_fee_amount, charge.application_fee_amount) == (1_500, 1_500)
    assert charge.transfer_data
    assert charge.transfer_data.destination == account
    transfer = await api.transfers.retrieve_async(str(charge.transfer))
    assert (transfer.amount, transfer.source_transaction, transfer.destination) == (10_000, charge.id, account)
    assert charge.transfer_group == transfer.transfer_group == f"group_{charge.id}"
    (fee,) = await fees(api)
    assert (fee.id, fee.amount, fee.account) == (charge.application_fee, 1_500, account)
    assert (fee.charge, fee.originating_transaction) == (transfer.destination_payment, charge.id)
    assert await held(api, account) == 8_500
    assert await held(api) == 10_000 - 320 - 10_000 + 1_500
    scope: Any = {"stripe_account": account}
    (entry,) = (await api.balance_transactions.list_async({}, scope)).data
    assert (entry.amount, entry.fee, entry.net) == (10_000, 1_500, 8_500)
    assert [(detail.type, detail.amount) for detail in entry.fee_details] == [("application_fee", 1_500)]
    events = await api.events.list_async({"types": ["application_fee.created", "transfer.created"]})
    assert len(events.data) == 2


async def test_a_part_may_go_on_and_is_known_at_the_capture(api: V1Services, account: str) -> None:
    intent = await authorize(api, transfer_data={"destination": account, "amount": 9_000})
    assert await held(api, account) == 0
    await api.payment_intents.capture_async(intent.id, {"amount_to_capture": 8_000, "transfer_data": {"amount": 7_000}})
    assert await held(api, account) == 7_000
    assert await fees(api) == []


async def test_a_fee_is_at_most_what_is_captured(api: V1Services, account: str) -> None:
    intent = await authorize(api, transfer_data={"destination": account}, application_fee_amount=1_500)
    await api.payment_intents.capture_async(intent.id, {"amount_to_capture": 1_000})
    assert [fee.amount for fee in await fees(api)] == [1_000]
    assert await held(api, account) == 0
    later = await authorize(api, transfer_data={"destination": account}, application_fee_amount=1_500)
    await api.payment_intents.capture_async(later.id, {"application_fee_amount": 500})
    assert await held(api, account) == 9_500


async def test_refunds_take_transfer_and_fee_back_in_proportion(api: V1Services, account: str) -> None:
    await fund(api)
    before = await held(api)
    intent = await pay(api, transfer_data={"destination": account}, application_fee_amount=1_501)
    both: Any = {"payment_intent": intent.id, "reverse_transfer": True, "refund_application_fee": True}
    refund = await api.refunds.create_async(both | {"amount": 2_500})
    assert refund.transfer_reversal
    (fee,) = await fees(api)
    assert (fee.amount_refunded, fee.refunded, len(fee.refunds.data)) == (375, False, 1)
    assert await held(api, account) == 10_000 - 1_501 - 2_500 + 375
    await api.refunds.create_async(both)
    (fee,) = await fees(api)
    assert (fee.amount_refunded, fee.refunded) == (1_501, True)
    charge = await charge_of(api, intent)
    transfer = await api.transfers.retrieve_async(str(charge.transfer))
    assert (charge.refunded, transfer.reversed) == (True, True)
    assert await held(api, account) == 0
    assert await held(api) == before - 320


async def test_a_plain_refund_leaves_the_destination_what_it_has(api: V1Services, account: str) -> None:
    await fund(api)
    intent = await pay(api, transfer_data={"destination": account})
    await api.refunds.create_async({"payment_intent": intent.id})
    assert await held(api, account) == 10_000
    with pytest.raises(stripe.InvalidRequestError, match="has already been refunded"):
        await api.refunds.create_async({"payment_intent": intent.id, "reverse_transfer": True})


async def test_a_refund_needs_something_to_take_back(api: V1Services) -> None:
    await fund(api)
    intent = await pay(api)
    for name in ("reverse_transfer", "refund_application_fee"):
        params: Any = {"payment_intent": intent.id, name: True}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await api.refunds.create_async(params)
        assert caught.value.param == name
    assert (await charge_of(api, intent)).amount_refunded == 0


@pytest.mark.parametrize("payer", ["application", "account"])
async def test_a_direct_charge_is_the_accounts_own(stripe_local: RunningStripe, api: V1Services, payer: str) -> None:
    dashboard = "express" if payer == "application" else "full"
    losses = "application" if payer == "application" else "stripe"
    made = await connected(api, controller={
        "fees": {"payer": payer}, "losses": {"payments": losses}, "stripe_dashboard": {"type": dashboard},
    })  # fmt: skip
    await stripe_local.control.onboard(made.id)
    scope: Any = {"stripe_account": made.id}
    params: Any = {
        "amount": 10_000, "currency": "nzd", "payment_method": "pm_card_bypassPending", "confirm": True,
        "allowed_payment_method_types": ["card"], "capture_method": "automatic", "application_fee_amount": 1_000,
    }  # fmt: skip
    intent = await api.payment_intents.create_async(params, scope)
    (fee,) = await fees(api)
    assert (fee.charge, fee.originating_transaction, fee.account) == (intent.latest_charge, None, made.id)
    share = 320 if payer == "account" else 0
    assert await held(api, made.id) == 10_000 - 1_000 - share
    assert await held(api) == 1_000 - (320 - share)
    refund: Any = {"payment_intent": intent.id, "refund_application_fee": True, "amount": 5_000}
    await api.refunds.create_async(refund, scope)
    assert await held(api, made.id) == 10_000 - 1_000 - share - 5_000 + 500
    with pytest.raises(stripe.InvalidRequestError):
        await api.payment_intents.retrieve_async(intent.id)


async def test_a_fee_is_given_back_by_itself(api: V1Services, account: str) -> None:
    await pay(api, transfer_data={"destination": account}, application_fee_amount=1_000)
    (fee,) = await fees(api)
    given = await api.application_fees.refunds.create_async(fee.id, {"amount": 400})
    assert (await api.application_fees.refunds.retrieve_async(fee.id, given.id)).amount == 400
    assert [each.id for each in (await api.application_fees.refunds.list_async(fee.id)).data] == [given.id]
    assert (await api.application_fees.retrieve_async(fee.id)).amount_refunded == 400
    assert await held(api, account) == 9_400
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        await api.application_fees.refunds.create_async(fee.id, {"amount": 601})
    await api.application_fees.refunds.create_async(fee.id)
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded"):
        await api.application_fees.refunds.create_async(fee.id)


async def test_a_foreign_destination_charge_is_shared_in_the_settlement_currency(
    stripe_local: RunningStripe, api: V1Services, account: str
) -> None:
    await stripe_local.control.settings(rates={"aud": 1.5, "nzd": 1.65}, conversion_fee_basis_points=0)
    intent = await pay(api, currency="aud", transfer_data={"destination": account}, application_fee_amount=1_000)
    transfer = await api.transfers.retrieve_async(str((await charge_of(api, intent)).transfer))
    assert (transfer.currency, transfer.amount) == ("nzd", 11_000)
    assert [(fee.currency, fee.amount) for fee in await fees(api)] == [("nzd", 1_100)]
    assert await held(api, account) == 9_900


async def test_terms_that_make_no_sense_are_refused(stripe_local: RunningStripe, api: V1Services, account: str) -> None:
    new = (await connected(api)).id
    away = (await connected(api, country="AU")).id
    await stripe_local.control.onboard(away)
    to: Any = {"destination": account}
    for terms, param in (
        ({"application_fee_amount": 100}, "application_fee_amount"),
        ({"application_fee_amount": 10_001, "transfer_data": to}, "application_fee_amount"),
        ({"application_fee_amount": 100, "transfer_data": {**to, "amount": 100}}, "application_fee_amount"),
        ({"transfer_data": {**to, "amount": 10_001}}, "transfer_data[amount]"),
        ({"transfer_data": {"destination": "acct_unknown"}}, "transfer_data[destination]"),
        ({"transfer_data": {"destination": new}}, None),
        ({"transfer_data": {"destination": away}}, None),
        ({"transfer_data": {**to, "description": "no"}}, "description"),
        ({"on_behalf_of": account}, "on_behalf_of"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await pay(api, **terms)
        assert caught.value.param == param
    scope: Any = {"stripe_account": new}
    params: Any = {"amount": 10_000, "currency": "nzd"}
    with pytest.raises(stripe.InvalidRequestError, match="cannot currently make charges"):
        await api.payment_intents.create_async(params, scope)
    intent = await api.payment_intents.create_async(params | {"transfer_data": to})
    changed = await api.payment_intents.update_async(intent.id, {"application_fee_amount": 900})
    assert changed.application_fee_amount == 900
    with pytest.raises(stripe.InvalidRequestError):
        await api.payment_intents.update_async(intent.id, {"amount": 800, "application_fee_amount": 900})
