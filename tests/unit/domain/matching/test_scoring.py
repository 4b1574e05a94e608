"""Scores: whole points that add up, from whole numbers alone, with a reason for each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.matching.answering import REPLY_CLASSES, Answering, OfferCounts, answering, reply_class
from common.domain.matching.candidates import Candidate
from common.domain.matching.offers import PartName
from common.domain.matching.scoring import points, rank, score, tie_break
from common.domain.matching.settings import MatchingSettings, Weights
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.matching import DEFAULTS, NOW, make_candidate, make_request, nzd

if TYPE_CHECKING:
    from common.domain.matching.offers import ScorePart

COUNTS = st.integers(0, 10_000)


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    """Somebody with any figures that can be counted."""
    decided, replied, rated = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    return make_candidate(
        draw(st.integers(1, 5)),
        price=draw(st.none() | st.integers(0, 20_000).map(nzd)),
        distance_m=draw(st.none() | st.integers(0, 60_000)),
        rating_count=rated,
        rating_total=draw(st.integers(rated, 5 * rated)),
        answering=Answering(
            decided=decided,
            agreed=draw(st.integers(0, decided)),
            replied=replied,
            median_reply_seconds=draw(st.integers(0, 200_000)) if replied else 0,
        ),
        recent_offers=draw(COUNTS),
        day_open_minutes=draw(st.integers(0, 1_440)),
        day_taken_minutes=draw(st.integers(0, 2_000)),
        has_booked_before=draw(st.booleans()),
        jobs_done=draw(COUNTS),
    )


WEIGHTS = st.builds(Weights, **{name: st.integers(0, 1_000) for name in Weights.model_fields})
BUDGETS = st.none() | st.integers(1, 20_000).map(nzd)


@given(candidates(), WEIGHTS, BUDGETS)
def test_parts_add_up_and_stay_within_their_weights(candidate: Candidate, weights: Weights, budget: object) -> None:
    settings, request = MatchingSettings(weights=weights), make_request(budget=budget)

    found = score(candidate, request, settings)

    assert found.points == sum(part.points for part in found.parts) == points(candidate, request, settings)
    assert [part.name for part in found.parts] == list(PartName)
    for part in found.parts:
        assert 0 <= part.points <= part.max == getattr(weights, part.name.value)
        assert part.reason
    assert found == score(candidate, request, settings)
    assert found.weights_version == weights.version


@given(st.lists(candidates(), max_size=8, unique_by=lambda each: each.provider_id), BUDGETS)
def test_what_ranks_is_what_is_shown_whatever_the_order(found: list[Candidate], budget: object) -> None:
    request = make_request(budget=budget)

    ranked = rank(found, request, DEFAULTS)

    assert ranked == rank(reversed(found), request, DEFAULTS)
    found_points = [score(each, request, DEFAULTS).points for each in ranked]
    assert found_points == sorted(found_points, reverse=True)


def test_ties_favour_nobody_over_several_requests() -> None:
    pair = [make_candidate(1), make_candidate(2)]

    first = [rank(pair, make_request(id=f"job_{number}"), DEFAULTS)[0].provider_id for number in range(40)]

    assert {first.count("prv_1"), first.count("prv_2")} <= set(range(10, 31))
    assert tie_break("job_1", "prv_1") == tie_break("job_1", "prv_1") != tie_break("job_1", "prv_2")


def test_the_service_asked_for_is_first_and_siblings_are_last() -> None:
    named = make_candidate(1, distance_m=24_000)
    near, sibling = make_candidate(2), make_candidate(3, is_sibling=True, distance_m=0, has_booked_before=True)

    ranked = rank([sibling, near, named], make_request(service_id="svc_1"), DEFAULTS)

    assert [each.service_id for each in ranked] == ["svc_1", "svc_2", "svc_3"]


def parts_of(candidate: Candidate, **fields: Any) -> dict[str, ScorePart]:
    """The parts of a score by name."""
    return {part.name.value: part for part in score(candidate, make_request(**fields), DEFAULTS).parts}


@pytest.mark.parametrize(
    ("name", "changed", "points", "reason"),
    [
        ("distance", {"distance_m": 0}, 250, "about 1 km away"),
        ("distance", {"distance_m": 12_500}, 125, "about 13 km away"),
        ("distance", {"distance_m": 30_000}, 0, "about 30 km away"),
        ("distance", {"distance_m": None}, 250, "distance does not matter"),
        ("rating", {}, 100, "no ratings yet"),
        ("rating", {"rating_count": 1, "rating_total": 1}, 73, "1.0 of 5 stars from 1 rating"),
        ("rating", {"rating_count": 90, "rating_total": 423}, 163, "4.7 of 5 stars from 90 ratings"),
        ("answering", {}, 83, "no offers answered yet"),
        (
            "answering",
            {"answering": Answering(decided=20, agreed=16, replied=18, median_reply_seconds=600)},
            139,
            "agrees to 80% of offers, usually answers within 10 min",
        ),
        ("answering", {"answering": Answering(decided=8)}, 50, "agrees to 0% of offers"),
        ("fairness", {}, 150, "0 offers in the last 7 days"),
        ("fairness", {"recent_offers": 3}, 75, "3 offers in the last 7 days"),
        ("room", {"day_taken_minutes": 120}, 75, "75% of the day is free"),
        ("room", {"day_taken_minutes": 600}, 0, "0% of the day is free"),
        ("room", {"day_open_minutes": 0}, 0, "no working hours that day"),
        ("price", {"price": None}, 50, "names a price when asked"),
        ("price", {"price": nzd(10_000)}, 0, "NZD 100.00 of a budget of NZD 100.00"),
        ("price", {"price": nzd(8_000)}, 50, "NZD 80.00 of a budget of NZD 100.00"),
        ("price", {"price": nzd(2_000)}, 100, "NZD 20.00 of a budget of NZD 100.00"),
        ("repeat", {"has_booked_before": True}, 50, "you have worked together before"),
        ("newcomer", {"jobs_done": 1}, 30, "new here: 1 job done"),
        ("newcomer", {"jobs_done": 5}, 0, "5 jobs done or more"),
    ],
)
def test_each_part_says_why(name: str, changed: dict[str, Any], points: int, reason: str) -> None:
    part = parts_of(make_candidate(**changed), budget=nzd(10_000))[name]

    assert (part.points, part.reason) == (points, reason)


def test_without_a_budget_a_price_has_half_of_its_points() -> None:
    part = parts_of(make_candidate())["price"]

    assert (part.points, part.reason) == (50, "NZD 90.00; no budget was given")


def test_the_version_names_the_weights_and_nothing_else() -> None:
    assert Weights().version == MatchingSettings(open_offers_limit=9).weights.version
    assert Weights().version != Weights(distance=251).version


def test_periods_of_answers_add_up_to_one_figure() -> None:
    first = OfferCounts(accepted=2, declined=1, replies={reply_class(30): 3})
    second = OfferCounts(accepted=1, expired=4, replies={reply_class(5_000): 1})

    assert answering([first, second]) == Answering(decided=8, agreed=3, replied=4, median_reply_seconds=60)
    assert answering([]) == Answering()


@given(st.lists(st.integers(0, 3 * 86_400), min_size=1, max_size=9))
def test_the_median_lies_in_the_class_of_the_middle_answer(seconds: list[int]) -> None:
    replies: dict[str, int] = {}
    for each in seconds:
        replies[reply_class(each)] = replies.get(reply_class(each), 0) + 1
    middle = sorted(seconds)[(len(seconds) - 1) // 2]

    found = answering([OfferCounts(replies=replies)])

    assert reply_class(found.median_reply_seconds) == reply_class(middle)
    assert found.median_reply_seconds >= min(middle, 60 * REPLY_CLASSES[-1])
    assert NOW - timedelta(seconds=found.median_reply_seconds) < NOW
