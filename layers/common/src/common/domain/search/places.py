"""What a place implies: its time zone; and what an address says of its country and region."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from common.domain.search.text import folded

#: Zones of Australia's states (https://data.iana.org/time-zones/tzdb/australasia).
_AUSTRALIA = {
    "ACT": "Australia/Sydney",
    "NSW": "Australia/Sydney",
    "NT": "Australia/Darwin",
    "QLD": "Australia/Brisbane",
    "SA": "Australia/Adelaide",
    "TAS": "Australia/Hobart",
    "VIC": "Australia/Melbourne",
    "WA": "Australia/Perth",
}
DEFAULT_ZONE = "Pacific/Auckland"
_STATES = {
    "ACT": "Australian Capital Territory",
    "NSW": "New South Wales",
    "NT": "Northern Territory",
    "QLD": "Queensland",
    "SA": "South Australia",
    "TAS": "Tasmania",
    "VIC": "Victoria",
    "WA": "Western Australia",
}
_NZ_REGIONS = (
    "Auckland", "Bay of Plenty", "Canterbury", "Chatham Islands", "Gisborne", "Hawke's Bay", "Manawatu-Whanganui",
    "Marlborough", "Nelson", "Northland", "Otago", "Southland", "Taranaki", "Tasman", "Waikato", "Wellington",
    "West Coast",
)  # fmt: skip
#: What people call countries besides the names of the table.
_OTHER_NAMES = {
    "aotearoa": "NZ", "nz": "NZ", "au": "AU", "aus": "AU", "uk": "GB", "united kingdom": "GB", "great britain": "GB",
    "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "america": "US", "deutschland": "DE",
}  # fmt: skip
_LONGEST_NAME = 5
#: Behind a name these make it a street's or a part of a town's.
_STREETS = frozenset({
    "ave", "avenue", "bay", "crescent", "dr", "drive", "heights", "highway", "hill", "lane", "mall", "parade", "park",
    "place", "quay", "rd", "road", "square", "st", "street", "tce", "terrace", "valley", "way",
})  # fmt: skip
#: What begins an address as the name of a person or a house as well.
_ALSO_PEOPLE = frozenset({"chad", "cuba", "georgia", "india", "israel", "jersey", "jordan", "kenya", "victoria"})
#: States by short names that are words or names as well stand for states alone between commas.
_ALSO_WORDS = frozenset({"act", "au", "nt", "sa", "vic", "wa"})
#: The countries whose places are told apart by more than their zone's city.
_OWN_COUNTRIES = frozenset({"AU", "NZ", "AQ"})
_PART = re.compile(r"[,;\n\uff0c\u3001]")


class Area(NamedTuple):
    """A country (ISO 3166-1 alpha-2) and a region by its short name; empty where none is said."""

    country: str = ""
    region: str = ""


def area_of(text: str) -> Area:
    """The country and the region that an address ends with, postcodes left aside: ``Hamilton NSW 2303`` is in NSW."""
    words = _without_postcode(folded(text))
    region, before_region = _ending(words, _regions())
    country, before_country = _ending(words, _countries())
    if not region or len(before_country) < len(before_region):
        region, _ = _ending(_without_postcode(before_country), _regions())
    else:
        country = ""
    if not region:
        return Area(country)
    implied, _, short = region.partition(":")
    return Area(country or implied, short) if country in {"", implied} else Area(country)


def contradicts(text: str, label: str, country: str, region: str) -> bool:
    """Whether an address says that it is in another country or region than a match for it is.

    Args:
        text: the address as typed.
        label: the match, written out; what it names itself contradicts nothing (``Mount Victoria``).
        country: of the match, ISO 3166-1 alpha-2, or empty.
        region: of the match, short or in full, or empty.
    """
    if any(_differs(each, label, country, region) for each in _said_before(text, label)):
        return True
    said = area_of(text)
    if said.country and country and said.country != country:
        return not said.region or not _names(label, said)
    if not said.region or not region:
        return False
    return said.region != short_region(country, region) and not _names(label, said)


def country_said(text: str) -> str:
    """The country (ISO 3166-1 alpha-2) that an address names at its end, or else before; empty where it names none."""
    said = area_of(text).country
    return said or next((each.country for each in _said_before(text)), "")


def _said_before(text: str, label: str = "") -> list[Area]:
    """Countries, states and great cities of other countries that begin an address or a part of it.

    Such a name stands alone between commas, or before what is in the label (``NSW Hamilton``); a street's does not.
    """
    in_label = folded(label)
    found = []
    for part in _PART.split(text):
        words = folded(part)
        for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
            name, rest = " ".join(words[:length]), [each for each in words[length:] if not each.isdecimal()]
            meant = _early_names().get(name) or (_cities_abroad().get(name) if not rest else None)
            if meant is None:
                continue
            is_before = bool(rest) and name not in _ALSO_WORDS and rest[0] in in_label and rest[0] not in _STREETS
            if not rest or is_before:
                found.append(meant)
            break
    return found


def _differs(said: Area, label: str, country: str, region: str) -> bool:
    if said.country and country and said.country != country:
        return True
    is_other = bool(said.region and region) and said.region != short_region(country, region)
    return is_other and not _names(label, said)


def short_region(country: str, region: str) -> str:
    """A region by its short name: ``NSW`` for New South Wales; New Zealand's by their usual ones."""
    found, _ = _ending(folded(region), _regions())
    implied, _, short = found.partition(":")
    return short if implied == country else region


def _names(label: str, said: Area) -> bool:
    name = " ".join(folded(_STATES.get(said.region, said.region)))
    return f" {name} " in f" {' '.join(folded(label))} "


def _without_postcode(words: Sequence[str]) -> list[str]:
    kept = list(words)
    while len(kept) > 1 and any(character.isdigit() for character in kept[-1]):
        kept.pop()
    return kept


def _ending(words: Sequence[str], names: dict[str, str]) -> tuple[str, list[str]]:
    """What the longest name at the end stands for, and the words before it."""
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        found = names.get(" ".join(words[-length:]))
        if found is not None:
            return found, list(words[:-length])
    return "", list(words)


@cache
def _countries() -> dict[str, str]:
    """Codes by folded names, from the table that comes with the time zones (``iso3166.tab`` of IANA's database)."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {" ".join(folded(name.partition(" (")[0])): code for code, name in rows} | _OTHER_NAMES


@cache
def _early_names() -> dict[str, Area]:
    """What a text may begin with: countries, and Australia's states, by the names that mean nothing else there."""
    countries = {name: Area(code) for name, code in _countries().items()}
    states = {" ".join(folded(name)): Area("AU", code) for code, each in _STATES.items() for name in (code, each)}
    return {name: area for name, area in (countries | states).items() if name not in _ALSO_PEOPLE}


@cache
def _cities_abroad() -> dict[str, Area]:
    """The cities that zones elsewhere are named after (``zone.tab`` of IANA's database)."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {
        " ".join(folded(zone.rpartition("/")[2].replace("_", " "))): Area(code)
        for code, _, zone, *_ in rows
        if code not in _OWN_COUNTRIES
    }


@cache
def _regions() -> dict[str, str]:
    short = {code.lower(): f"AU:{code}" for code in _STATES}
    full = {" ".join(folded(name)): f"AU:{code}" for code, name in _STATES.items()}
    return {**short, **full, **{" ".join(folded(name)): f"NZ:{name}" for name in _NZ_REGIONS}}


def zone_of(country: str, region: str) -> str:
    """The IANA zone of a place; New Zealand's main zone where nothing better is known.

    Args:
        country: ISO 3166-1 alpha-2, or empty.
        region: the region's usual abbreviation, such as ``NSW``.
    """
    if country == "AU":
        return _AUSTRALIA.get(region, "Australia/Sydney")
    return "Pacific/Chatham" if region == "Chatham Islands" else DEFAULT_ZONE
