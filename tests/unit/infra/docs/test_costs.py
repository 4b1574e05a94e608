"""The model of costs and limits: what must hold whatever its numbers are."""

from __future__ import annotations

import re

import pytest

from infra.docs import costs


def test_a_larger_marketplace_costs_more_and_each_booking_less() -> None:
    sums = [sum(costs.costs(size).values()) for size in costs.SIZES]
    assert sums == sorted(sums)
    each = [total / size for total, size in zip(sums, costs.SIZES, strict=True)]
    assert each == sorted(each, reverse=True)


def test_every_version_that_is_kept_costs_its_snapshot() -> None:
    two, five = (costs.costs(10_000, kept)["Lambda, snapshots"] for kept in (2, 5))
    assert five - two > 100


def test_the_first_limits_of_a_new_account_are_met_long_before_those_of_a_usual_one() -> None:
    met = {limit.what: [limit.need(size) > limit.most for size in costs.SIZES] for limit in costs.LIMITS}
    assert not any(fails[0] for fails in met.values()), "ten thousand bookings fit into everything's defaults"
    assert met["functions at once, new account"][1]
    assert not met["functions at once, usual account"][1]


def test_every_price_says_when_it_was_looked_up_or_that_it_was_not() -> None:
    for each in costs.PRICES.values():
        assert re.search(r"20\d\d|without a date|not confirmed", each.seen), each.of
        assert each.source.startswith("https://")
    assert costs.cluster(1_000_000).dollars == pytest.approx(1_460)


def test_the_page_is_the_models() -> None:
    assert costs.is_current()
