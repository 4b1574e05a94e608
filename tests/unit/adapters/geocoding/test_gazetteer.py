"""Which place an address is taken for, and how sure that is."""

from __future__ import annotations

import pytest
from common.adapters.geocoding.gazetteer import Gazetteer
from common.domain.search.places import area_of, contradicts


@pytest.mark.parametrize(
    "text",
    [
        "Hamilton NSW",
        "Hamilton, NSW 2303, Australia",
        "Hamilton, Victoria",
        "Hamilton Canada",
        "Perth, Scotland",
        "Perth Tasmania",
        "Auckland, Germany",
        "Cambridge UK",
        "Canterbury, Victoria",
        "NSW Hamilton",
        "NSW, Hamilton",
        "Australia, NSW, Hamilton",
        "QLD 4007 Hamilton",
        "Canada Hamilton",
        "NSW Wellington",
        "New South Wales, Wellington",
        "Berlin, Wellington",
        "London, Auckland",
        "UK Christchurch",
        "12 High Street, UK Christchurch",
        "Scotland, Perth",
        "Berlin",
        "!!!",
    ],
)
async def test_a_country_or_region_in_the_text_rules_out_what_it_contradicts(text: str) -> None:
    assert await Gazetteer().locate(text) is None


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Hamilton", "Hamilton, New Zealand"),
        ("Hamilton Waikato", "Hamilton, New Zealand"),
        ("Newtown NSW", "Newtown, Sydney, NSW, Australia"),
        ("Newtown Wellington", "Newtown, Wellington, New Zealand"),
        ("12 Hill Rd, Mt Victoria", "Mount Victoria, Wellington, New Zealand"),
        ("Mount Victoria, Wellington", "Mount Victoria, Wellington, New Zealand"),
        ("Richmond, Nelson", "Richmond, Nelson, New Zealand"),
        ("12 Cuba Street, Wellington", "Wellington, New Zealand"),
        ("Wellington Street, Auckland", "Auckland, New Zealand"),
        ("12 London Road, Dunedin", "Dunedin, New Zealand"),
        ("Canada Street, Auckland", "Auckland, New Zealand"),
        ("Jordan Smith, 12 High Street, Auckland", "Auckland, New Zealand"),
        ("Georgia, 12 High Street, Auckland", "Auckland, New Zealand"),
        ("New Zealand, Hamilton", "Hamilton, New Zealand"),
        ("Australia, NSW, Newtown", "Newtown, Sydney, NSW, Australia"),
        ("NSW 2042 Newtown", "Newtown, Sydney, NSW, Australia"),
        ("Victoria Street, Hamilton 3204", "Hamilton, New Zealand"),
        ("12 Ponsonby Road, Auckland 1011, New Zealand", "Ponsonby, Auckland, New Zealand"),
        ("１ Queen Street，Ａｕｃｋｌａｎｄ", "Auckland, New Zealand"),
        ("Whangārei", "Whangarei, New Zealand"),
    ],
)
async def test_an_address_that_says_enough_is_located(text: str, label: str) -> None:
    found = await Gazetteer().locate(text)
    assert found is not None
    assert (found.label, found.is_reliable) == (label, True)
    assert found.uncertainty_m >= 2_000


@pytest.mark.parametrize("text", ["Newtown", "Hamilton, Ontario", "Newcastle upon Tyne", "Wellington Street"])
async def test_a_guess_is_not_reliable(text: str) -> None:
    found = await Gazetteer().locate(text)
    assert found is not None
    assert not found.is_reliable


async def test_what_surrounds_a_name_makes_it_surer() -> None:
    bare, told = [await Gazetteer().locate(text) for text in ("Hamilton", "Hamilton, New Zealand")]
    assert bare is not None
    assert told is not None
    assert bare.confidence < told.confidence


@pytest.mark.parametrize(
    ("text", "is_place"),
    [("wellington", True), ("palmerston north", True), ("ponsonby auckland", True), ("drain wellington", False)],
)
async def test_words_name_a_place_where_they_say_nothing_else(text: str, *, is_place: bool) -> None:
    assert (await Gazetteer().named(text) is not None) == is_place


def test_countries_and_regions_are_read_at_the_end_alone() -> None:
    assert area_of("12 Cuba Street, Wellington") == ("NZ", "Wellington")
    assert area_of("1 Jordan Road, Sydney NSW 2000") == ("AU", "NSW")
    assert area_of("Hamilton, Canada") == ("CA", "")
    assert area_of("12 Main Road") == ("", "")
    assert not contradicts("12 Main Road", "Anywhere", "NZ", "Otago")
    assert contradicts("Hamilton NSW", "Hamilton, New Zealand", "NZ", "Waikato")
    assert not contradicts("Bondi, New South Wales", "Bondi", "AU", "New South Wales")
