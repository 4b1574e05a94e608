"""Names, titles and prices that sound like the real thing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from common.domain.catalogue.providers import RatingSummary
from common.domain.catalogue.rating_scores import bayesian_score

if TYPE_CHECKING:
    from random import Random

    from common.domain.catalogue.categories import Category

_NAMES = {
    kind: names.split(", ")
    for kind, names in (
        line.split(": ") for line in (Path(__file__).parent / "names.txt").read_text(encoding="utf-8").splitlines()
    )
}
_TITLES = (
    "{name}",
    "{name} in {city}",
    "Mobile {lower}",
    "Friendly {lower}",
    "{synonym} and {lower}",
    "{name}: {synonym}",
    "Same-day {lower}",
    "Experienced {synonym}",
)
_DESCRIPTIONS = (
    "{name} across {city} and nearby suburbs. Fully insured, tidy and on time, with all gear brought along.",
    "Family business in {city} for {years} years. We explain the work first and leave the place clean.",
    "Need help with {synonym}? {years} years of experience, references on request, weekend work welcome.",
    "Quality {lower} at a fair price. Photos before and after, and we come back if something is not right.",
)
#: Hourly rates in cents, low and high, by root category.
_RATES = {
    "home": (7_000, 14_000),
    "cleaning": (3_800, 7_000),
    "garden": (4_500, 9_500),
    "moving": (8_000, 18_000),
    "care": (2_800, 11_000),
    "beauty": (5_000, 12_000),
    "tutoring": (3_500, 9_000),
    "events": (8_000, 30_000),
    "pets": (2_500, 6_500),
    "tech": (7_000, 15_000),
    "vehicles": (7_000, 14_000),
    "business": (5_000, 20_000),
}
_ROUND_TO = 500
REVIEWS = (
    (5, "Turned up on time, did a beautiful job. Would book again."),
    (5, "Lovely to deal with and left everything spotless."),
    (5, "Fixed in half an hour what I had put off for a year."),
    (4, "Good work, ran a little late but let me know."),
    (4, "Very happy with the result. Parking was tricky."),
    (4, "Fair price and friendly."),
    (3, "Fine, though not everything we agreed on was done."),
    (5, "Ka pai! Highly recommended."),
)


def person(random: Random) -> str:
    """A full name."""
    return f"{random.choice(_NAMES['first'])} {random.choice(_NAMES['last'])}"


def trading_name(random: Random, category: Category, city: str) -> str:
    """A business name."""
    short = category.name.split(" & ")[0]
    ending = random.choice(_NAMES["endings"])
    return random.choice(
        (
            f"{random.choice(_NAMES['last'])}'s {short}",
            f"{random.choice(_NAMES['adjectives'])} {short} {ending}",
            f"{city} {short} {ending}",
            f"{random.choice(_NAMES['first'])}'s {short}",
        )
    )


def title(random: Random, category: Category, city: str) -> str:
    """A service's title."""
    return _filled(random, random.choice(_TITLES), category, city)[:120]


def description(random: Random, category: Category, city: str) -> str:
    """A service's description."""
    return _filled(random, random.choice(_DESCRIPTIONS), category, city)


def hourly_rate(random: Random, root: str) -> int:
    """A rate in cents, in steps of five dollars."""
    low, high = _RATES[root]
    return random.randrange(low, high, _ROUND_TO)


def _filled(random: Random, pattern: str, category: Category, city: str) -> str:
    filled = pattern.format(
        name=category.name,
        lower=category.name.lower(),
        synonym=random.choice(category.synonyms),
        city=city,
        years=random.randint(2, 30),
    )
    return filled[0].upper() + filled[1:]


def summary_of(stars: list[int]) -> RatingSummary:
    """The summary of some ratings."""
    return RatingSummary(count=len(stars), total=sum(stars), score=bayesian_score(len(stars), sum(stars)))
