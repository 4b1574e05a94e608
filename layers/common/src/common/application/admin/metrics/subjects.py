"""What the rows behind a figure are about, in words that people read instead of an id."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from common.application.ports.admin.metrics import Fact
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.catalogue.repositories import Providers
from common.application.ports.identity.people import UserReader
from common.application.ports.matching.job_requests import JobRequests
from common.application.ports.reports.reports import Reports
from common.application.shared.together import together


@dataclass(frozen=True)
class SubjectDeps:
    """Ports of what figures count."""

    bookings: BookingRepository
    requests: JobRequests
    reports: Reports
    providers: Providers
    users: UserReader


class Subject(NamedTuple):
    """A booking's service, a request's or a report's title, or a provider's name; who is concerned, and when."""

    title: str
    start_at: datetime | None = None
    customer_name: str | None = None
    provider_name: str | None = None


async def describe(
    deps: SubjectDeps, facts: Sequence[Fact], *, sees_bookings: bool, sees_people: bool
) -> Mapping[str, Subject]:
    """What facts are about, by their subjects; what there is no more, or what is not for these eyes, is left out.

    Args:
        deps: ports.
        facts: a page of them.
        sees_bookings: whether the reader may see bookings and requests of others.
        sees_people: whether the reader may see the names of accounts.
    """
    subjects = {each.subject for each in facts}

    async def of_kind(
        prefix: str, read: Callable[[Sequence[str]], Awaitable[Mapping[str, Subject]]], *, is_seen: bool = True
    ) -> Mapping[str, Subject]:
        wanted = sorted(each for each in subjects if each.startswith(prefix))
        return await read(wanted) if wanted and is_seen else {}

    async def bookings(ids: Sequence[str]) -> Mapping[str, Subject]:
        found = await deps.bookings.get_many(ids)
        names = await _names(deps.users, [each.customer_id for each in found.values()])
        return {
            key: Subject(
                each.service.title, each.slot.start_at, names.get(each.customer_id), each.service.provider_name or None
            )
            for key, each in found.items()
        }

    async def requests(ids: Sequence[str]) -> Mapping[str, Subject]:
        found = await deps.requests.get_many(ids)
        names = await _names(deps.users, [each.customer_id for each in found.values()])
        return {
            key: Subject(each.title, each.window.start_at, names.get(each.customer_id)) for key, each in found.items()
        }

    async def reports(ids: Sequence[str]) -> Mapping[str, Subject]:
        return {key: Subject(each.title) for key, each in (await deps.reports.get_many(ids)).items()}

    async def providers(ids: Sequence[str]) -> Mapping[str, Subject]:
        return {key: Subject(each.trading_name) for key, each in (await deps.providers.get_many(ids)).items()}

    async def accounts(ids: Sequence[str]) -> Mapping[str, Subject]:
        return {key: Subject(name) for key, name in (await _names(deps.users, ids)).items()}

    found = await together(
        of_kind("bkg_", bookings, is_seen=sees_bookings),
        of_kind("job_", requests, is_seen=sees_bookings),
        of_kind("rpt_", reports),
        of_kind("prv_", providers),
        of_kind("usr_", accounts, is_seen=sees_people),
    )
    return {key: subject for each in found for key, subject in each.items()}


async def _names(users: UserReader, user_ids: Sequence[str]) -> Mapping[str, str]:
    """Full names of accounts, by id; a page names few."""
    wanted = sorted(set(user_ids))
    found = await together(*(users.get(each) for each in wanted))
    return {each.id: each.full_name for each in found if each is not None and each.full_name}
