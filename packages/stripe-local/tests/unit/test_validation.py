"""Requests are judged by the SDK's typed parameters."""

from __future__ import annotations

from typing import Any

import pytest

from stripe_local.protocol.errors import StripeError
from stripe_local.protocol.validation import check
from stripe_local.resources import ROUTES


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
    assert len(ROUTES) > 80
    for route in ROUTES:
        if route.params is not None:
            assert refusal(route.params, {"no_such_parameter": "1"})[0] == "no_such_parameter"
