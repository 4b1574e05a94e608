"""A report that somebody pays a provider to mend: its job request, and what the booking of that does to it."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from common.application.bookings.deps import Locate
from common.application.identity.onboarding.addresses import located_address
from common.application.matching.create_request import RequestInput, create_request
from common.application.matching.deps import MatchingDeps
from common.application.ports.bookings.repository import BookingRepository
from common.application.ports.catalogue.geocoding import Geocoder
from common.application.ports.matching.job_requests import JobRequests
from common.application.reports.access import find_public
from common.application.reports.committing import decide
from common.application.reports.deps import ReportDeps
from common.domain.bookings.booking import Booking, BookingStatus
from common.domain.identity.users import Address, User
from common.domain.matching.job_requests import DESCRIPTION_LIMIT, TITLE_LIMIT, JobRequest, Mode
from common.domain.reports import state_machine
from common.domain.reports.categories import CATEGORIES
from common.domain.reports.report import Actor, ActorKind, Report, ReportChange, ReportPlace
from common.domain.reports.state_machine import SYSTEM, LinkedJob
from common.domain.shared.errors import ActionNotAvailable, InvalidInput, Unavailable
from common.domain.shared.events import Event
from common.domain.shared.model import Model
from common.domain.shared.money import Money

_MENDED = "Mended by a provider."


class ReportJob(Model):
    """What the customer says of the job beside what the report says; instants are aware.

    ``category`` is of services; where it is left out it follows from the report's own.
    """

    start_at: datetime
    end_at: datetime
    timezone: str | None = None
    category: str | None = None
    title: str = ""
    description: str = ""
    duration_minutes: int | None = None
    budget: Money | None = None
    mode: Mode | None = None
    radius_km: int | None = None


@dataclass(frozen=True)
class JobDeps:
    """Ports of having reports mended."""

    reports: ReportDeps
    matching: MatchingDeps
    geocoder: Geocoder


@dataclass(frozen=True)
class FollowDeps:
    """Ports of following the bookings by which reports are mended."""

    reports: ReportDeps
    requests: JobRequests
    bookings: BookingRepository


async def request_job(
    deps: JobDeps, customer: User, report_id: str, job: ReportJob, *, idempotency_key: str | None = None
) -> JobRequest:
    """Ask providers near a report to mend it; the customer, whoever that is, pays.

    Args:
        deps: ports.
        customer: who asks, as just read.
        report_id: which report.
        job: when, and what else is said.
        idempotency_key: what makes a repeated request the same one, for a day.

    Raises:
        NotFound: there is no such report for everybody.
        ActionNotAvailable: it is not verified, or resolved already.
        InvalidInput: no kind of provider is known for it (``category``), or a field breaks a rule.
        Conflict: it has a job request already (``report_has_request``), or as ``create_request``.
    """
    report = await find_public(deps.reports, report_id)
    _link(deps.reports, report, "")  # refused here, before anything is made
    category = job.category or CATEGORIES[report.category].service_category
    if category is None:
        message = "Say which kind of provider can mend it: none is usual for this category of reports."
        raise InvalidInput.of("category", message, "missing")
    fields = dict(job) | {
        "category": category,
        "title": job.title or report.title[:TITLE_LIMIT],
        "description": job.description or report.description[:DESCRIPTION_LIMIT],
        "address": _address_text(report.place),
        "report_id": report.id,
    }
    here = replace(deps.matching, locate=_at(deps.geocoder, report.place), locates_outside=False)
    request = await create_request(here, customer, RequestInput(**fields), idempotency_key=idempotency_key)
    if report.job_request_id != request.id:
        await _linked(deps.reports, report, request)
    return request


async def follow_booking(deps: FollowDeps, event: Event) -> None:
    """Let a report follow the booking by which it is mended, as that is now; doing it again changes nothing.

    Args:
        deps: ports.
        event: that the work of a booking has begun or is done, with ``booking_id`` and ``job_request_id``.
    """
    request = await deps.requests.get(str(event.payload["job_request_id"]))
    if request is None or request.report_id is None:
        return
    booking = await deps.bookings.get(str(event.payload["booking_id"]))
    report = await deps.reports.reports.get(request.report_id)
    if booking is None or report is None:
        return
    provider = Actor(kind=ActorKind.PROVIDER, id=booking.provider_user_id)
    for action in _actions(booking):
        if report is not None and _is_open(deps.reports, report, action, provider):
            report = await _perform(deps.reports, report, action, provider, booking)


def _address_text(place: ReportPlace) -> str:
    """The place as its author describes it, or its point, for reports need no address."""
    return place.address or f"{place.lat:.5f}, {place.lng:.5f}"


def _at(geocoder: Geocoder, place: ReportPlace) -> Locate:
    """Give every address the report's own point; the name of the area is looked up, where it is known."""

    async def locate(text: str) -> Address:
        try:
            found = await geocoder.reverse(place.lat, place.lng)
        except Unavailable:
            found = None
        point = {"lat": place.lat, "lng": place.lng, "is_located": True, "uncertainty_m": 0}
        known = Address(text=text) if found is None else located_address(text, found)
        return known.model_copy(update=point)

    return locate


def _actions(booking: Booking) -> tuple[str, ...]:
    """What a booking's work does to a report, in order."""
    if booking.completed_at is not None:
        return ("start_work", "resolve")
    return ("start_work",) if booking.status is BookingStatus.IN_PROGRESS else ()


def _is_open(deps: ReportDeps, report: Report, action: str, actor: Actor) -> bool:
    offers = state_machine.get_available_report_actions(report, actor, deps.clock.now(), deps.settings)
    return action in {offer.action_name for offer in offers}


async def _perform(deps: ReportDeps, report: Report, action: str, actor: Actor, booking: Booking) -> Report | None:
    words = {"reason": _MENDED, "responsible": booking.service.provider_name}
    given = words if action == "resolve" else {}

    async def make(current: Report) -> ReportChange:
        return state_machine.perform(current, action, actor, given, deps.clock.now(), deps.settings)

    try:
        return await decide(deps, report, actor, make)
    except ActionNotAvailable:  # somebody else was first
        return await deps.reports.get(report.id)


async def _linked(deps: ReportDeps, report: Report, request: JobRequest) -> None:
    """Have the report name its request; one that was hidden or mended meanwhile names none, and the request stands."""

    async def make(current: Report) -> ReportChange:
        return _link(deps, current, request.id)

    with suppress(ActionNotAvailable):
        await decide(deps, report, SYSTEM, make)


def _link(deps: ReportDeps, report: Report, request_id: str) -> ReportChange:
    given = LinkedJob(job_request_id=request_id)
    return state_machine.perform(report, "link_job", SYSTEM, given, deps.clock.now(), deps.settings)
