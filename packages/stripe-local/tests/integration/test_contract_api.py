"""What all of Stripe's API has in common: errors, lists, expansion, metadata, idempotency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
import stripe

from support.payments import authorize, pay, plan

if TYPE_CHECKING:
    from support.contract import Contract

WRONG: list[tuple[dict[str, Any], str, str | None]] = [
    ({"currency": "nzd", "amount": 500, "capture_metod": "manual"}, "capture_metod", "parameter_unknown"),
    (
        {"currency": "nzd", "amount": 500, "shipping": {"adress": {"city": "Otaki"}}},
        "shipping[adress]",
        "parameter_unknown",
    ),
    ({"amount": 500}, "currency", "parameter_missing"),
    ({"currency": "nzd", "amount": "ten"}, "amount", "parameter_invalid_integer"),
    ({"currency": "nzd", "amount": 10.5}, "amount", "parameter_invalid_integer"),
    ({"currency": "nzd", "amount": 500, "capture_method": "later"}, "capture_method", None),
    ({"currency": "xxx", "amount": 500}, "currency", None),
    ({"currency": "nzd", "amount": 500, "customer": "cus_none"}, "customer", "resource_missing"),
    ({"currency": "nzd", "amount": 500, "payment_method": "pm_none"}, "payment_method", "resource_missing"),
]


@pytest.mark.parametrize(("params", "param", "code"), WRONG)
async def test_wrong_parameters_are_named(
    contract: Contract, params: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.create_async(cast("Any", params))
    assert (caught.value.http_status, caught.value.param, caught.value.code) == (400, param, code)
    assert caught.value.request_id


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"metadata": {"k" * 41: "v"}}, "metadata"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]"),
        ({"metadata": {f"k{number}": "v" for number in range(51)}}, "metadata"),
        ({"email": "nobody"}, "email"),
        ({"name": "n" * 257}, "name"),
        ({"description": "d" * 5_001}, "description"),
    ],
)
async def test_texts_have_their_form_and_length(contract: Contract, params: dict[str, Any], param: str) -> None:
    """See https://docs.stripe.com/api/metadata and the error codes `email_invalid` and `parameter_invalid_string…`."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.customers.create_async(cast("Any", params))
    assert (caught.value.http_status, str(caught.value.param).partition("[")[0]) == (400, param.partition("[")[0])


async def test_metadata_may_be_full_and_no_fuller(contract: Contract) -> None:
    full = {f"key_{number:02}".ljust(40, "x"): "v" * 500 for number in range(50)}
    customer = await contract.api.customers.create_async({"metadata": full})
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.customers.update_async(customer.id, {"metadata": {"one": "more"}})


async def test_links_lead_somewhere(contract: Contract) -> None:
    customer, price = await contract.api.customers.create_async(), await plan(contract.api)
    for wrong in ("example.com/done", "ftp://example.com", "https://"):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await contract.api.checkout.sessions.create_async({
                "mode": "subscription", "customer": customer.id, "line_items": [{"price": price.id, "quantity": 1}],
                "success_url": wrong,
            })  # fmt: skip
        assert caught.value.param == "success_url"


@pytest.mark.parametrize("version", ["yesterday", "2999-01-01", "2026-1-1"])
async def test_versions_that_do_not_exist_are_refused(contract: Contract, version: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="version"):
        await contract.api.customers.list_async({}, {"stripe_version": version})


async def test_unknown_objects_are_not_found(contract: Contract) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.payment_intents.retrieve_async("pi_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")


async def test_wrong_keys_are_refused(contract: Contract) -> None:
    with pytest.raises(stripe.AuthenticationError) as caught:
        await contract.with_key("sk_wrong_123").customers.list_async()
    assert caught.value.http_status == 401


async def test_foreign_accounts_are_out_of_reach(contract: Contract) -> None:
    with pytest.raises(stripe.PermissionError) as caught:
        await contract.api.customers.list_async({}, {"stripe_account": "acct_1032D82eZvKYlo2C"})
    assert caught.value.http_status == 403


async def test_metadata_is_merged(contract: Contract) -> None:
    customer = await contract.api.customers.create_async({"metadata": {"a": "1", "b": "2"}})
    changed = await contract.api.customers.update_async(customer.id, {"metadata": {"b": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}
    emptied = await contract.api.customers.update_async(customer.id, {"metadata": ""})
    assert emptied.metadata is not None
    assert emptied.metadata.to_dict() == {}


async def test_an_empty_string_unsets(contract: Contract) -> None:
    customer = await contract.api.customers.create_async({"name": "Ann", "description": "first"})
    changed = await contract.api.customers.update_async(customer.id, {"description": ""})
    assert (changed.name, changed.description) == ("Ann", None)


async def test_deleted_customers_leave_a_stub(contract: Contract) -> None:
    customer = await contract.api.customers.create_async()
    assert (await contract.api.customers.delete_async(customer.id)).deleted
    assert (await contract.api.customers.retrieve_async(customer.id)).deleted


async def test_lists_go_forward_and_back(contract: Contract) -> None:
    email = f"{contract.unique('page')}@example.com"
    made = [(await contract.api.customers.create_async({"email": email})).id for _ in range(5)]
    newest_first = made[::-1]
    first = await contract.api.customers.list_async({"email": email, "limit": 2})
    assert ([item.id for item in first.data], first.has_more) == (newest_first[:2], True)
    second = await contract.api.customers.list_async({"email": email, "limit": 2, "starting_after": first.data[-1].id})
    assert [item.id for item in second.data] == newest_first[2:4]
    last = await contract.api.customers.list_async({"email": email, "limit": 2, "starting_after": second.data[-1].id})
    assert ([item.id for item in last.data], last.has_more) == (newest_first[4:], False)
    back = await contract.api.customers.list_async({"email": email, "limit": 2, "ending_before": last.data[0].id})
    assert [item.id for item in back.data] == newest_first[2:4]
    everything = await contract.api.customers.list_async({"email": email, "limit": 2})
    assert [item.id async for item in everything.auto_paging_iter()] == newest_first


@pytest.mark.parametrize("limit", [0, 101])
async def test_page_sizes_have_bounds(contract: Contract, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await contract.api.customers.list_async({"limit": limit})
    assert caught.value.param == "limit"


async def test_references_can_be_expanded(contract: Contract) -> None:
    customer = await contract.api.customers.create_async({"name": "Ann"})
    intent = await pay(
        contract.api, customer=customer.id, expand=["latest_charge.balance_transaction", "customer", "payment_method"]
    )
    charge = cast("stripe.Charge", intent.latest_charge)
    assert cast("stripe.BalanceTransaction", charge.balance_transaction).amount == 10_000
    assert cast("stripe.Customer", intent.customer).name == "Ann"
    listed = await contract.api.payment_intents.list_async({"customer": customer.id, "expand": ["data.latest_charge"]})
    assert cast("stripe.Charge", listed.data[0].latest_charge).paid
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.payment_intents.retrieve_async(intent.id, {"expand": ["amount"]})


async def test_what_was_not_captured_leaves_neither_refund_nor_entry(contract: Contract) -> None:
    """Since 2025-03-31; see changelog "Partially capturing or canceling payments no longer creates a Refund"."""
    intent = await authorize(contract.api)
    captured = await contract.api.payment_intents.capture_async(
        intent.id, {"amount_to_capture": 6_000, "expand": ["latest_charge.balance_transaction"]}
    )
    charge = cast("stripe.Charge", captured.latest_charge)
    assert (charge.amount_captured, charge.amount_refunded, charge.refunded) == (6_000, 0, False)
    assert cast("stripe.BalanceTransaction", charge.balance_transaction).amount == 6_000
    assert (await contract.api.refunds.list_async({"payment_intent": intent.id})).data == []


async def test_a_key_acts_once(contract: Contract) -> None:
    key = contract.unique("key")
    options: Any = {"idempotency_key": key}
    params: Any = {"amount": 4_000, "currency": "nzd", "metadata": {"k": key}}
    first = await contract.api.payment_intents.create_async(params, options)
    second = await contract.api.payment_intents.create_async(params, options)
    assert first.id == second.id
    assert second.last_response
    assert cast("Any", second.last_response).headers["idempotent-replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError) as caught:
        await contract.api.payment_intents.create_async(cast("Any", {**params, "amount": 4_001}), options)
    assert caught.value.http_status == 400


async def test_a_decline_is_replayed(contract: Contract) -> None:
    options: Any = {"idempotency_key": contract.unique("key")}
    params: Any = {
        "amount": 4_000, "currency": "nzd", "payment_method": "pm_card_visa_chargeDeclined", "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }  # fmt: skip
    intents = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            await contract.api.payment_intents.create_async(params, options)
        intents.append(cast("Any", caught.value.error).payment_intent.id)
    assert intents[0] == intents[1]


async def test_what_fails_validation_leaves_its_key_free(contract: Contract) -> None:
    options: Any = {"idempotency_key": contract.unique("key")}
    with pytest.raises(stripe.InvalidRequestError):
        await contract.api.payment_intents.create_async(cast("Any", {"amount": 4_000}), options)
    intent = await contract.api.payment_intents.create_async({"amount": 4_000, "currency": "nzd"}, options)
    assert intent.amount == 4_000


async def test_events_tell_what_happened(contract: Contract) -> None:
    intent = await pay(contract.api, metadata={"booking": contract.unique("bk")})
    recent = await contract.api.events.list_async({"type": "payment_intent.succeeded", "limit": 20})
    event = next(item for item in recent.data if item.data.object["id"] == intent.id)
    assert event.data.object["status"] == "succeeded"
    again = await contract.api.events.retrieve_async(event.id)
    assert again.type == "payment_intent.succeeded"
