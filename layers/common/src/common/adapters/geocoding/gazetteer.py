"""A small gazetteer of New Zealand and Australia: the geocoder that needs no network."""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

from common.application.ports.catalogue.geocoding import Accuracy, Located
from common.domain.search.places import area_of, contradicts
from common.domain.search.text import folded
from common.domain.shared.geo import Point, distance_m

_REVERSE_LIMIT_METRES = 30_000
_COUNTRIES = {"NZ": ("new zealand", "nz", "aotearoa"), "AU": ("australia", "au")}
#: How much a name, its larger place, its region and its country in the text speak for a place.
_NAME, _LARGER, _REGION, _COUNTRY = 10, 8, 3, 2
#: A street named after a place ("Wellington Street, Auckland") says little about where it is.
_IS_STREET = -6
#: Confidence in a name alone, and what adds to it or takes from it.
_BARE_NAME, _CONFIRMED, _MORE_WORDS, _SEVERAL, _STREET = 0.7, 0.2, 0.35, 0.3, 0.4
#: What may follow a name without making it another place's.
_AROUND = ("cbd", "central", "city", "north", "south", "east", "west", "region", "island")
#: How far a place reaches around its point, in metres.
_SUBURB_M, _TOWN_M, _CITY_M = 2_000, 5_000, 15_000
_STREETS = "street|st|road|rd|avenue|ave|terrace|tce|drive|dr|lane|crescent|place|quay|parade|highway"
_ABBREVIATIONS = {"mt": "mount", "saint": "st"}


@dataclass(frozen=True)
class _Place:
    name: str
    larger: str
    region: str
    country: str
    lat: float
    lng: float

    @cached_property
    def words(self) -> str:
        """The name as it is looked for in a text: every look-up asks for every place."""
        return _whole(self.name)

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lng)

    def located(self, confidence: float = 1.0) -> Located:
        parts = [self.name, self.larger, self.region if self.country == "AU" else ""]
        country = "New Zealand" if self.country == "NZ" else "Australia"
        return Located(
            label=", ".join([*(part for part in parts if part), country]),
            lat=self.lat,
            lng=self.lng,
            accuracy=Accuracy.LOCALITY,
            locality=self.larger or self.name,
            suburb=", ".join(part for part in (self.name, self.larger) if part),
            region=self.region,
            country=self.country,
            confidence=confidence,
            radius_m=_SUBURB_M if self.larger else _CITY_M if self.name in _cities() else _TOWN_M,
        )


class Gazetteer:
    """Implements ``Geocoder`` to the accuracy of a suburb or town."""

    async def locate(self, text: str) -> Located | None:
        """The most specific known place whose name is in the text, and which the text does not contradict."""
        words = _normal(text)
        scores = [(_score(place, words), place) for place in _places() if place.words in words]
        fitting = [
            (score, place)
            for score, place in scores
            if score > 0 and not contradicts(text, place.located().label, place.country, place.region)
        ]
        if not fitting:
            return None
        score, best = max(fitting, key=lambda pair: pair[0])
        is_alone = sum(other == score for other, _ in fitting) == 1
        return best.located(_confidence(best, text, is_alone=is_alone))

    async def named(self, text: str) -> Located | None:
        """The place that a text names with nothing else in it."""
        found = await self.locate(text)
        if found is None or not found.is_reliable:
            return None
        names = _normal(f"{found.label} {found.region} {' '.join(_COUNTRIES[found.country])}").split()
        return found if set(_normal(text).split()) <= set(names) else None

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """The known place nearest to a point, if it is within 30 km."""
        here = Point(lat, lng)
        best = min(_places(), key=lambda place: distance_m(here, place.point), default=None)
        if best is None or distance_m(here, best.point) > _REVERSE_LIMIT_METRES:
            return None
        return best.located()


def _score(place: _Place, words: str) -> float:
    """How well a place fits whose name is in the text. Of several names, the later one is the larger place."""
    score = _NAME + len(place.name) / 100
    score += _LARGER if place.larger and _has(words, place.larger) else 0
    score += _REGION if place.region and _has(words, place.region) else 0
    score += _COUNTRY if any(_has(words, name) for name in _COUNTRIES[place.country]) else 0
    score -= 1 if place.larger and not _has(words, place.larger) else 0
    is_street = not _has(_without_streets(words, place.name), place.name)
    return score + (_IS_STREET if is_street else 0)


def _confidence(place: _Place, text: str, *, is_alone: bool) -> float:
    """How sure it is that a place is meant: its surroundings speak for it, words behind its name against it."""
    words = _normal(text)
    said = area_of(text)
    is_confirmed = bool(said.region or said.country or (place.larger and _has(words, place.larger)))
    known = {*_normal(f"{place.located().label} {place.region}").split(), *_AROUND, *_STREETS.split("|")}
    known |= {name for names in _COUNTRIES.values() for each in names for name in each.split()}
    behind = words.rpartition(f" {_normal(place.name).strip()} ")[2].split()
    is_more = any(word not in known and word != said.region.lower() and not word.isdecimal() for word in behind)
    # A street named after a suburb of the town that is named too is likely there.
    is_near = bool(place.larger) and _has(words, place.larger)
    is_street = not is_near and not _has(_without_streets(words, place.name), place.name)
    doubt = _MORE_WORDS * is_more + _SEVERAL * (not is_alone) + _STREET * is_street
    return round(max(0.0, min(1.0, _BARE_NAME + _CONFIRMED * is_confirmed - doubt)), 2)


@cache
def _cities() -> frozenset[str]:
    return frozenset(place.larger for place in _places())


def _without_streets(words: str, name: str) -> str:
    return re.sub(rf" {re.escape(_normal(name).strip())} (?=({_STREETS}) )", " ", words)


def _has(words: str, name: str) -> bool:
    return _whole(name) in words


def _whole(name: str) -> str:
    """A name as whole words."""
    return f" {_normal(name).strip()} "


@lru_cache(maxsize=1024)
def _normal(text: str) -> str:
    """Folded words between single spaces, so that names can be looked for in it."""
    return f" {' '.join(_ABBREVIATIONS.get(word, word) for word in folded(text))} "


@cache
def _places() -> tuple[_Place, ...]:
    text = files("common.adapters.geocoding").joinpath("data/places.txt").read_text(encoding="utf-8")
    return tuple(_place(line) for line in text.splitlines() if line and not line.startswith("#"))


def _place(line: str) -> _Place:
    name, larger, region, country, lat, lng = line.split("|")
    return _Place(name, larger, region, country, float(lat), float(lng))
