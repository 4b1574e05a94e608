"""Waves: who is asked when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.domain.matching.settings import MatchingSettings, load_matching_settings
from common.domain.matching.waves import asks_siblings, gap, is_last, plan_wave, wave_size

from tests.factories.matching import DEFAULTS, NOW, make_candidate, make_request, make_window

HOUR = timedelta(hours=1)
MANY = [make_candidate(number) for number in range(1, 41)]


def test_each_wave_asks_a_few_more_of_the_best() -> None:
    sizes = [len(plan_wave(make_request(wave=done), MANY, NOW, DEFAULTS).chosen) for done in range(6)]

    assert sizes == [3, 5, 8, 16, 16, 16]
    chosen = plan_wave(make_request(), MANY, NOW, DEFAULTS).chosen
    assert [candidate.provider_id for candidate, _ in chosen] == ["prv_1", "prv_2", "prv_3"]
    assert all(score.points > 0 for _, score in chosen)


@pytest.mark.parametrize(
    ("start_in", "step"),
    [(6 * HOUR, HOUR / 4), (6 * HOUR + timedelta(seconds=1), HOUR), (timedelta(), HOUR / 4)],
)
def test_waves_follow_faster_where_the_window_starts_soon(start_in: timedelta, step: timedelta) -> None:
    request = make_request(window=make_window(start_in))

    wave = plan_wave(request, MANY, NOW, DEFAULTS)

    assert gap(request, NOW, DEFAULTS) == step
    assert wave.next_at == NOW + step
    assert wave.offers_end_at == NOW + 2 * step


def test_the_last_wave_is_followed_by_none_and_looks_at_siblings() -> None:
    wave = plan_wave(make_request(wave=3), MANY, NOW, DEFAULTS)

    assert wave.next_at is None
    assert [is_last(number, DEFAULTS) for number in (3, 4, 5)] == [False, True, True]
    assert [asks_siblings(number, DEFAULTS) for number in (3, 4, 5)] == [False, True, True]
    assert plan_wave(make_request(), MANY, NOW, DEFAULTS, number=4).next_at is None
    assert wave_size(9, MatchingSettings(wave_sizes=(2, 7))) == 7


def test_nothing_is_due_after_the_window() -> None:
    request = make_request(window=make_window(timedelta(), HOUR), duration_minutes=50)

    wave = plan_wave(request, MANY, NOW, DEFAULTS)

    assert wave.next_at == wave.offers_end_at == request.expires_at == NOW + timedelta(minutes=10)


def test_who_rests_is_passed_over_unless_it_is_urgent() -> None:
    resting = [make_candidate(number, rests_until=NOW + number * HOUR) for number in (1, 2)]
    over = make_candidate(3, rests_until=NOW)

    calm = plan_wave(make_request(), [*resting, over], NOW, DEFAULTS)
    urgent = plan_wave(make_request(window=make_window(HOUR)), [*resting, over], NOW, DEFAULTS)
    waiting = plan_wave(make_request(), resting, NOW, DEFAULTS)
    nobody = plan_wave(make_request(), [], NOW, DEFAULTS)

    assert [candidate.provider_id for candidate, _ in calm.chosen] == ["prv_3"]
    assert len(urgent.chosen) == 3
    assert (waiting.chosen, waiting.waits_until) == ((), NOW + HOUR)
    assert (nobody.chosen, nobody.waits_until, nobody.next_at) == ((), None, None)


def test_nobody_rests_past_the_moment_from_which_it_is_urgent() -> None:
    resting = make_candidate(1, rests_until=NOW + 18 * HOUR)
    wave = plan_wave(make_request(window=make_window(7 * HOUR)), [resting], NOW, DEFAULTS)

    assert (wave.chosen, wave.waits_until) == ((), NOW + HOUR)


@pytest.mark.parametrize(("awake", "next_in"), [(1, 3), (15, 3), (16, None)])
def test_a_last_wave_with_room_is_followed_by_those_who_rested(awake: int, next_in: int | None) -> None:
    resting = make_candidate(99, rests_until=NOW + 3 * HOUR)
    request = make_request().model_copy(update={"wave": 3})
    wave = plan_wave(request, [resting, *MANY[:awake]], NOW, DEFAULTS)

    assert len(wave.chosen) == awake
    assert wave.next_at == (None if next_in is None else NOW + next_in * HOUR)


def test_the_provider_of_the_service_that_was_asked_for_is_waited_for() -> None:
    asked_for = make_candidate(1, rests_until=NOW + HOUR)
    wave = plan_wave(make_request(service_id="svc_1"), [asked_for, *MANY[1:]], NOW, DEFAULTS)

    assert (wave.chosen, wave.waits_until) == ((), NOW + HOUR)


def test_a_service_that_was_asked_for_is_asked_alone_at_first() -> None:
    request = make_request(service_id="svc_1")

    first = plan_wave(request, MANY, NOW, DEFAULTS)
    second = plan_wave(request.model_copy(update={"wave": 1}), MANY[1:], NOW, DEFAULTS)
    without = plan_wave(request, MANY[1:], NOW, DEFAULTS)

    assert [candidate.service_id for candidate, _ in first.chosen] == ["svc_1"]
    assert len(second.chosen) == 5
    assert len(without.chosen) == 3


def test_settings_come_from_one_variable_and_say_what_is_wrong() -> None:
    given = {"MATCHING_SETTINGS": '{"wave_sizes": [1, 2], "gap": "PT30M", "weights": {"distance": 10}}'}

    settings = load_matching_settings(given)

    assert load_matching_settings({}) == MatchingSettings()
    assert (settings.wave_sizes, settings.gap, settings.weights.distance) == ((1, 2), HOUR / 2, 10)
    with pytest.raises(ValueError, match=r"MATCHING_SETTINGS cannot be used: .*weights\.distance"):
        load_matching_settings({"MATCHING_SETTINGS": '{"weights": {"distance": -1}}'})
