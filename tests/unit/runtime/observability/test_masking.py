"""No secret, token, mail address or card number reaches a log line."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from common.runtime.observability.context import begin_request
from common.runtime.observability.log_format import MaskingFormatter
from common.runtime.observability.logging import context_fields, set_booking_id
from common.runtime.observability.masking import MASK, mask_text, mask_value
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

JWT = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"token {JWT} was bad", JWT),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("key sk_live_51Habcdef", "51Habcdef"),
        ("key sk_test_51Habcdef", "51Habcdef"),
        ("rk_live_777secret", "777secret"),
        ("signed with whsec_abc123", "abc123"),
        ("pi_3ABC_secret_xyz987", "xyz987"),
        ("seti_3ABC_secret_xyz987", "xyz987"),
        ("GET /v1/bookings/calendar-feed/Ab-9_x", "Ab-9_x"),
        ("mongodb+srv://user:p%40ss@cluster.example/db", "p%40ss"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ cut off", "MIIEvQ"),
        ("mail to aroha.ngata+x@example.co.nz failed", "aroha"),
        ("card 4242 4242 4242 4242", "4242"),
        ("card 4242-4242-4242-4242 declined", "4242"),
        ("5555555555554444", "5555"),
        ("amex 378282246310005", "3782"),
    ],
)
def test_secrets_in_text_are_masked(text: str, secret: str) -> None:
    masked = mask_text(text)
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text",
    [
        "booking bkg_01jd3x accepted", "pi_3ABC captured", "2026-11-20T09:00:00.000Z", "amount 12500 nzd",
        "http://localhost:8000/v1/bookings", "1763632800000 ms", "4242 4242 4242 4243 fails its check digit",
    ],
)  # fmt: skip
def test_ordinary_text_stays(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "key",
    ["password", "new_password", "access_token", "refresh_token", "client_secret", "Authorization", "cookie", "email",
     "email_key", "phone_number", "card_number", "cvc", "api_key", "private_pem", "start_code", "mongodb_uri"],
)  # fmt: skip
def test_fields_are_masked_by_their_name(key: str) -> None:
    assert mask_value({"a": [{key: "value"}]}) == {"a": [{key: MASK}]}


def test_numbers_that_are_cards_and_deep_nests_are_masked() -> None:
    assert mask_value({"number": 4242424242424242, "amount": 12500}) == {"number": MASK, "amount": 12500}
    nest: Any = "secret-less"
    for _ in range(10):
        nest = {"x": nest}
    assert "secret-less" not in json.dumps(mask_value(nest))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_is_masked_stays_json(value: Any) -> None:
    json.dumps(mask_value(value))


@pytest.fixture
def lines() -> tuple[logging.Logger, Callable[[], list[dict[str, Any]]]]:
    """A logger with the product's formatter, and what it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter(context_fields))
    logger = logging.getLogger("tests.masking")
    logger.propagate = False
    logger.handlers.clear()
    logger.addHandler(handler)
    return logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_request_and_booking(
    lines: tuple[logging.Logger, Callable[[], list[dict[str, Any]]]],
) -> None:
    logger, written = lines
    begin_request("request-0001")
    set_booking_id("bkg_1")
    logger.warning("Refund of aroha@example.com failed", extra={"client_secret": "pi_1_secret_x", "attempt": 2})
    (line,) = written()
    assert (line["request_id"], line["booking_id"], line["attempt"]) == ("request-0001", "bkg_1", 2)
    assert line["client_secret"] == MASK
    assert "aroha" not in json.dumps(line)


def test_an_exception_is_masked_too(lines: tuple[logging.Logger, Callable[[], list[dict[str, Any]]]]) -> None:
    logger, written = lines
    try:
        int(f"bad token {JWT}")
    except ValueError:
        logger.exception("It failed")
    (line,) = written()
    assert JWT not in json.dumps(line)
    assert "ValueError" in line["exception"]
