"""Repositories of providers, services and categories, and of what is searched of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from common.application.ports.identity.people import ProviderReader, ServiceReader
from common.domain.catalogue.categories import CategoryTree
from common.domain.catalogue.providers import Provider, RatingSummary
from common.domain.catalogue.services import Service
from common.domain.scheduling.calendars import Calendars


class Providers(ProviderReader, Protocol):
    """Provider profiles. Every write keeps the provider's search listings in the same transaction."""

    async def find_by_user(self, user_id: str) -> Provider | None:
        """The profile of an account."""
        ...

    async def find_by_account(self, account_id: str) -> Provider | None:
        """The profile that is paid to this account at Stripe."""
        ...

    async def get_many(self, provider_ids: Sequence[str]) -> Mapping[str, Provider]:
        """Profiles by id; ids without one are left out."""
        ...

    async def insert(self, provider: Provider) -> bool:
        """Store a new profile; ``False`` if its account has one already."""
        ...

    async def update(
        self, provider_id: str, fields: Mapping[str, Any], *, now: datetime, expected_version: int | None = None
    ) -> Provider:
        """Set fields by their names in ``Provider``; the version rises by one.

        Raises:
            NotFound: no such profile, or its owner has left.
            VersionConflict: the stored version is not the expected one.
        """
        ...

    async def update_billing(self, provider: Provider, fields: Mapping[str, Any], *, now: datetime) -> Provider:
        """Set what was read from Stripe, and count the reading; the version rises only where a field changes.

        Call it inside the unit of work that has read ``provider``.

        Raises:
            NotFound: no such profile, or its owner has left.
        """
        ...


class Services(ServiceReader, Protocol):
    """Services. Every write keeps the search listings in the same transaction."""

    async def get_with_provider(self, service_id: str) -> tuple[Service, Provider] | None:
        """One service by id, whatever its status, and whose it is, read at once; ``None`` where either is missing."""
        ...

    async def insert(self, service: Service) -> None:
        """Store a new service.

        Raises:
            Conflict: the provider has as many as it may (code ``too_many_services``), or as many active ones as its
                plan allows (code ``plan_limit``), however many are stored at once.
            NotFound: the provider's owner has left.
        """
        ...

    async def update(
        self, service_id: str, fields: Mapping[str, Any], *, now: datetime, expected_version: int | None = None
    ) -> Service:
        """Set fields by their names in ``Service``; the version rises by one.

        Raises:
            NotFound: no such service, or it is deleted, or its provider's owner has left.
            VersionConflict: the stored version is not the expected one.
            Conflict: it becomes active, and the provider has as many active ones as its plan allows.
        """
        ...

    async def pause_beyond_limit(self, provider_id: str, *, now: datetime) -> int:
        """Pause the newest active services beyond what the provider's ``active_service_limit`` is now; how many."""
        ...

    async def is_any_done_at_provider(self, provider_id: str) -> bool:
        """Whether an active service of a provider can be done at the provider's place."""
        ...

    async def list_by_provider(
        self, provider_id: str, *, status: str | None, limit: int, before: str | None
    ) -> Sequence[Service]:
        """A provider's services that are not deleted, newest first; ``before`` is the id last seen."""
        ...


class Categories(Protocol):
    """The tree of categories."""

    async def tree(self) -> CategoryTree:
        """The whole tree, kept in the process for some minutes."""
        ...


class BusyTimes(Protocol):
    """What is taken of providers' time and of other resources."""

    async def calendars(
        self,
        provider_ids: Sequence[str],
        resource_ids: Sequence[str],
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> Calendars:
        """What is taken between two instants, in one read.

        Args:
            provider_ids: whose bookings count, whatever they take.
            resource_ids: what is taken, by whomever.
            start: beginning of the interval.
            end: its end, exclusive.
            now: holds that have expired by then are left out.
        """
        ...


class Summaries(Protocol):
    """Rating summaries, computed from the published ratings."""

    async def apply(self, booking_id: str, *, provider_id: str, service_id: str, now: datetime) -> None:
        """Count what has become of a booking's rating since it was counted last, in one transaction.

        However many ratings there are, it reads one. Harmless to repeat, in any order. A rating of an earlier release,
        which does not say whether it is counted, makes all of its provider's be counted anew, once.
        """
        ...

    async def refresh(self, *, provider_id: str, service_id: str, now: datetime) -> RatingSummary:
        """Recompute a service's and its provider's summaries, and their listings, in one transaction.

        Recomputing makes a second call harmless. Returns the service's summary.
        """
        ...
