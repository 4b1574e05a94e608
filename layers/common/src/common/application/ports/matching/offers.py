"""The repositories of offers, and of how providers answer them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from common.application.ports.shared.due import Due
from common.domain.matching.answering import Answering
from common.domain.matching.counted_answers import CountedAnswer
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.offers import Offer, OfferStatus


class JobOffers(Protocol):
    """Offers. Every method takes part in the unit of work under way; reads work outside of one, too."""

    async def get(self, offer_id: str) -> Offer | None:
        """One offer by id."""
        ...

    async def get_with_request(self, offer_id: str) -> tuple[Offer, JobRequest] | None:
        """One offer by id and the request that it is about, as one reading; outside of a unit of work alone."""
        ...

    async def list_by_request(self, request_id: str, *, limit: int) -> Sequence[Offer]:
        """All offers of a request, in the order of providers' ids; no request has more than a few dozen."""
        ...

    async def list_by_provider(
        self, provider_id: str, *, statuses: Sequence[OfferStatus], limit: int, before: str | None
    ) -> Sequence[Offer]:
        """A provider's offers, newest first; no statuses means all; ``before`` is the id last seen."""
        ...

    async def count_open(self, provider_ids: Sequence[str]) -> Mapping[str, int]:
        """How many open offers each of these providers has; who has none is left out."""
        ...

    async def insert(self, offers: Sequence[Offer]) -> None:
        """Store new offers.

        Raises:
            VersionConflict: one of the providers was asked about the request already, by somebody who was quicker.
        """
        ...

    async def replace(self, offers: Sequence[Offer]) -> None:
        """Replace offers by their next versions.

        Raises:
            VersionConflict: one of them is not stored in the version before.
        """
        ...

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[Offer]:
        """Take offers whose ``next_due_at`` has come, the longest overdue first (see ``JobRequests.claim_due``)."""
        ...

    async def erase_customer(self, customer_id: str, *, limit: int) -> int:
        """Take what a customer wrote out of up to ``limit`` offers that have ended; in how many."""
        ...

    async def erase_provider(self, provider_id: str, *, limit: int) -> int:
        """Take a provider's name, and what they wrote, out of up to ``limit`` offers that have ended; in how many."""
        ...


@dataclass(frozen=True)
class OfferFigures:
    """How a provider answers offers, and how many they were made lately."""

    answering: Answering = field(default_factory=Answering)
    recent_offers: int = 0


class OfferStats(Protocol):
    """Counts of offers and answers, a row a provider; every method takes part in the unit of work under way."""

    async def read(self, provider_ids: Sequence[str], now: datetime, *, since: datetime) -> Mapping[str, OfferFigures]:
        """Figures of those of these providers who were ever asked.

        Args:
            provider_ids: whose.
            now: the present instant; answers of the last months count.
            since: from the day of this instant on offers are recent.
        """
        ...

    async def count_offers(self, provider_ids: Sequence[str], now: datetime) -> None:
        """Count an offer to each of these providers.

        It makes all who offer something to one of them wait for each other until their units of work have ended.
        """
        ...

    async def count_answers(self, answers: Sequence[CountedAnswer], now: datetime) -> None:
        """Count what became of offers."""
        ...
