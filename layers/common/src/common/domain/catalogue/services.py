"""A service that a provider offers."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from common.domain.catalogue.place_kinds import DEFAULT_PLACE_KINDS, PlaceKind
from common.domain.catalogue.providers import RatingSummary
from common.domain.catalogue.service_options import ChosenOption, ServiceOption, minutes_with, pick_options
from common.domain.media.photos import Photo
from common.domain.scheduling.slot_cells import MOST_RESOURCES
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class ServiceStatus(StrEnum):
    """Whether the service is shown and can be booked."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    DELETED = "deleted"


class PriceType(StrEnum):
    """How the price is meant: for the whole job, for an hour, or after a quote."""

    FIXED = "fixed"
    HOURLY = "hourly"
    QUOTE = "quote"


class CancellationPolicyName(StrEnum):
    """The policies a service may choose; their steps are in ``policies``."""

    FLEXIBLE = "flexible"
    MODERATE = "moderate"
    STRICT = "strict"


class Service(Model):
    """One bookable offer. ``price`` is absent only for ``quote``, which has no ``options`` either.

    ``images`` are addresses elsewhere, ``photos`` those that were uploaded here; lists show the first.
    ``resource_ids`` are what a booking of it takes the time of; without any it is the provider's own.
    ``place_kinds`` are where it can be done, at least one; the customer chooses. ``online_link`` is where it usually
    happens online: nobody but the owner sees it, and customers the one that their own booking keeps, once accepted.
    """

    id: str
    provider_id: str
    title: str
    description: str = ""
    category: str
    price_type: PriceType = PriceType.FIXED
    price: Money | None = None
    duration_minutes: int
    options: list[ServiceOption] = Field(default_factory=list)
    images: list[str] = Field(default_factory=list)
    photos: list[Photo] = Field(default_factory=list)
    status: ServiceStatus = ServiceStatus.DRAFT
    cancellation_policy: CancellationPolicyName = CancellationPolicyName.MODERATE
    auto_accept: bool = False
    resource_ids: list[str] = Field(default_factory=list, max_length=MOST_RESOURCES)
    place_kinds: list[PlaceKind] = Field(default_factory=lambda: list(DEFAULT_PLACE_KINDS))
    online_link: str | None = None
    rating: RatingSummary = Field(default_factory=RatingSummary)
    version: int = 1
    created_at: datetime
    updated_at: datetime

    def minutes_with(self, chosen: Sequence[ChosenOption]) -> int:
        """How long the work takes with these options, in minutes.

        Raises:
            InvalidInput: the service has no such option, or not so much of it; or it takes longer than a day.
        """
        return minutes_with(self.duration_minutes, pick_options(self.options, chosen))

    def resources(self) -> list[str]:
        """What a booking takes the time of, each once."""
        return list(dict.fromkeys(self.resource_ids)) or [self.provider_id]

    def total_price(self) -> Money | None:
        """What one booking costs without options: the price, or the hourly one times the duration, rounded half up."""
        if self.price is None or self.price_type is PriceType.QUOTE:
            return None
        if self.price_type is PriceType.HOURLY:
            return Money(amount=hourly(self.price.amount, self.duration_minutes), currency=self.price.currency)
        return self.price


def hourly(amount: int, minutes: int) -> int:
    """What so many minutes cost at an amount an hour, in minor units, rounded half up."""
    return (amount * minutes + 30) // 60
