"""Who may be asked, and why others may not."""

from __future__ import annotations

from typing import Any

import pytest
from common.domain.bookings.booking import Place
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.matching.blur import blurred_place, exact_distance_m, shown_distance_m
from common.domain.matching.candidates import EXCLUSION_WORDS, Exclusion, exclusion, exclusions_text, sift
from common.domain.matching.job_requests import Mode
from common.domain.matching.offers import CounterOffer, accept_binds, booking_id_of, pays_at_once
from common.domain.shared.geo import Point, distance_m
from common.domain.shared.money import Money
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.matching import (
    DEFAULTS,
    HOME,
    NOW,
    make_candidate,
    make_open_offer,
    make_quote,
    make_request,
    nzd,
)

AUD = Money(amount=1, currency="aud")


@pytest.mark.parametrize(
    ("reason", "changed", "asked"),
    [
        (None, {}, {}),
        (Exclusion.OWN_ACCOUNT, {"provider_user_id": "usr_customer"}, {}),
        (Exclusion.ALREADY_ASKED, {}, {"asked_provider_ids": ["prv_1"]}),
        (Exclusion.DECLINED, {}, {"declined_provider_ids": ["prv_1"], "asked_provider_ids": ["prv_1"]}),
        (Exclusion.NOT_AVAILABLE, {"is_listed": False}, {}),
        (Exclusion.NOT_BILLABLE, {"is_billable": False}, {}),
        (Exclusion.NOT_DONE_THERE, {}, {"place_kind": PlaceKind.ONLINE}),
        (Exclusion.TOO_FAR, {"exact_distance_m": 26_000, "reach_m": 90_000}, {}),
        (Exclusion.TOO_FAR, {"exact_distance_m": 9_000, "reach_m": 8_000}, {}),
        (None, {"place_kinds": (PlaceKind.ONLINE,), "reach_m": -1}, {"place_kind": PlaceKind.ONLINE}),
        (Exclusion.OTHER_CURRENCY, {"price": AUD}, {"budget": nzd(10_000)}),
        (Exclusion.ABOVE_BUDGET, {}, {"budget": nzd(8_999)}),
        (None, {}, {"budget": nzd(9_000)}),
        (None, {"price": None}, {"budget": nzd(1)}),
        (None, {"price": AUD}, {}),
        (Exclusion.TOO_MANY_OFFERS, {"open_offers": 5}, {}),
        (None, {"open_offers": 4}, {}),
        (Exclusion.NO_FREE_TIME, {"soonest_start_at": None}, {}),
    ],
)
def test_who_is_left_out_and_why(reason: Exclusion | None, changed: dict[str, Any], asked: dict[str, Any]) -> None:
    assert exclusion(make_candidate(**changed), make_request(**asked), DEFAULTS) is reason


def test_a_provider_is_a_candidate_once_and_counts_once() -> None:
    found = [
        make_candidate(1, service_id="svc_far", exact_distance_m=90_000),
        make_candidate(1, service_id="svc_near"),
        make_candidate(1, service_id="svc_other"),
        make_candidate(2, service_id="svc_a", soonest_start_at=None),
        make_candidate(2, service_id="svc_b", exact_distance_m=90_000),
        make_candidate(3, soonest_start_at=None),
        make_candidate(4, exact_distance_m=90_000),
    ]

    kept, counts = sift(found, make_request(), DEFAULTS)

    assert [each.service_id for each in kept] == ["svc_near"]
    assert counts == {"no_free_time": 2, "too_far": 1}


def test_reasons_read_as_people_say_them() -> None:
    assert exclusions_text({"no_free_time": 4, "too_far": 12}) == "12 too far, 4 booked"
    assert exclusions_text({"above_budget": 1, "too_far": 1}) == "1 too far, 1 above the budget"
    assert exclusions_text({"too_far": 0, "of_a_later_release": 3}) == ""
    assert set(EXCLUSION_WORDS) == set(Exclusion)


@given(st.floats(-75, 75), st.floats(-180, 179.99), st.floats(-75, 75), st.floats(-180, 179.99))
def test_what_a_provider_is_shown_depends_on_the_blurred_point_alone(
    lat: float, lng: float, other_lat: float, other_lng: float
) -> None:
    place, provider = Place(address="1 Queen Street", lat=lat, lng=lng), Point(other_lat, other_lng)

    shown = blurred_place(place)

    assert shown.lat is not None
    assert shown.lng is not None
    assert 200 <= distance_m(Point(lat, lng), Point(shown.lat, shown.lng)) <= 1_500
    assert shown_distance_m(place, provider) == round(distance_m(Point(shown.lat, shown.lng), provider))
    assert blurred_place(place) == shown


def test_a_place_shows_its_suburb_and_no_address_and_is_measured_exactly_for_deciding_alone() -> None:
    provider = Point(HOME.lat or 0, HOME.lng or 0)

    assert blurred_place(HOME).address == "Auckland Central"
    assert not blurred_place(HOME).is_exact
    assert exact_distance_m(HOME, provider) == 0
    assert (shown_distance_m(HOME, provider) or 0) >= 200
    assert shown_distance_m(Place(), provider) is None
    assert exact_distance_m(Place(), provider) is None


@pytest.mark.parametrize(
    ("mode", "price", "budget", "is_countered", "binds"),
    [
        (Mode.FIRST, nzd(9_000), None, False, True),
        (Mode.FIRST, None, nzd(10_000), False, True),
        (Mode.FIRST, None, None, False, False),
        (Mode.COMPARE, nzd(9_000), nzd(10_000), False, False),
        (Mode.COMPARE, None, None, True, True),
    ],
)
def test_a_yes_is_the_deal_only_where_the_customer_has_agreed_to_what_it_costs(
    *, mode: Mode, price: Money | None, budget: Money | None, is_countered: bool, binds: bool
) -> None:
    request = make_request(mode=mode, budget=budget)
    offer = make_open_offer(request, price=price)
    if is_countered:
        offer = offer.model_copy(update={"quote": make_quote(), "counter": CounterOffer(price=nzd(8_000), made_at=NOW)})

    assert accept_binds(offer, request) is binds


@pytest.mark.parametrize(
    ("asked", "offered", "at_once"),
    [
        ({}, {}, False),
        ({"payment_method_id": "pm_1"}, {}, False),
        ({"payment_method_id": "pm_1", "budget": nzd(10_000)}, {}, True),
        ({"payment_method_id": "pm_1", "service_id": "svc_1"}, {}, True),
        ({"payment_method_id": "pm_1", "service_id": "svc_1"}, {"price": None}, False),
        ({"payment_method_id": "pm_1"}, {"price": None, "quote": make_quote()}, True),
    ],
)
def test_a_saved_card_is_charged_at_once_only_where_the_amount_is_agreed(
    *, asked: dict[str, Any], offered: dict[str, Any], at_once: bool
) -> None:
    request = make_request(**asked)

    assert pays_at_once(request, make_open_offer(request, **offered)) is at_once


def test_an_offers_booking_bears_its_number() -> None:
    assert booking_id_of("off_01jd3") == "bkg_01jd3"
