"""The local Stripe's pure parts: form encoding, parameters, amounts, cards, periods, lists of rules."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from infra.stripe_local import cards, currencies
from infra.stripe_local.billing import periods
from infra.stripe_local.errors import StripeError
from infra.stripe_local.routing import ROUTES
from infra.stripe_local.unit import merge_metadata
from infra.stripe_local.validation import check
from infra.stripe_local.webhooks import sign
from infra.stripe_local.wire import decode

NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda name: name != "metadata")
TEXTS = st.text(min_size=1, max_size=12)
TREES: st.SearchStrategy[Any] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
)


@given(st.dictionaries(NAMES, TREES, max_size=3))
def test_what_the_sdk_encodes_is_decoded(params: dict[str, Any]) -> None:
    from urllib.parse import urlencode

    pairs = [(key, value) for key, value in _api_encode(params)]
    assert decode(urlencode(pairs)) == params


@pytest.mark.parametrize("raw", ["a=1&a[b]=2", "a[b]=1&a[b][c]=2"])
def test_contradictions_are_refused(raw: str) -> None:
    with pytest.raises(StripeError):
        decode(raw)


def refusal(params: str, given_params: dict[str, Any]) -> tuple[str | None, str | None]:
    """Parameter and code of the error for wrong parameters."""
    with pytest.raises(StripeError) as caught:
        check(params, given_params)
    return caught.value.error.get("param"), caught.value.error.get("code")


def test_types_are_converted() -> None:
    checked = check("PaymentIntentCreateParams", {"amount": "500", "currency": "nzd", "confirm": "true"})
    assert checked == {"amount": 500, "currency": "nzd", "confirm": True}


@pytest.mark.parametrize(
    ("params", "given_params", "param", "code"),
    [
        ("TransferCreateParams", {"currency": "nzd"}, "destination", "parameter_missing"),
        ("TransferCreateParams", {"currency": "nzd", "destination": "a", "b": "c"}, "b", "parameter_unknown"),
        ("RefundCreateParams", {"reason": "because"}, "reason", None),
        ("RefundCreateParams", {"amount": "1.5"}, "amount", "parameter_invalid_integer"),
        ("PriceCreateParams", {"currency": "nzd", "recurring": {"interval": "hour"}}, "recurring[interval]", None),
        ("PriceCreateParams", {"currency": "nzd", "recurring": {}}, "recurring[interval]", "parameter_missing"),
        ("AccountCreateParams", {"type": "expres"}, "type", None),
        ("AccountCreateParams", {"type": ""}, "type", "parameter_invalid_empty"),
        ("CustomerCreateParams", {"api_key": "sk_test_x"}, "api_key", "parameter_unknown"),
        ("CustomerListParams", {"created": {"after": "1"}}, "created[after]", "parameter_unknown"),
    ],
)
def test_wrong_parameters_are_named(params: str, given_params: dict[str, Any], param: str, code: str | None) -> None:
    assert refusal(params, given_params) == (param, code)


def test_every_route_names_parameters_the_sdk_declares() -> None:
    from infra.stripe_local import resources

    resources.load()
    assert len(ROUTES) > 80
    for route in ROUTES:
        if route.params is not None:
            assert refusal(route.params, {"no_such_parameter": "1"})[0] == "no_such_parameter"


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "nzd", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (0, "nzd", "parameter_invalid_integer"),
        (100_000_000, "nzd", "amount_too_large"),
        (1_001, "bhd", "parameter_invalid_integer"),
    ],
)
def test_charges_have_bounds(amount: int, currency: str, code: str) -> None:
    with pytest.raises(StripeError) as caught:
        currencies.check_charge(amount, currency)
    assert caught.value.error["code"] == code


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(1_250, "nzd", "12.50 NZD"), (1_250, "jpy", "1,250 JPY"), (1_250, "bhd", "1.250 BHD")],
)
def test_amounts_are_shown_by_their_exponent(amount: int, currency: str, text: str) -> None:
    assert currencies.display(amount, currency) == text


@given(st.integers(1, 99_999_999))
def test_the_fee_never_exceeds_the_amount(amount: int) -> None:
    assert 0 <= currencies.fee(amount) <= amount


def test_test_cards_have_valid_numbers_and_tokens() -> None:
    for token in ("pm_card_visa", "pm_card_chargeDeclined", "pm_card_createDispute", "tok_visa"):
        card = cards.by_token(token)
        assert card is not None
        assert cards.passes_luhn(card.number)
        assert cards.by_number(card.number) is card
    assert not cards.passes_luhn("4242424242424241")
    assert cards.by_token("pm_card_unknown") is None


@pytest.mark.parametrize(
    ("start", "anchor_day", "expected"),
    [("2026-01-31", 31, "2026-02-28"), ("2026-02-28", 31, "2026-03-31"), ("2026-12-15", 15, "2027-01-15")],
)
def test_months_keep_the_anchors_day(start: str, anchor_day: int, expected: str) -> None:
    begin = int(dt.datetime.fromisoformat(f"{start}T10:00:00+00:00").timestamp())
    anchor = int(dt.datetime(2026, 1, anchor_day, 10, tzinfo=dt.UTC).timestamp())
    end = periods.after(begin, {"interval": "month", "interval_count": 1}, anchor)
    assert dt.datetime.fromtimestamp(end, dt.UTC).isoformat() == f"{expected}T10:00:00+00:00"


@given(st.dictionaries(TEXTS, TEXTS), st.dictionaries(TEXTS, TEXTS | st.just("")))
def test_metadata_is_merged_by_stripes_rule(before: dict[str, str], change: dict[str, str]) -> None:
    after = merge_metadata(before, change)
    assert all(after[key] == value for key, value in change.items() if value)
    assert not any(key in after for key, value in change.items() if not value)
    assert {key for key in after if key not in change} == set(before) - set(change)
    assert merge_metadata(before, "") == {}


def test_the_signature_is_one_that_the_sdk_accepts() -> None:
    now = int(dt.datetime.now(dt.UTC).timestamp())
    body = '{"id": "evt_1", "object": "event"}'
    assert stripe.WebhookSignature.verify_header(body, sign("whsec_a", now, body), "whsec_a", 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body, sign("whsec_b", now, body), "whsec_a", 300)
