"""The repository of job requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.application.ports.shared.due import Due
from common.domain.matching.job_requests import JobRequest, JobRequestStatus


class JobRequests(Protocol):
    """Job requests. Every method takes part in the unit of work under way; reads work outside of one, too."""

    async def get(self, request_id: str) -> JobRequest | None:
        """One request by id."""
        ...

    async def get_many(self, request_ids: Sequence[str]) -> Mapping[str, JobRequest]:
        """Those of the requests that there are, by id."""
        ...

    async def find_by_idempotency_key(self, customer_id: str, key: str) -> JobRequest | None:
        """The request a customer made with this idempotency key."""
        ...

    async def find_by_report(self, report_id: str) -> JobRequest | None:
        """The request that a report was made, as long as that one binds it (``BINDING``)."""
        ...

    async def list_by_customer(
        self, customer_id: str, *, statuses: Sequence[JobRequestStatus], limit: int, before: str | None
    ) -> Sequence[JobRequest]:
        """A customer's requests, newest first; no statuses means all; ``before`` is the id last seen."""
        ...

    async def count(
        self,
        customer_id: str,
        *,
        since: datetime | None = None,
        statuses: Sequence[JobRequestStatus] = (),
        most: int,
    ) -> int:
        """How many requests a customer has made, since an instant and in these statuses if given, up to ``most``."""
        ...

    async def insert(self, request: JobRequest) -> None:
        """Store a new request.

        Raises:
            Conflict: its idempotency key has made another (``duplicate_request``), or its report another that binds it
                (``report_has_request``).
        """
        ...

    async def replace(self, request: JobRequest) -> None:
        """Replace a request by its next version; this ends a lease.

        Raises:
            VersionConflict: what is stored is not the version before.
        """
        ...

    async def claim_due(self, now: datetime, *, until: datetime, limit: int) -> Due[JobRequest]:
        """Take requests whose ``next_due_at`` has come, the longest overdue first, for this caller alone.

        A taken request is given to nobody else before ``until``, unless it is replaced first; one that was taken and
        not worked on (a crash) comes back then.
        """
        ...

    async def erase_customer(self, customer_id: str, *, limit: int) -> int:
        """Take what a customer wrote, and where they live, out of up to ``limit`` of their requests; in how many."""
        ...
