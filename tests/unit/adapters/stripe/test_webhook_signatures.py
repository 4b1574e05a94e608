"""Verification of webhooks by the SDK: its verdict, our tolerance both ways, each secret of a rotation."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

import pytest
from common.adapters.stripe.webhooks import TOLERANCE_SECONDS, StripeWebhookVerifier
from common.domain.shared.errors import InvalidInput, InvalidSignature
from hypothesis import given
from hypothesis import strategies as st
from stripe import SignatureVerificationError, WebhookSignature

if TYPE_CHECKING:
    from common.application.ports.payments.webhooks import StripeEvent

NOW = 1_900_000_000
SECRETS = ("whsec_new", "whsec_old", "whsec_üñí")
BODIES = st.one_of(
    st.text(max_size=200),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=4).map(json.dumps),
    st.just('{"id": "evt_1", "type": "a.b", "created": 1, "data": {"object": {"id": "x"}}}'),
)
AGES = st.one_of(st.integers(-1_000, 1_000), st.sampled_from([-301, -300, -299, 299, 300, 301]))


def sign(body: bytes, secret: str, at: int | str) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


@st.composite
def headers(draw: st.DrawFn, body: bytes) -> str:
    """Headers as Stripe makes them, and as forgers and broken proxies do."""
    at = NOW - draw(AGES)
    secret = draw(st.sampled_from([*SECRETS, "whsec_foreign"]))
    good = sign(body, secret, at)
    signatures = draw(
        st.lists(st.sampled_from([good, good.upper(), good[:-1], "0" * 64, "", "ü"]), min_size=0, max_size=3)
    )
    schemes = [f"{draw(st.sampled_from(['v1', 'v1', 'v0', 'V1']))}={each}" for each in signatures]
    stamp = draw(st.sampled_from([f"t={at}", f"t={at}", f"t={at}", "t=", "t=now", "", f"t={at}.5"]))
    parts = draw(st.permutations([part for part in (stamp, *schemes) if part]))
    return ",".join(parts)


def ours(body: bytes, header: str | None, secrets: tuple[str, ...] = SECRETS) -> bool:
    try:
        StripeWebhookVerifier(secrets, now=lambda: NOW).verify(body, header)
    except InvalidSignature:
        return False
    except InvalidInput:
        return True  # the signature is right, the body is no event
    return True


def theirs(body: bytes, header: str, secrets: tuple[str, ...] = SECRETS) -> bool:
    for secret in secrets:
        try:
            WebhookSignature.verify_header(body.decode(), header, secret, tolerance=None)
        except (SignatureVerificationError, ValueError, TypeError):
            continue
        return True
    return False


def age(header: str) -> int | None:
    """Seconds since the header's time; ``None`` where it has none."""
    stamps = [part[2:] for part in header.split(",") if part.startswith("t=")]
    return NOW - int(stamps[0]) if stamps and stamps[0].isdecimal() else None


@given(st.data(), BODIES)
def test_we_take_what_the_sdk_takes_within_the_tolerance_both_ways(data: st.DataObject, text: str) -> None:
    body = text.encode()
    header = data.draw(headers(body))
    old = age(header)
    in_time = old is not None and abs(old) <= TOLERANCE_SECONDS
    assert ours(body, header) == (in_time and theirs(body, header)), header


@given(BODIES, st.sampled_from(SECRETS), st.integers(-TOLERANCE_SECONDS, TOLERANCE_SECONDS))
def test_what_stripe_signs_is_taken_under_each_secret_of_a_rotation(text: str, secret: str, ago: int) -> None:
    body = text.encode()
    header = f"t={NOW - ago},v1={sign(body, secret, NOW - ago)}"
    assert theirs(body, header)
    assert ours(body, header)
    others = tuple(each for each in SECRETS if each != secret)
    assert not ours(body, header, others)


@given(BODIES, st.integers(0, 63), st.integers(1, 255))
def test_one_changed_byte_is_refused(text: str, at: int, by: int) -> None:
    body = text.encode()
    header = f"t={NOW},v1={sign(body, SECRETS[0], NOW)}"
    assert ours(body, header)
    if body:
        place = at % len(body)
        changed = body[:place] + bytes([body[place] ^ by]) + body[place + 1 :]
        assert not ours(changed, header)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"\x80{}", '{"id": "evt_1"}'.encode("utf-16")])
def test_a_body_that_is_no_text_is_not_signed_by_stripe(body: bytes) -> None:
    assert not ours(body, f"t={NOW},v1={sign(body, SECRETS[0], NOW)}")


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b"text"])
def test_a_signed_body_that_is_no_event_is_a_clear_refusal(body: bytes) -> None:
    header = f"t={NOW},v1={sign(body, SECRETS[0], NOW)}"
    with pytest.raises(InvalidInput) as refused:
        StripeWebhookVerifier(SECRETS, now=lambda: NOW).verify(body, header)
    assert (refused.value.status, refused.value.wire_code) == (422, "invalid_event")


def read(event: object) -> StripeEvent:
    """What is kept of a signed event."""
    body = json.dumps(event).encode()
    return StripeWebhookVerifier(SECRETS, now=lambda: NOW).verify(body, f"t={NOW},v1={sign(body, SECRETS[0], NOW)}")


def test_what_an_object_carries_of_us_is_kept() -> None:
    metadata = {"booking_id": "bkg_1", "stage": "dev", "database": "gigsta-dev", "operation_id": "pay_1"}
    object_ = {"id": "pi_1", "object": "payment_intent", "metadata": metadata}
    event = read({"id": "evt_1", "type": "payment_intent.succeeded", "created": 5, "data": {"object": object_}})
    assert (event.booking_id, event.marks) == ("bkg_1", {"stage": "dev", "database": "gigsta-dev"})


def test_an_invoice_names_its_subscription_under_its_parent() -> None:
    parent = {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}}
    object_ = {"id": "in_1", "object": "invoice", "parent": parent}
    event = read({"id": "evt_1", "type": "invoice.paid", "created": 5, "data": {"object": object_}})
    assert event.related == {"subscription": "sub_1"}


@pytest.mark.parametrize(
    "event",
    [
        {"id": "evt_1", "type": "balance.available", "created": 5, "data": {"object": {"object": "balance"}}},
        {"id": "evt_1", "type": "invoice.upcoming", "created": 5, "data": {"object": {"id": None, "parent": None}}},
        {"id": "evt_1", "type": "v1.billing.meter.error_report_triggered", "created": "2026-11-01T00:00:00.000Z"},
        {"id": "evt_1", "type": "x.y", "created": 5, "data": {"object": {"id": "x_1", "metadata": ["booking_id"]}}},
    ],
)
def test_an_event_of_a_shape_that_says_nothing_to_us_is_taken_all_the_same(event: object) -> None:
    kept = read(event)
    assert (kept.booking_id, kept.marks, kept.related) == (None, {}, {})


def test_without_a_header_nothing_is_read() -> None:
    assert not ours(b"{}", None)
    assert not ours(b"{}", "")
