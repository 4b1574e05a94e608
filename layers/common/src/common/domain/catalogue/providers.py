"""The provider: who offers services, from where, and when."""

from datetime import datetime

from pydantic import Field

from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.identity.users import Address, ProviderStatus
from common.domain.media.photos import Photo
from common.domain.scheduling.availability import Availability
from common.domain.shared.model import Model

#: The intention that commits with the suspension or restoration of a provider's account.
PROVIDER_SWITCHED = "provider.switched"


class RatingSummary(Model):
    """Published ratings in short: their count, their sum, and the score that ranks (0 to 5)."""

    count: int = 0
    total: int = 0
    score: float = 0.0

    @classmethod
    def of(cls, count: int, total: int) -> "RatingSummary":
        """The summary of so many ratings with so many stars together."""
        return cls(count=count, total=total, score=bayesian_score(count, total)) if count else cls()

    def after(self, before: int, stars: int) -> "RatingSummary":
        """The summary once a rating that was counted with ``before`` stars is with ``stars``; 0 is not at all."""
        return self.of(max(0, self.count + (stars > 0) - (before > 0)), max(0, self.total + stars - before))

    @property
    def mean(self) -> float | None:
        """Arithmetic mean, or ``None`` without ratings."""
        return self.total / self.count if self.count else None


class Provider(Model):
    """A provider's profile.

    ``is_billable`` follows Stripe's capabilities; ``is_listed`` means approved, billable and active.

    ``commission_basis_points`` and ``commission_minimum`` go before the platform's where the plan says so, and
    ``active_service_limit`` is how many services the plan lets be active at once, ``None`` for any number.
    ``closed_account_id`` is the account at Stripe that the provider has disconnected, or that Stripe no longer lets us
    use; ``billing_revision`` counts what was read from Stripe of the present one, and is the optimistic lock of it.
    ``deleted_at`` says that the owner has left: nothing is written about this provider any more.
    ``tax_number`` is given by a provider who is registered for GST, and puts the tax on receipts.
    """

    id: str
    user_id: str
    trading_name: str
    bio: str = ""
    status: ProviderStatus = ProviderStatus.PENDING
    address: Address
    service_radius_km: float = 25.0
    timezone: str
    availability: Availability | None = None
    stripe_account_id: str | None = None
    closed_account_id: str | None = None
    is_billable: bool = False
    billing_revision: int = 0
    is_listed: bool = False
    rating: RatingSummary = Field(default_factory=RatingSummary)
    commission_basis_points: int | None = None
    commission_minimum: int | None = None
    plan_id: str = "free"
    tax_number: str | None = None
    picture: Photo | None = None
    active_service_limit: int | None = 10
    version: int = 1
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
