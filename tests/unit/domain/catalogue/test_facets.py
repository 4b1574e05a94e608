"""Counters of listings, and what they tell about a disc beside counting one by one."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache, partial
from itertools import pairwise
from typing import Any

import pytest
from common.domain.catalogue.facet_counts import (
    PRICE_EDGES,
    RATING_EDGES,
    FacetEntry,
    counter_id,
    entry_of,
    increments,
)
from common.domain.catalogue.facet_estimates import Counts, Estimate, by_category, sum_all, sum_near, whole_numbers
from common.domain.catalogue.listings import EVERYWHERE, FROM_ANYWHERE_M, NOWHERE_M, geojson
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_key, price_of
from common.domain.shared.geo import Point, distance_m
from common.domain.shared.money import Money
from common.domain.shared.patches import patches_of
from hypothesis import given, settings
from hypothesis import strategies as st

SLUGS = ("house-cleaning", "lawn-mowing", "plumbing", "tutoring")
_REACHES = (NOWHERE_M, 5_000, 10_000, 15_000, 25_000, 40_000, 60_000, FROM_ANYWHERE_M)
_TOWN = Point(-36.85, 174.76)


def _listing(chance: random.Random, spread: float) -> dict[str, Any]:
    """One of a town that is the denser the nearer to its middle."""
    point = Point(_TOWN.lat + chance.gauss(0, spread), _TOWN.lng + chance.gauss(0, spread))
    slug = SLUGS[min(3, int(chance.expovariate(1)))]
    reach = chance.choice(_REACHES)
    price = Money(amount=chance.randrange(1_000, 80_000), currency="nzd" if chance.random() < 0.9 else "aud")
    return {
        "categories": ["all", "home", slug],
        "category": slug,
        "location": geojson(point),
        "reach_m": reach,
        "place_kinds": ["online"] if reach == NOWHERE_M else ["customer"] if reach < FROM_ANYWHERE_M else ["provider"],
        "price": price_key(price if chance.random() < 0.9 else None),
        "mean": chance.choice((0.0, 2.5, 3.5, 4.2, 4.5, 4.9)),
    }


@cache
def _town(seed: int, number: int, spread: float) -> list[dict[str, Any]]:
    chance = random.Random(seed)  # noqa: S311 - a repeatable town
    return [_listing(chance, spread) for _ in range(number)]


@cache
def _counted_town(seed: int, number: int, spread: float) -> dict[str, dict[str, dict[str, int]]]:
    return _counted(_town(seed, number, spread))


def _counted(listings: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, int]]]:
    entries = Counter(entry_of("services", each) for each in listings)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for id_, fields in increments(entries).items():
        for path, number in fields.items():
            part, _, name = path.partition(".")
            found.setdefault(id_, {}).setdefault(part, {})[name] = number
    return found


def _estimate(counters: dict[str, Any], point: Point, radius: float, slug: str = "all") -> Estimate:
    patches = patches_of(point, radius)
    found: dict[str, Counts] = {
        patch.name: counters[id_] for patch in patches if (id_ := counter_id("services", slug, patch.name)) in counters
    }
    return whole_numbers(sum_near(point, patches, found, radius, 0))


def _near(listings: list[dict[str, Any]], point: Point, radius: float) -> list[dict[str, Any]]:
    found = []
    for each in listings:
        lng, lat = each["location"]["coordinates"]
        if distance_m(point, Point(lat, lng)) <= min(radius, each["reach_m"]):
            found.append(each)
    return found


def _assert_sound(found: Estimate) -> None:
    assert sum(found.categories.values()) == found.number
    assert all(number > 0 for number in found.categories.values())
    assert sum(found.prices) <= found.number
    assert list(found.ratings) == sorted(found.ratings)
    assert all(0 <= each <= found.number for each in (*found.prices, *found.ratings, *found.place_kinds.values()))


_SEED_POINTS = st.builds(Point, st.floats(-37.2, -36.5), st.floats(174.4, 175.2))


@settings(max_examples=25)
@given(st.integers(0, 3), _SEED_POINTS, st.sampled_from((0.05, 0.15)), st.sampled_from((15e3, 25e3, 50e3, 150e3)))
def test_an_estimate_is_about_what_counting_finds(seed: int, point: Point, spread: float, radius: float) -> None:
    listings = _town(seed, 2_000, spread)
    found = _estimate(_counted_town(seed, 2_000, spread), point, radius)
    exact = _near(listings, point, radius)
    _assert_sound(found)
    about = partial(pytest.approx, rel=0.15, abs=40)
    assert found.number == about(len(exact))
    counted = Counter(each["category"] for each in exact)
    assert [found.categories.get(slug, 0) for slug in SLUGS] == about([counted[slug] for slug in SLUGS])
    assert list(found.ratings) == about([sum(each["mean"] >= edge for each in exact) for edge in RATING_EDGES])
    prices = [price for each in exact if (price := price_of(each["price"])) and price.currency == found.currency]
    assert sum(found.prices) == about(len(prices))
    assert found.place_kinds[PlaceKind.ONLINE] == 0


def test_what_is_done_online_alone_counts_where_no_point_is_given() -> None:
    listings = _town(1, 300, 0.05)
    total = sum_all([_counted(listings)[counter_id("services", "plumbing", EVERYWHERE)]])
    own = [each for each in listings if each["category"] == "plumbing"]
    found = whole_numbers(total)
    assert found.number == len(own) == by_category(total)["plumbing"]
    assert found.place_kinds[PlaceKind.ONLINE] == sum(each["place_kinds"] == ["online"] for each in own)
    assert found.currency == "nzd"
    amounts = [price.amount for each in own if (price := price_of(each["price"])) and price.currency == "nzd"]
    edges = [*PRICE_EDGES, 10**9]
    assert list(found.prices) == [sum(low <= amount < high for amount in amounts) for low, high in pairwise(edges)]
    assert list(found.ratings) == [sum(each["mean"] >= edge for each in own) for edge in RATING_EDGES]


@given(st.dictionaries(st.sampled_from(("n", "c:a", "c:b", "p:nzd0", "p:nzd4", "r:0", "r:2", "k:customer")),
                       st.floats(-50, 900)))  # fmt: skip
def test_figures_go_together_whatever_the_counters_hold(total: dict[str, float]) -> None:
    _assert_sound(whole_numbers(total))


def test_what_comes_and_goes_leaves_nothing() -> None:
    entries: Counter[FacetEntry] = Counter()
    for each in _town(2, 50, 0.05):
        entries[entry_of("services", each)] += 1
        entries[entry_of("services", each)] -= 1
    assert not any(number for fields in increments(entries).values() for number in fields.values())


def test_a_listing_of_an_earlier_release_is_for_visits() -> None:
    old = {name: value for name, value in _town(4, 1, 0.05)[0].items() if name != "place_kinds"}
    assert entry_of("services", old).places == (PlaceKind.CUSTOMER,)
