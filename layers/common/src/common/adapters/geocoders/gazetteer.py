"""A small gazetteer of New Zealand and Australia: the geocoder that needs no network."""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from common.application.ports.geocoding import Accuracy, Located

_EARTH_METRES = 6_371_008.8
_REVERSE_LIMIT_METRES = 30_000
_COUNTRIES = {"NZ": ("new zealand", "nz", "aotearoa"), "AU": ("australia", "au")}
#: How much a name, its larger place, its region and its country in the text speak for a place.
_NAME, _LARGER, _REGION, _COUNTRY = 10, 8, 3, 2
#: A street named after a place ("Wellington Street, Auckland") says little about where it is.
_IS_STREET = -6
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

    def located(self) -> Located:
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
        )


class Gazetteer:
    """Implements ``Geocoder`` to the accuracy of a suburb or town."""

    async def locate(self, text: str) -> Located | None:
        """The most specific known place whose name is in the text; ``None`` if there is none."""
        words = _normal(text)
        best = max(_places(), key=lambda place: _score(place, words), default=None)
        return best.located() if best is not None and _score(best, words) > 0 else None

    async def reverse(self, lat: float, lng: float) -> Located | None:
        """The known place nearest to a point, if it is within 30 km."""
        best = min(_places(), key=lambda place: _metres(lat, lng, place.lat, place.lng), default=None)
        if best is None or _metres(lat, lng, best.lat, best.lng) > _REVERSE_LIMIT_METRES:
            return None
        return best.located()


def _score(place: _Place, words: str) -> float:
    """How well a place fits; 0 if its name is not in the text. Of several names, the later one is the larger place."""
    if not _has(words, place.name):
        return 0
    score = _NAME + len(place.name) / 100
    score += _LARGER if place.larger and _has(words, place.larger) else 0
    score += _REGION if place.region and _has(words, place.region) else 0
    score += _COUNTRY if any(_has(words, name) for name in _COUNTRIES[place.country]) else 0
    score -= 1 if place.larger and not _has(words, place.larger) else 0
    is_street = not _has(_without_streets(words, place.name), place.name)
    return score + (_IS_STREET if is_street else 0)


def _without_streets(words: str, name: str) -> str:
    return re.sub(rf" {re.escape(_normal(name).strip())} (?=({_STREETS}) )", " ", words)


def _has(words: str, name: str) -> bool:
    return f" {_normal(name).strip()} " in words


@lru_cache(maxsize=1024)
def _normal(text: str) -> str:
    """Lower-case words between single spaces, without accents (``Whangārei``) and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in bare if not unicodedata.combining(character)).replace("'", "")
    words = re.findall(r"[a-z0-9]+", letters)
    return f" {' '.join(_ABBREVIATIONS.get(word, word) for word in words)} "


@cache
def _places() -> tuple[_Place, ...]:
    text = files("common.adapters.geocoders").joinpath("data/places.txt").read_text(encoding="utf-8")
    return tuple(_place(line) for line in text.splitlines() if line and not line.startswith("#"))


def _place(line: str) -> _Place:
    name, larger, region, country, lat, lng = line.split("|")
    return _Place(name, larger, region, country, float(lat), float(lng))


def _metres(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """Great-circle distance by the haversine formula."""
    low, high = math.radians(lat), math.radians(other_lat)
    across = math.radians(other_lng - lng)
    square = math.sin((high - low) / 2) ** 2 + math.cos(low) * math.cos(high) * math.sin(across / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(math.sqrt(square))
