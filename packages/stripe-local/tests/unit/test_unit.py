"""Metadata."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stripe_local.core.unit import merge_metadata

TEXTS = st.text(min_size=1, max_size=12)


@given(st.dictionaries(TEXTS, TEXTS), st.dictionaries(TEXTS, TEXTS | st.just("")))
def test_metadata_is_merged_by_stripes_rule(before: dict[str, str], change: dict[str, str]) -> None:
    after = merge_metadata(before, change)
    assert all(after[key] == value for key, value in change.items() if value)
    assert not any(key in after for key, value in change.items() if not value)
    assert {key for key in after if key not in change} == set(before) - set(change)
    assert merge_metadata(before, "") == {}
