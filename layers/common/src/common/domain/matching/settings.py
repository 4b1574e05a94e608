"""Every window, limit and weight of matching as a setting, with the product's default."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated

from pydantic import Field

from common.domain.shared.configured import Configured, Window, load_configured

#: The variable that holds what differs from the defaults.
VARIABLE = "MATCHING_SETTINGS"

_Points = Annotated[int, Field(ge=0, le=10_000)]
_WaveSize = Annotated[int, Field(ge=1, le=200)]
#: Characters of the weights' version: enough to tell a few hundred sets apart.
_VERSION_LENGTH = 8


class Weights(Configured):
    """The most points that each part of a score gives.

    The defaults were chosen by simulating a city (``docs/benchmarks-matching.md``).
    """

    distance: _Points = 250
    rating: _Points = 200
    answering: _Points = 200
    fairness: _Points = 150
    room: _Points = 100
    price: _Points = 100
    repeat: _Points = 50
    newcomer: _Points = 30

    @cached_property
    def version(self) -> str:
        """The weights' name, which follows from them: the same weights have the same one wherever they are set."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:_VERSION_LENGTH]


class MatchingSettings(Configured):
    """Windows are durations relative to what their name says.

    Args:
        wave_sizes: how many providers each wave asks; sibling categories are looked at in the last one.
        urgent_gap: the time from one wave to the next where the window starts within ``urgent_within``.
        gap: the time otherwise.
        urgent_within: how soon a window starts that does not wait, not for a provider's quiet hours either.
        offer_gaps: for how many such times an offer may be answered.
        open_offers_limit: offers that one provider may have open at once.
        quote_limit: quotes that stand at once for one request.
        quote_validity: how long a quote holds its time, if the provider says nothing else; at most this.
        candidate_limit: how many listings one search looks at, the nearest first.
        matched_hold: how long a match waits for the customer's payment.
        retry_after: when a search that could not be made is made again.
        requests_per_day: requests that one customer may make in a day.
        live_requests: requests that one customer may have under way.
        photo_limit: photographs of a request.
        longest_window: the longest window, and how far ahead it may end.
        extension_limit: how often a request may be widened.
        radius_km: how far providers are looked for if the customer says nothing; ``most_radius_km`` the farthest.
        newcomer_jobs: somebody with fewer completed jobs is a newcomer.
        fairness_window: how far back offers count in fairness.
        fairness_half: so many offers in that time halve fairness' points.
        weights: of the score.
    """

    wave_sizes: tuple[_WaveSize, ...] = Field(default=(3, 5, 8, 16), min_length=1, max_length=20)
    urgent_gap: Window = timedelta(minutes=15)
    gap: Window = timedelta(minutes=60)
    urgent_within: Window = timedelta(hours=6)
    offer_gaps: int = Field(default=2, ge=1, le=10)
    open_offers_limit: int = Field(default=5, ge=1)
    quote_limit: int = Field(default=5, ge=1, le=20)
    quote_validity: Window = timedelta(hours=24)
    candidate_limit: int = Field(default=200, ge=1, le=1_000)
    matched_hold: Window = timedelta(hours=2)
    retry_after: Window = timedelta(minutes=1)
    requests_per_day: int = Field(default=10, ge=1)
    live_requests: int = Field(default=5, ge=1)
    photo_limit: int = Field(default=5, ge=0, le=20)
    longest_window: Window = timedelta(days=30)
    extension_limit: int = Field(default=3, ge=0)
    radius_km: int = Field(default=25, ge=1)
    most_radius_km: int = Field(default=100, ge=1)
    newcomer_jobs: int = Field(default=5, ge=0)
    fairness_window: Window = timedelta(days=7)
    fairness_half: int = Field(default=3, ge=1)
    weights: Weights = Field(default_factory=Weights)


def load_matching_settings(environment: Mapping[str, str]) -> MatchingSettings:
    """The settings of the variable ``MATCHING_SETTINGS`` (``load_configured``).

    Args:
        environment: variables by name.

    Raises:
        ValueError: it cannot be used; the message names every wrong field.
    """
    return load_configured(MatchingSettings, VARIABLE, environment)
