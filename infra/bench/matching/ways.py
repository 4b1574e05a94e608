"""The ways that are compared: the product's, with its own weights and with others, and what is usual elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from common.domain.matching.settings import MatchingSettings, Weights


class Order(Enum):
    """Whom a way asks first."""

    SCORE = "score"
    DISTANCE = "distance"
    CHANCE = "chance"


@dataclass(frozen=True)
class Way:
    """A way of finding a provider.

    Attributes:
        name: As the page says it.
        settings: Sizes and gaps of waves, limits and weights.
        order: Whom it asks first.
    """

    name: str
    settings: MatchingSettings
    order: Order = Order.SCORE


def weighted(name: str, **points: int) -> Way:
    """The product's way with other weights."""
    return Way(name, MatchingSettings(weights=Weights(**points)))


_TEN_MINUTES = timedelta(minutes=10)
#: What the product does unless somebody sets it otherwise.
PRODUCT = Way("waves by score", MatchingSettings())
OTHERS = (
    Way("everybody at once", MatchingSettings(wave_sizes=(200,), open_offers_limit=1_000_000), Order.CHANCE),
    Way(
        "one after another, the nearest first",
        MatchingSettings(wave_sizes=(1,) * 12, gap=_TEN_MINUTES, urgent_gap=_TEN_MINUTES, offer_gaps=1),
        Order.DISTANCE,
    ),
    Way("waves, the nearest first", MatchingSettings(), Order.DISTANCE),
)
WEIGHTS = (
    weighted("no fairness", fairness=0),
    weighted("twice the fairness", fairness=300),
    weighted("a little more rating and fairness", rating=250, fairness=200),
    weighted("ratings first", rating=400),
    weighted("answers first", answering=400),
    weighted("no bonus for newcomers", newcomer=0),
)
EVERY_WAY = (PRODUCT, *OTHERS, *WEIGHTS)
