"""Describing a job, so that providers are asked about it."""

from dataclasses import dataclass
from datetime import datetime

from common.application.bookings.create import require_bookable
from common.application.matching.deps import MatchingDeps
from common.application.matching.limits import require_room
from common.application.matching.writing import write
from common.application.ports.shared.limits import KEEP_KEYS
from common.application.shared.publishing import publish_committed
from common.domain.bookings.booking import Place
from common.domain.bookings.places import at_address, at_customer, choose_kind
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import PriceType, Service, ServiceStatus
from common.domain.identity.users import Address, User
from common.domain.matching.changes import RequestChange
from common.domain.matching.job_requests import JobRequest, Mode, Window
from common.domain.matching.state_machine import NewRequest
from common.domain.matching.state_machine import create_request as make_request
from common.domain.media.media import Purpose
from common.domain.shared.errors import (
    Conflict,
    Forbidden,
    GigstaError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
)
from common.domain.shared.events import Event
from common.domain.shared.model import Model
from common.domain.shared.money import Money

#: Between a key and the request it made a day or more before; no caller's key has a line break.
_AFTER = "\n"
#: How ``attached_to`` of a request's photographs begins.
OF_REQUEST = "job_request:"
#: Countries with one zone for nearly everybody.
_ZONES = {"NZ": "Pacific/Auckland"}


class RequestInput(Model):
    """What a customer describes; instants are aware, the address is as a person writes it.

    Exactly one of ``category`` and ``service_id`` is given: a category asks whoever could do it, a service its
    provider first. What is left out is the service's, or the usual.
    """

    category: str | None = None
    service_id: str | None = None
    title: str = ""
    description: str = ""
    place_kind: PlaceKind | None = None
    address: str | None = None
    access_notes: str = ""
    start_at: datetime
    end_at: datetime
    timezone: str | None = None
    duration_minutes: int | None = None
    budget: Money | None = None
    mode: Mode | None = None
    media_ids: tuple[str, ...] = ()
    payment_method_id: str | None = None
    radius_km: int | None = None
    report_id: str | None = None


@dataclass(frozen=True)
class _Asked:
    """What is asked for: a category, or one provider's service."""

    category: str
    name: str
    service: Service | None = None
    provider: Provider | None = None


async def create_request(
    deps: MatchingDeps, customer: User, request: RequestInput, *, idempotency_key: str | None = None
) -> JobRequest:
    """Store a new request; the first providers are asked right after, by the queue.

    Args:
        deps: ports.
        customer: who asks, as just read.
        request: what is described.
        idempotency_key: what makes a repeated request the same one, for a day.

    Raises:
        NotFound: no such service, or account.
        Forbidden: it is one's own service (``own_service``).
        Conflict: the account has no name or no telephone number (``profile_incomplete``), the service cannot be had
            now (``service_not_bookable``), too many requests are under way (``too_many_live_requests``), or the report
            has one already (``report_has_request``).
        InvalidInput: a field breaks a rule, or a photograph cannot be attached.
        RateLimited: as many were made within a day as may be.
        IdempotencyKeyReused: the key made another request.
    """
    try:
        return await _create(deps, customer, request, idempotency_key)
    except GigstaError:
        existing = await _made_before(deps, customer.id, idempotency_key)
        if existing is None:
            raise
        if deps.clock.now() >= existing.created_at + KEEP_KEYS:
            return await _create(deps, customer, request, f"{idempotency_key}{_AFTER}{existing.id}")
        if not _is_same(existing, request):
            raise IdempotencyKeyReused("This idempotency key has made another job request.") from None
        return existing


async def _made_before(deps: MatchingDeps, customer_id: str, key: str | None) -> JobRequest | None:
    return None if key is None else await deps.requests.find_by_idempotency_key(customer_id, key)


async def _create(deps: MatchingDeps, customer: User, request: RequestInput, key: str | None) -> JobRequest:
    require_bookable(customer)
    asked = await _asked_for(deps, customer.id, request)
    kind = _kind(request, asked)
    address = await deps.locate(request.address) if request.address else None
    if address is not None and deps.locates_outside:
        asked = await _asked_for(deps, customer.id, request)
    place = _place(kind, address, asked)
    new = NewRequest(
        customer_id=customer.id,
        category=asked.category,
        service_id=request.service_id,
        title=request.title or asked.name,
        description=request.description,
        access_notes=request.access_notes,
        place_kind=kind,
        place=place,
        window=Window(
            start_at=request.start_at,
            end_at=request.end_at,
            timezone=request.timezone or _usual_zone(asked, place),
        ),
        duration_minutes=request.duration_minutes,
        budget=request.budget,
        mode=request.mode or _usual_mode(asked),
        media_ids=request.media_ids,
        payment_method_id=request.payment_method_id,
        radius_km=request.radius_km or deps.settings.radius_km,
        report_id=request.report_id,
        idempotency_key=key,
    )
    change = make_request(new, deps.clock.now(), deps.settings)
    if new.budget is not None:
        deps.platform.require_sale_in(new.budget.currency, "budget")
    events = await deps.unit_of_work.run(lambda: _store(deps, change))
    await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
    return change.request


async def _store(deps: MatchingDeps, change: RequestChange) -> list[Event]:
    """Store a request with its photographs, unless it is one too many."""
    request = change.request
    await require_room(deps, request.customer_id)
    await deps.attachments.attach(
        request.media_ids,
        owner_id=request.customer_id,
        purpose=Purpose.JOB_REQUEST,
        target=f"{OF_REQUEST}{request.id}",
        now=request.created_at,
        field="media_ids",
    )
    return await write(deps, change)


async def _asked_for(deps: MatchingDeps, customer_id: str, request: RequestInput) -> _Asked:
    if (request.category is None) is (request.service_id is None):
        raise InvalidInput.of("category", "Give either a category or a service.", "missing")
    if request.service_id is None:
        category = (await deps.search.categories.tree()).by_slug.get(request.category or "")
        if category is None:
            raise InvalidInput.of("category", "There is no such category.", "unknown_category")
        return _Asked(category.id, category.name)
    pair = await deps.services.get_with_provider(request.service_id)
    if pair is None or pair[0].status is ServiceStatus.DRAFT:
        raise NotFound("There is no such service.")
    service, provider = pair
    if provider.user_id == customer_id:
        raise Forbidden("You cannot ask for your own service.", code="own_service")
    if service.status is not ServiceStatus.ACTIVE or not (provider.is_listed and provider.is_billable):
        raise Conflict("This service cannot be asked for now.", code="service_not_bookable")
    return _Asked(service.category, service.title, service, provider)


def _kind(request: RequestInput, asked: _Asked) -> PlaceKind:
    """Where the work happens; what needs an address has one, and nothing else does.

    Raises:
        InvalidInput: the service is not done there, or an address is missing or needless.
    """
    if asked.service is not None:
        kind = choose_kind(asked.service, request.place_kind)
    else:
        kind = request.place_kind or PlaceKind.CUSTOMER
    is_around = kind is PlaceKind.PROVIDER and asked.service is None
    if (kind is PlaceKind.CUSTOMER or is_around) and not request.address:
        message = "Give the address around which providers shall be looked for."
        raise InvalidInput.of("address", message if is_around else "Give the address of the work.", "missing")
    if request.address and not (kind is PlaceKind.CUSTOMER or is_around):
        raise InvalidInput.of("address", "Nobody needs an address for this. Leave it out.", "not_allowed")
    if request.access_notes and kind is not PlaceKind.CUSTOMER:
        raise InvalidInput.of("access_notes", "Nobody comes to you for this. Leave it out.", "not_allowed")
    return kind


def _place(kind: PlaceKind, address: Address | None, asked: _Asked) -> Place:
    """The place as the request keeps it.

    Raises:
        InvalidInput: it cannot be told where the address is, which finding providers takes, or the asked provider does
            not come so far.
    """
    if address is None:
        return Place(kind=kind)
    if asked.provider is not None:
        return at_customer(address, asked.provider)
    if address.lat is None or address.lng is None:
        raise InvalidInput.of(
            "address", "We could not find this address. Give street and town as on a letter.", "address_not_found"
        )
    return at_address(kind, address)


def _usual_zone(asked: _Asked, place: Place) -> str:
    """The zone in which people read the window where none is given: the provider's, or the place's if it has one."""
    return asked.provider.timezone if asked.provider else _ZONES.get(place.country, "UTC")


def _usual_mode(asked: _Asked) -> Mode:
    """Quotes are compared; a known price is taken from whoever is first."""
    is_quoted = asked.service is not None and asked.service.price_type is PriceType.QUOTE
    return Mode.COMPARE if is_quoted else Mode.FIRST


def _is_same(existing: JobRequest, request: RequestInput) -> bool:
    """Whether a request that was made asks for the same as this one."""
    window = existing.window
    made = (existing.service_id, existing.description, window.start_at, window.end_at, tuple(existing.media_ids))
    wanted = (
        request.service_id,
        request.description,
        request.start_at,
        request.end_at,
        tuple(dict.fromkeys(request.media_ids)),
    )
    return made == wanted and request.category in {None, existing.category}
