"""Plays a city in one way, event by event, by the product's own rules for candidates, scores, waves and states."""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from common.domain.bookings.booking import Place
from common.domain.bookings.state_machine import SYSTEM
from common.domain.matching.answering import OfferCounts, answering, reply_class
from common.domain.matching.blur import exact_distance_m, shown_distance_m
from common.domain.matching.candidates import Candidate, sift
from common.domain.matching.job_requests import JobRequestStatus, Window
from common.domain.matching.scoring import rank, tie_break
from common.domain.matching.state_machine import (
    Matched,
    NewRequest,
    Nobody,
    Waiting,
    WaveSent,
    create_request,
    due_request_action,
    perform_on_request,
)
from common.domain.matching.waves import plan_wave
from common.domain.shared.actors import Actor, ActorKind
from common.domain.shared.money import Money

from infra.bench.matching.city import answer_of, awake_at, stars_of
from infra.bench.matching.outcome import Ending, Outcome
from infra.bench.matching.ways import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from common.domain.matching.job_requests import JobRequest
    from common.domain.shared.state_machine import ActionInput

    from infra.bench.matching.city import City, Job, Worker
    from infra.bench.matching.ways import Way

_CURRENCY = "nzd"
_WINDOW = timedelta(days=2)
_MINUTES = 120
_DAY_MINUTES = 480
#: How much of their will somebody loses at the end of their radius, on a full day, and by each offer of the week.
_FAR, _FULL, _TIRED = 0.5, 0.4, 0.03
#: What somebody who is tired of offers still answers to.
_LEAST_WILL = 0.55


@dataclass
class _Record:
    """What is known of a worker while the city lives."""

    counts: OfferCounts
    ratings: int
    stars: int
    jobs: int
    offered: deque[datetime] = field(default_factory=deque)
    open_offers: int = 0
    days: Counter[str] = field(default_factory=Counter)
    customers: set[str] = field(default_factory=set)
    won: int = 0


@dataclass
class _Live:
    """A job under way: its request, and who is asked and has not answered."""

    job: Job
    request: JobRequest
    near: list[tuple[Worker, int, int]]
    open_until: dict[str, datetime] = field(default_factory=dict)
    offers: int = 0


class Simulation:
    """One city in one way.

    Args:
        city: The city.
        way: The way.
    """

    def __init__(self, city: City, way: Way) -> None:
        self._city = city
        self._way = way
        self._settings = way.settings
        self._records = {each.id: _begin(each) for each in city.workers}
        self._events: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = itertools.count()
        self._outcome = Outcome()

    def run(self) -> Outcome:
        """Live through it.

        Returns:
            What became of every job.
        """
        for job in self._city.jobs:
            self._at(job.at, lambda now, job=job: self._ask(job, now))  # type: ignore[misc]
        while self._events:
            now, _, happens = heapq.heappop(self._events)
            happens(now)
        self._outcome.won = [record.won for record in self._records.values()]
        newcomers = {each.id for each in self._city.workers if not each.jobs}
        self._outcome.newcomers_share = len(newcomers) / len(self._city.workers)
        self._outcome.won_by_newcomers = sum(self._records[each].won for each in newcomers)
        return self._outcome

    def _at(self, instant: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._events, (instant, next(self._numbers), happens))

    def _ask(self, job: Job, now: datetime) -> None:
        place = Place(lat=job.point.lat, lng=job.point.lng, is_located=True)
        budget = None if job.budget is None else Money(amount=job.budget, currency=_CURRENCY)
        new = NewRequest(
            customer_id=job.customer_id,
            category="lawn-mowing",
            title="A job",
            place=place,
            window=Window(start_at=job.starts_at, end_at=job.starts_at + _WINDOW, timezone="Pacific/Auckland"),
            radius_km=self._settings.radius_km,
            duration_minutes=_MINUTES,
            budget=budget,
        )
        request = create_request(new, now, self._settings).request
        request = request.model_copy(update={"id": f"job_{self._city.seed}_{job.number}"})
        near = []
        for worker in self._city.workers:
            exact, shown = exact_distance_m(place, worker.point), shown_distance_m(place, worker.point)
            if exact is not None and shown is not None and exact <= worker.reach_m:
                near.append((worker, exact, shown))
        live = _Live(job, request, near)
        self._at(now, lambda at: self._advance(live, at))
        self._at(job.gives_up_at, lambda at: self._give_up(live, at))

    def _advance(self, live: _Live, now: datetime) -> None:
        """Do what is due by the request's table."""
        action = due_request_action(live.request, now, self._settings)
        if action == "send_wave":
            self._send_wave(live, now)
        elif action is not None:
            self._perform(live, action, None, now)
            self._end(live, Ending.NOBODY)
        if live.request.next_due_at is not None and live.request.status is not JobRequestStatus.MATCHED:
            self._at(max(now, live.request.next_due_at), lambda at: self._again(live, at))

    def _again(self, live: _Live, now: datetime) -> None:
        due = live.request.next_due_at
        if due is not None and due <= now and live.request.status in {JobRequestStatus.OPEN, JobRequestStatus.OFFERING}:
            self._advance(live, now)

    def _send_wave(self, live: _Live, now: datetime) -> None:
        request, settings = live.request, self._settings
        found = [self._candidate(live, worker, exact, shown, now) for worker, exact, shown in live.near]
        kept, exclusions = sift(found, request, settings)
        wave = plan_wave(request, self._ordered(kept, request), now, settings)
        number = request.wave + 1
        if wave.waits_until is not None:
            self._perform(live, "wait", Waiting(until=wave.waits_until), now)
            return
        if not wave.chosen:
            nobody = Nobody(number=number, exclusions=exclusions, candidate_count=len(found))
            self._perform(live, "find_nobody", nobody, now)
            if live.request.status is JobRequestStatus.EXHAUSTED:
                self._end(live, Ending.NOBODY)
            return
        asked = [candidate.provider_id for candidate, _ in wave.chosen]
        sent = WaveSent(
            number=number,
            provider_ids=asked,
            offers_end_at=wave.offers_end_at,
            next_at=wave.next_at,
            exclusions=exclusions,
            candidate_count=len(found),
        )
        self._perform(live, "send_wave", sent, now)
        by_id = {worker.id: (worker, exact) for worker, exact, _ in live.near}
        for provider_id in asked:
            worker, exact = by_id[provider_id]
            self._offer(live, worker, exact, wave.offers_end_at, now)

    def _ordered(self, kept: Sequence[Candidate], request: JobRequest) -> list[Candidate]:
        if self._way.order is Order.SCORE:
            return rank(kept, request, self._settings)
        if self._way.order is Order.DISTANCE:
            return sorted(kept, key=lambda each: each.exact_distance_m or 0)
        return sorted(kept, key=lambda each: tie_break(request.id, each.provider_id))

    def _candidate(self, live: _Live, worker: Worker, exact: int, shown: int, now: datetime) -> Candidate:
        record = self._records[worker.id]
        while record.offered and record.offered[0] < now - self._settings.fairness_window:
            record.offered.popleft()
        day = _day(live.job)
        is_free = record.days[day] < worker.jobs_a_day
        return Candidate(
            provider_id=worker.id,
            provider_user_id=f"usr_{worker.id}",
            service_id=f"svc_{worker.id}",
            minutes=_MINUTES,
            price=Money.model_construct(amount=worker.price, currency=_CURRENCY),
            distance_m=shown,
            exact_distance_m=exact,
            reach_m=worker.reach_m,
            rating_count=record.ratings,
            rating_total=record.stars,
            answering=answering([record.counts]),
            recent_offers=len(record.offered),
            open_offers=record.open_offers,
            day_open_minutes=_DAY_MINUTES,
            day_taken_minutes=_DAY_MINUTES * record.days[day] // worker.jobs_a_day,
            soonest_start_at=live.job.starts_at if is_free else None,
            has_booked_before=live.job.customer_id in record.customers,
            jobs_done=min(record.jobs, self._settings.newcomer_jobs),
            rests_until=None if awake_at(now) == now else awake_at(now),
        )

    def _offer(self, live: _Live, worker: Worker, exact: int, ends_at: datetime, now: datetime) -> None:
        record = self._records[worker.id]
        live.offers += 1
        load = record.days[_day(live.job)] / worker.jobs_a_day
        tired = _LEAST_WILL + (1 - _LEAST_WILL) / (1 + _TIRED * len(record.offered))
        will = (1 - _FAR * exact / worker.reach_m) * (1 - _FULL * load) * tired
        answers, agrees, after = answer_of(self._city, live.job, worker, will)
        record.offered.append(now)
        record.open_offers += 1
        live.open_until[worker.id] = ends_at
        answered_at = awake_at(now + after)
        if answers and answered_at < ends_at:
            self._at(answered_at, lambda at: self._answer(live, worker, agrees=agrees, asked_at=now, now=at))
        else:
            self._at(ends_at, lambda _: self._close(live, worker, "expired"))

    def _answer(self, live: _Live, worker: Worker, *, agrees: bool, asked_at: datetime, now: datetime) -> None:
        record = self._records[worker.id]
        if worker.id not in live.open_until:
            return
        name = reply_class(round((now - asked_at).total_seconds()))
        record.counts.replies[name] = record.counts.replies.get(name, 0) + 1
        day = _day(live.job)
        if not agrees or record.days[day] >= worker.jobs_a_day:
            self._close(live, worker, "declined")
            if not live.open_until and live.request.status is JobRequestStatus.OFFERING:
                self._perform(live, "hurry", None, now)
                self._advance(live, now)
            return
        self._close(live, worker, "accepted")
        given = Matched(offer_id=f"off_{live.job.number}", booking_id=f"bkg_{live.job.number}", until=now)
        self._perform(live, "match", given, now)
        record.days[day] += 1
        record.customers.add(live.job.customer_id)
        record.won += 1
        self._outcome.waits.append((now - live.job.at).total_seconds() / 60)
        self._outcome.qualities.append(worker.quality)
        self._end(live, Ending.FILLED)
        self._at(live.job.starts_at + _WINDOW, lambda _: self._done(live.job, worker))

    def _done(self, job: Job, worker: Worker) -> None:
        record = self._records[worker.id]
        record.jobs += 1
        record.ratings += 1
        record.stars += stars_of(self._city, job, worker)

    def _close(self, live: _Live, worker: Worker, how: str) -> None:
        """An offer ends by an answer or by its time; one that was withdrawn before has ended already."""
        if live.open_until.pop(worker.id, None) is None:
            return
        record = self._records[worker.id]
        record.open_offers -= 1
        record.counts = record.counts.model_copy(update={how: getattr(record.counts, how) + 1})

    def _give_up(self, live: _Live, now: datetime) -> None:
        if live.request.status in {JobRequestStatus.OPEN, JobRequestStatus.OFFERING}:
            customer = Actor(kind=ActorKind.CUSTOMER, id=live.job.customer_id)
            live.request = perform_on_request(live.request, "cancel", customer, None, now, self._settings).request
            self._end(live, Ending.GAVE_UP)

    def _end(self, live: _Live, ending: Ending) -> None:
        """Count the job, and withdraw what is still open."""
        self._outcome.endings[ending] += 1
        self._outcome.offers += live.offers
        self._outcome.withdrawn += len(live.open_until)
        for worker_id in live.open_until:
            self._records[worker_id].open_offers -= 1
        live.open_until.clear()

    def _perform(self, live: _Live, action: str, given: ActionInput | None, now: datetime) -> None:
        live.request = perform_on_request(live.request, action, SYSTEM, given, now, self._settings).request


def _begin(worker: Worker) -> _Record:
    return _Record(OfferCounts(), worker.ratings, worker.stars, worker.jobs)


def _day(job: Job) -> str:
    return job.starts_at.date().isoformat()
