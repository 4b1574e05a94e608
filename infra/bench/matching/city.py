"""The city: who works there, what is asked for, and how people behave; all of it follows from a seed.

Nothing here is measured anywhere: how providers behave is assumed, the same for every way that is compared. People
answer after a while, mostly not at night; they agree less to what is far for them, on full days, and when they get many
offers; some never answer at all.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from common.domain.shared.geo import Point

#: When the simulation begins; its clock is the city's own.
BEGINNING = datetime(2026, 3, 2, tzinfo=UTC)
_CENTRE = Point(-36.85, 174.76)
_KM_PER_DEGREE = 111.32
_WIDTH_KM = 25.0
_REACHES_KM = (6, 10, 15, 25)
_JOBS_A_DAY = (1, 2, 2, 3)
_NEWCOMERS = 0.15
#: Who lives near one of the centres, the others anywhere.
_CLUSTERED = 0.5
#: Who does not want a job and says so, rather than nothing.
_SAYS_NO = 0.5
_FIRST_HOUR, _LAST_HOUR = 7, 22
#: Half of the requests are for soon, the others for one of the next days.
_SOON = 0.5
_BUDGETS = (None, 9_000, 12_000, 15_000)


@dataclass(frozen=True)
class Worker:
    """A provider: where, how good, and how they behave.

    Attributes:
        id: Of the provider.
        point: Where they live.
        reach_m: How far they come.
        quality: How good the work is, 0 to 1: what customers care for in the end, and ratings only hint at.
        keenness: How often they agree to what suits them, 0 to 1.
        minutes: How long an answer usually takes.
        jobs_a_day: How many jobs fit into a day.
        price: Of a job, in cents.
        ratings: How many ratings they begin with.
        stars: What these add up to.
        jobs: How many jobs they have done before.
    """

    id: str
    point: Point
    reach_m: int
    quality: float
    keenness: float
    minutes: float
    jobs_a_day: int
    price: int
    ratings: int
    stars: int
    jobs: int


@dataclass(frozen=True)
class Job:
    """What somebody asks for.

    Attributes:
        number: From 0, in the order in which they are asked.
        customer_id: Who asks; some ask several times.
        at: When.
        point: Where.
        starts_at: When the work may begin.
        gives_up_at: When the customer does not wait any longer.
        budget: In cents; ``None`` where none is given.
    """

    number: int
    customer_id: str
    at: datetime
    point: Point
    starts_at: datetime
    gives_up_at: datetime
    budget: int | None


@dataclass(frozen=True)
class City:
    """A city of one seed."""

    seed: int
    workers: tuple[Worker, ...]
    jobs: tuple[Job, ...]


def build(seed: int, workers: int, jobs: int, days: int) -> City:
    """Make a city.

    Args:
        seed: What everything follows from.
        workers: How many providers.
        jobs: How many requests.
        days: Over how many days.
    """
    dice = random.Random(seed)  # noqa: S311 - a made-up city needs no secrecy
    centres = [_somewhere(dice) for _ in range(4)]
    people = tuple(_worker(dice, number, centres) for number in range(workers))
    instants = sorted(_instant(dice, days) for _ in range(jobs))
    return City(seed, people, tuple(_job(dice, number, at, jobs) for number, at in enumerate(instants)))


def answer_of(city: City, job: Job, worker: Worker, share: float) -> tuple[bool, bool, timedelta]:
    """Whether somebody answers an offer at all, whether they agree, and after how long, the night left aside.

    The dice are of this job and this worker: whatever way is simulated, they fall the same.

    Args:
        city: Which city.
        job: What is offered.
        worker: To whom.
        share: How much of what suits them they agree to now: less the farther, the fuller, the more tired of offers.
    """
    dice = random.Random(f"{city.seed}:{job.number}:{worker.id}")  # noqa: S311 - as above
    agrees = dice.random() < (0.25 + 0.7 * worker.keenness) * share
    answers = agrees or dice.random() < _SAYS_NO
    return answers, agrees, timedelta(minutes=worker.minutes * dice.lognormvariate(0, 0.6))


def awake_at(instant: datetime) -> datetime:
    """The first instant from then on that is not at night."""
    if instant.hour >= _LAST_HOUR:
        return instant.replace(hour=_FIRST_HOUR, minute=0) + timedelta(days=1)
    return instant.replace(hour=_FIRST_HOUR, minute=0) if instant.hour < _FIRST_HOUR else instant


def stars_of(city: City, job: Job, worker: Worker) -> int:
    """The stars that a job earns: they hint at the quality."""
    dice = random.Random(f"{city.seed}:stars:{job.number}:{worker.id}")  # noqa: S311 - as above
    return _stars(dice, worker.quality)


def _worker(dice: random.Random, number: int, centres: list[Point]) -> Worker:
    quality = dice.betavariate(6, 2)
    is_new = dice.random() < _NEWCOMERS
    ratings = 0 if is_new else dice.randrange(3, 120)
    home = dice.choice(centres)
    near = Point(home.lat + dice.gauss(0, 0.02), home.lng + dice.gauss(0, 0.025))
    return Worker(
        id=f"prv_{number}",
        point=near if dice.random() < _CLUSTERED else _somewhere(dice),
        reach_m=1_000 * dice.choice(_REACHES_KM),
        quality=quality,
        keenness=dice.betavariate(3, 3),
        minutes=dice.lognormvariate(math.log(18), 0.9),
        jobs_a_day=dice.choice(_JOBS_A_DAY),
        price=100 * dice.randrange(60, 140),
        ratings=ratings,
        stars=sum(_stars(dice, quality) for _ in range(ratings)),
        jobs=0 if is_new else ratings + dice.randrange(20),
    )


def _job(dice: random.Random, number: int, at: datetime, jobs: int) -> Job:
    is_soon = dice.random() < _SOON
    starts_in = timedelta(hours=dice.uniform(1, 6)) if is_soon else timedelta(days=dice.uniform(1, 7))
    patience = timedelta(hours=dice.choice((0.5, 1, 2, 4))) if is_soon else timedelta(hours=dice.choice((4, 12, 24)))
    return Job(
        number=number,
        customer_id=f"usr_{dice.randrange(max(1, jobs // 3))}",
        at=at,
        point=_somewhere(dice),
        starts_at=at + starts_in,
        gives_up_at=at + patience,
        budget=dice.choice(_BUDGETS),
    )


def _instant(dice: random.Random, days: int) -> datetime:
    return BEGINNING + timedelta(days=dice.randrange(days), hours=dice.uniform(_FIRST_HOUR, _LAST_HOUR))


def _somewhere(dice: random.Random) -> Point:
    half = _WIDTH_KM / 2
    north, east = dice.uniform(-half, half), dice.uniform(-half, half)
    width = _KM_PER_DEGREE * math.cos(math.radians(_CENTRE.lat))
    return Point(_CENTRE.lat + north / _KM_PER_DEGREE, _CENTRE.lng + east / width)


def _stars(dice: random.Random, quality: float) -> int:
    return min(5, max(1, round(dice.gauss(2.6 + 2.4 * quality, 0.7))))
