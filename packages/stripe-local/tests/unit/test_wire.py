"""Stripe's form encoding, against the encoder of Stripe's own SDK."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from stripe_local.protocol.errors import StripeError
from stripe_local.protocol.wire import decode

NAMES = st.from_regex(r"[a-z_]{1,8}", fullmatch=True).filter(lambda name: name != "metadata")
TEXTS = st.text(min_size=1, max_size=12)
TREES: st.SearchStrategy[Any] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
)


@given(st.dictionaries(NAMES, TREES, max_size=3))
def test_what_the_sdk_encodes_is_decoded(params: dict[str, Any]) -> None:
    pairs = [(key, value) for key, value in _api_encode(params)]
    assert decode(urlencode(pairs)) == params


@pytest.mark.parametrize("raw", ["a=1&a[b]=2", "a[b]=1&a[b][c]=2"])
def test_contradictions_are_refused(raw: str) -> None:
    with pytest.raises(StripeError):
        decode(raw)
