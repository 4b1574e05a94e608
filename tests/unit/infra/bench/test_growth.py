"""What decides in the benchmark of growth: how lives are copied and spread, and what is held to the targets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import bson
from common.domain.shared.ids import new_id

from infra.bench.growth.lives import Era, Life
from infra.bench.growth.loading import Schedule
from infra.bench.growth.measuring import Cost, Grown
from infra.bench.growth.page import plot
from infra.bench.growth.part import figures
from infra.bench.growth.patterns import Parties, Pattern
from infra.bench.growth.people import LEAVERS, READER, Population, parties
from infra.bench.growth.subjects import CHEAP, subjects
from infra.bench.statistics import summarise
from infra.bench.targets import Target

NOW = datetime(2030, 3, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _life() -> tuple[Life, Parties]:
    booked, start = NOW - 5 * HOUR, NOW + 48 * HOUR
    customer, profile, owner, service = (new_id(prefix, NOW) for prefix in ("usr", "prv", "usr", "svc"))
    who = Parties(customer, profile, owner, service, -36.8, 174.7)
    booking_id, event_id = new_id("bkg", booked), new_id("evt", booked)
    booking = {
        "_id": booking_id, "customer_id": who.customer_id, "provider_id": who.provider_id, "status": "accepted",
        "service": {"category": "other"}, "slot": {"start_at": start}, "created_at": booked,
        "place": {"lat": -36.8485, "lng": 174.7633}, "payment_intent_id": "pi_abcdefabcdef0123456789",
    }  # fmt: skip
    claim = {"_id": new_id("clm", booked), "booking_id": booking_id, "start_at": start, "cells": [1000, 1001]}
    event = {"_id": event_id, "booking_id": booking_id, "published_at": booked}
    done = {"_id": f"worker:{event_id}", "done_at": booked}
    documents: dict[str, list[dict[str, Any]]] = {
        "bookings": [booking], "slot_claims": [claim], "outbox": [event], "processed_events": [done],
    }  # fmt: skip
    return Life("accepted", 1, Era.COMING, booking_id, documents), who


def _copied(back: int, forth: int) -> dict[str, dict[str, Any]]:
    life, who = _life()
    pattern = Pattern(life, "lawn-mowing", who, {"outbox": ("published_at", timedelta(days=7))}, NOW)
    options: bson.CodecOptions[dict[str, Any]] = bson.CodecOptions(tz_aware=True)
    copied = pattern.copy(parties(3, READER), back, forth, Random(1))  # noqa: S311 - made-up data
    return {name: bson.decode(row, options) for name, row in copied}


def test_a_copy_is_the_same_life_of_others_at_another_time() -> None:
    life, _ = _life()
    made = _copied(back=24, forth=3)
    booking, claim, event = made["bookings"], made["slot_claims"], made["outbox"]
    who = parties(3, READER)
    assert booking["_id"] != life.booking_id
    assert {claim["booking_id"], event["booking_id"]} == {booking["_id"]}
    assert made["processed_events"]["_id"] == f"worker:{event['_id']}"
    assert (booking["customer_id"], booking["provider_id"]) == (who.customer_id, who.provider_id)
    assert (booking["place"]["lat"], booking["place"]["lng"]) == (who.lat, who.lng)
    assert booking["service"]["category"] == "lawn-mowing"
    assert booking["payment_intent_id"].startswith("pi_")
    assert booking["payment_intent_id"] != life.documents["bookings"][0]["payment_intent_id"]
    assert booking["created_at"] == NOW - 29 * HOUR
    assert booking["slot"]["start_at"] == claim["start_at"] == NOW + 51 * HOUR
    assert claim["cells"] == [1036, 1037]


def test_ids_of_copies_sort_by_the_time_they_were_made() -> None:
    assert _copied(back=48, forth=0)["bookings"]["_id"] < _copied(back=24, forth=0)["bookings"]["_id"]


def test_what_its_collection_has_forgotten_is_not_copied() -> None:
    assert "outbox" in _copied(back=6 * 24, forth=0)
    assert "outbox" not in _copied(back=8 * 24, forth=0)


def test_each_thousand_bookings_lead_as_many_lives_as_weights_say() -> None:
    schedule = Schedule([900, 60, 40], [Era.PAST, Era.COMING, Era.COMING])
    found = [schedule.at(number) for number in range(2 * Schedule.LENGTH)]
    assert [sum(life == each for life, _ in found) for each in range(3)] == [1800, 120, 80]
    assert sorted(nth for life, nth in found if life) == list(range(200))


def test_the_busy_customers_have_a_tenth_each_and_those_who_leave_have_nothing_open() -> None:
    people = Population(ordinary=1_000, busy=200)
    random = Random(1)  # noqa: S311 - made-up data
    closed = [people.customer_of(0, number, is_closed=True, random=random) for number in range(200)]
    assert all(closed.count(each) == 20 for each in (READER, *LEAVERS))
    assert not {people.customer_of(0, n, is_closed=False, random=random) for n in range(200)} & set(LEAVERS)
    ordinary = {people.customer_of(1, number, is_closed=True, random=random) for number in range(200)}
    assert ordinary <= set(people.customer_numbers())
    assert people.busy + sum(map(people.bookings_of, range(1, people.providers))) == 1_200


def _grown(name: str, small: float, large: float, *, refusal: str = "") -> Grown:
    costs = {size: Cost(summarise([value] * 99 + [3 * value]), None) for size, value in ((10, small), (1_000, large))}
    return Grown(name, costs, refusal)


def test_growth_is_the_largest_to_the_smallest_and_the_tail_is_the_largest_s() -> None:
    found = figures([_grown("create", 10.0, 12.0)])
    assert [(each.target, round(each.value, 2), each.is_met) for each in found] == [
        (Target.GROWTH, 1.2, True),
        (Target.GROWTH_TAIL, 3.0, True),
    ]


def test_what_is_refused_is_not_measured() -> None:
    assert not figures([_grown("create", 10.0, 10.0, refusal="too long")])


def test_the_targets_cover_what_is_measured() -> None:
    measured = {each.name: each.runs for each in subjects()}
    assert set(Target.GROWTH.limit.covers) == set(measured)
    assert set(Target.GROWTH_TAIL.limit.covers) == {name for name, runs in measured.items() if runs == CHEAP}


def test_every_subject_is_drawn_and_the_plot_stays_small(tmp_path: Path) -> None:
    plot([_grown(each.name, 10.0, 12.0) for each in subjects()], tmp_path / "growth.svg")
    text = (tmp_path / "growth.svg").read_text()
    assert len(text) < 120_000
    assert all(f">{each.name}</text>" in text for each in subjects())
