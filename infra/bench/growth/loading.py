"""Fills databases with lives: generated and written by several processes, indexes built when all is there."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel, MongoClient

from infra.bench.growth.lives import Era, Life
from infra.bench.growth.patterns import Parties, Pattern
from infra.bench.growth.people import CATEGORIES, Population, category_of, documents, parties
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from pymongo.database import Database

_AT_ONCE = 1_000
#: A process is given so many bookings at a time.
_PIECE = 2_000
_HOUR_MS = 3_600_000
#: Slots of all past bookings lie in so many hours.
_TWO_YEARS = 2 * 365 * 24
#: Slots further back than this many hours are of lives whose events, mails and the like are forgotten.
_OLD_HOURS = 110 * 24
_LASTING = timedelta(days=300)
#: By how much of the schedule one provider begins after the one before.
_SHIFT = 251
_INDEX_MEMORY_MB = 1_000
_SAY_EVERY = 200
#: What is to come was booked within so many hours.
_BOOKED_WITHIN = 20 * 24
_BY_ID = "_id_"


@dataclass(frozen=True)
class Patterns:
    """What is copied.

    Attributes:
        lives: The lives.
        people: A document of ``customer``, ``owner``, ``provider`` and ``service``, who lived them.
        now: When they had been lived.
    """

    lives: list[Life]
    people: dict[str, dict[str, Any]]
    now: datetime

    @property
    def parties(self) -> Parties:
        """Whose lives they are."""
        customer, profile, owner, service = (
            self.people[each]["_id"] for each in ("customer", "provider", "owner", "service")
        )
        return Parties(customer, profile, owner, service, 0.0, 0.0)


@dataclass(frozen=True)
class Stored:
    """What a collection holds.

    Attributes:
        rows: Documents.
        data_bytes: Of them, uncompressed.
        index_bytes: Of its indexes, on disk.
        disk_bytes: Of its documents, on disk.
    """

    rows: int
    data_bytes: int
    index_bytes: int
    disk_bytes: int


@dataclass(frozen=True)
class Loaded:
    """A database that was filled.

    Attributes:
        database: Its name.
        bookings: How many bookings it holds.
        seconds: What filling it took, indexes included.
        index_seconds: What of that building the indexes took.
        collections: What its collections hold.
    """

    database: str
    bookings: int
    seconds: float
    index_seconds: float
    collections: dict[str, Stored]


class _Piece(NamedTuple):
    """What a process is told to do: bookings of providers, from and to which."""

    provider: int
    begin: int
    end: int


def load(
    uri: str,
    database: str,
    population: Population,
    patterns: Patterns,
    *,
    processes: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Loaded:
    """Make a database and fill it; what comes out depends on neither processes nor machine.

    Args:
        uri: The server.
        database: A database that is not there yet.
        population: How many of whom.
        patterns: What is copied.
        processes: How many generate and write at a time, by default one for each core; 0 is this one alone.
        say: Told how far it is.
    """
    started = time.monotonic()
    migrate(uri, database)
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        db = client[database]
        kept = _kept(db)
        indexes = _take_indexes(db, {name for life in patterns.lives for name in life.documents} | {"users"})
        _insert_people(db, patterns, population)
        arguments = (uri, database, population, patterns, kept)
        if processes == 0:
            with contextlib.closing(_Writer(*arguments)) as writer:
                for piece in _pieces(population):
                    writer.write(piece)
        else:
            _write_all(arguments, list(_pieces(population)), processes, say)
        built = time.monotonic()
        client.admin.command("setParameter", 1, maxIndexBuildMemoryUsageMegabytes=_INDEX_MEMORY_MB)
        with ThreadPoolExecutor(processes or os.cpu_count() or 1) as threads:
            list(threads.map(lambda pair: db[pair[0]].create_indexes(pair[1]), indexes.items()))
        ended = time.monotonic()
        client.admin.command("fsync")  # sizes on disk are those of the last checkpoint
        stored = {name: _stored(db, name) for name in sorted(db.list_collection_names())}
    return Loaded(database, stored["bookings"].rows, ended - started, ended - built, stored)


def _write_all(
    arguments: tuple[Any, ...], pieces: Sequence[_Piece], processes: int | None, say: Callable[[str], None]
) -> None:
    """Let processes write the pieces."""
    started = time.monotonic()
    context = multiprocessing.get_context("spawn")
    workers = processes or os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=arguments) as pool:
        for count, future in enumerate(as_completed([pool.submit(_write, each) for each in pieces]), 1):
            future.result()
            if count % _SAY_EVERY == 0:
                say(f"{count} of {len(pieces)} pieces, {time.monotonic() - started:.0f} s")


def _kept(db: Database[dict[str, Any]]) -> dict[str, tuple[str, timedelta]]:
    """Of each collection that forgets, the field of the instant and for how long it keeps a row after it."""
    kept = {}
    for name in db.list_collection_names():
        for index in db[name].index_information().values():
            if "expireAfterSeconds" in index:
                kept[name] = (index["key"][0][0], timedelta(seconds=index["expireAfterSeconds"]))
    return kept


def _take_indexes(db: Database[dict[str, Any]], names: set[str]) -> dict[str, list[IndexModel]]:
    """Drop the indexes of collections but those of ids, and return what makes them again."""
    taken: dict[str, list[IndexModel]] = {}
    for name in sorted(names):
        found = [dict(each) for each in db[name].list_indexes() if each["name"] != _BY_ID]
        if found:
            taken[name] = [_model(each) for each in found]
            db[name].drop_indexes()
    return taken


def _model(index: Mapping[str, Any]) -> IndexModel:
    options = {name: value for name, value in index.items() if name not in {"v", "key", "ns"}}
    return IndexModel(list(index["key"].items()), **options)


def _insert_people(db: Database[dict[str, Any]], patterns: Patterns, population: Population) -> None:
    waiting: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for name, row in documents(patterns.people, population):
        waiting[name].append(row)
        if len(waiting[name]) >= _AT_ONCE:
            db[name].insert_many(waiting.pop(name), ordered=False)
    for name, rows in waiting.items():
        db[name].insert_many(rows, ordered=False)


def _pieces(population: Population) -> Iterator[_Piece]:
    for provider in range(population.providers):
        whole = population.bookings_of(provider)
        for begin in range(0, whole, _PIECE):
            yield _Piece(provider, begin, min(begin + _PIECE, whole))


class Schedule:
    """Which life each of a provider's bookings leads: of each thousand as many as its weight says, well mixed.

    Args:
        weights: Of the lives.
        eras: Of the lives.
    """

    LENGTH = 1_000

    def __init__(self, weights: Sequence[int], eras: Sequence[Era]) -> None:
        whole = sum(weights)
        lives = [number for number, weight in enumerate(weights) for _ in range(weight * self.LENGTH // whole)]
        lives += [0] * (self.LENGTH - len(lives))
        Random(1).shuffle(lives)  # noqa: S311 - made-up data needs no secrecy
        self._of_each: Counter[Era] = Counter()
        self._lives: list[tuple[int, int]] = []
        for life in lives:
            self._lives.append((life, self._of_each[eras[life]]))
            self._of_each[eras[life]] += 1
        self._eras = eras

    def at(self, number: int) -> tuple[int, int]:
        """The life of a booking, and the how-manieth of its provider's in its era it is."""
        round_, place = divmod(number, self.LENGTH)
        life, nth = self._lives[place]
        return life, round_ * self._of_each[self._eras[life]] + nth


class _Writer:
    """Generates and writes the pieces that one process is given."""

    def __init__(
        self,
        uri: str,
        database: str,
        population: Population,
        patterns: Patterns,
        kept: Mapping[str, tuple[str, timedelta]],
    ) -> None:
        self._db = MongoClient[dict[str, Any]](uri, w=1)[database]
        self._population = population
        who, now = patterns.parties, patterns.now
        lasting = {name for name, (_, keeps) in kept.items() if keeps < _LASTING}
        old = [replace(life, documents=_without(life.documents, lasting)) for life in patterns.lives]
        self._schedule = Schedule([life.weight for life in patterns.lives], [life.era for life in patterns.lives])
        self._patterns = {
            category: [Pattern(life, category, who, kept, now) for life in patterns.lives] for category in CATEGORIES
        }
        self._old = {category: [Pattern(life, category, who, kept, now) for life in old] for category in CATEGORIES}
        some = self._patterns[CATEGORIES[0]]
        #: The hour of the first copy in each era, from which others go away from now.
        self._first = {
            Era.PAST: min(each.slot_ms for each in some if each.era is Era.PAST),
            Era.RECENT: min((each.slot_ms for each in some if each.era is Era.RECENT), default=0),
            Era.COMING: max((each.slot_ms for each in some if each.era is Era.COMING), default=0),
        }
        self._waiting: dict[str, list[RawBSONDocument]] = defaultdict(list)

    def write(self, piece: _Piece) -> None:
        """Write one piece."""
        random = Random(piece.provider * 1_000_003 + piece.begin)  # noqa: S311 - made-up data needs no secrecy
        category = category_of(piece.provider)
        spacing = max(1, _TWO_YEARS // self._population.bookings_of(piece.provider))
        for number in range(piece.begin, piece.end):
            chosen, nth = self._schedule.at(number + piece.provider * _SHIFT % Schedule.LENGTH)
            pattern = self._patterns[category][chosen]
            back, forth = self._hours(pattern, nth, number * spacing)
            is_closed = pattern.era is Era.PAST
            customer = self._population.customer_of(piece.provider, number, is_closed=is_closed, random=random)
            if back > _OLD_HOURS:
                pattern = self._old[category][chosen]
            for name, row in pattern.copy(parties(piece.provider, customer), back, forth, random):
                self._add(name, row)
        for name in list(self._waiting):
            self._flush(name)

    def _hours(self, pattern: Pattern, nth: int, past: int) -> tuple[int, int]:
        """Hours by which a booking's past lies back and its future ahead of its pattern's.

        No two open ones of a provider have a slot in the same hour. What is to come was booked in the weeks before.
        """
        apart = abs(self._first[pattern.era] - pattern.slot_ms) // _HOUR_MS
        if pattern.era is Era.COMING:
            return nth * 7 % _BOOKED_WITHIN, apart + nth
        return apart + (past if pattern.era is Era.PAST else nth), 0

    def _add(self, name: str, row: bytes) -> None:
        rows = self._waiting[name]
        rows.append(RawBSONDocument(row))
        if len(rows) >= _AT_ONCE:
            self._flush(name)

    def close(self) -> None:
        """Close the connection."""
        self._db.client.close()

    def _flush(self, name: str) -> None:
        self._db[name].insert_many(self._waiting.pop(name), ordered=False)


_writers: list[_Writer] = []


def _prepare(*arguments: Any) -> None:
    """Let this process have its writer."""
    _writers.append(_Writer(*arguments))


def _write(piece: _Piece) -> None:
    _writers[0].write(piece)


def _without(documents_: Mapping[str, list[dict[str, Any]]], names: set[str]) -> dict[str, list[dict[str, Any]]]:
    return {name: rows for name, rows in documents_.items() if name not in names}


def _stored(db: Database[dict[str, Any]], name: str) -> Stored:
    found = db.command("collStats", name)
    return Stored(found["count"], found["size"], found["totalIndexSize"], found["storageSize"])
