"""A request with its offers, as a wave has just made them: for tests of answers, which need no search."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.application.matching.follow_booking import follow_booking
from common.application.matching.writing import commit
from common.domain.bookings.booking import Place
from common.domain.catalogue.services import PriceType
from common.domain.identity.roles import Role
from common.domain.matching.job_requests import JobRequest, Mode, Window
from common.domain.matching.scoring import score
from common.domain.matching.state_machine import NewRequest, WaveSent, create_request, fire_on_request, make_offer
from common.domain.scheduling.availability import Availability, WeeklyRule
from common.domain.shared.events import Topic

from tests.factories.matching import make_candidate
from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.support.booking_world import ALL_DAY, BookingWorld
from tests.support.identity import store_user

if TYPE_CHECKING:
    from datetime import datetime

    from common.application.matching.deps import MatchingDeps
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service
    from common.domain.identity.roles import Principal
    from common.domain.identity.users import User
    from common.domain.matching.offers import Offer
    from common.domain.shared.money import Money
    from common.runtime.container.bootstrap import Container

MINUTES = 60
HOME = Place(address="12 Ponsonby Road, Auckland", lat=-36.85, lng=174.75, is_located=True, suburb="Ponsonby")
AROUND_THE_CLOCK = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=ALL_DAY) for day in range(7)],
    slot_step_minutes=30,
    minimum_notice_minutes=0,
    booking_window_days=365,
)


@dataclass(frozen=True)
class Asked:
    """Somebody who may be asked."""

    user: User
    provider: Provider
    service: Service

    @property
    def caller(self) -> Principal:
        return BookingWorld.principal(self.user)


@dataclass
class OfferWorld:
    """A customer, several providers, and Stripe in memory.

    Args:
        container: with a fake clock, a collecting publisher and a ``FakePaymentGateway``.
    """

    container: Container
    providers: list[Asked] = field(default_factory=list)
    _followed: int = 0

    def __post_init__(self) -> None:
        self.bookings = BookingWorld(self.container)
        self.customer = self.bookings.customer
        self.clock = self.bookings.clock

    @property
    def deps(self) -> MatchingDeps:
        return self.container.matching

    @property
    def customer_caller(self) -> Principal:
        return BookingWorld.principal(self.customer)

    async def open(self, count: int = 3, *, price: Money | None = None) -> OfferWorld:
        """Store the customer and so many providers, with a service each; without a price they quote."""
        await store_user(self.container, self.customer)
        for _ in range(count):
            await self.add_provider(price=price)
        return self

    async def add_provider(self, *, price: Money | None = None, **fields: Any) -> Asked:
        """One more provider."""
        user = make_user(roles=[Role.USER, Role.PROVIDER])
        provider = make_provider(user_id=user.id, availability=AROUND_THE_CLOCK, **fields)
        user = user.model_copy(update={"provider_id": provider.id})
        kind = PriceType.FIXED if price else PriceType.QUOTE
        service = make_service(provider, price=price, price_type=kind, duration_minutes=MINUTES)
        await store_user(self.container, user)
        await self.container.providers.insert(provider)
        await self.container.services.insert(service)
        self.providers.append(Asked(user, provider, service))
        return self.providers[-1]

    def window(self, start_in: timedelta = timedelta(days=2), length: timedelta = timedelta(days=1)) -> Window:
        start = self.clock.now() + start_in
        return Window(start_at=start, end_at=start + length, timezone="Pacific/Auckland")

    async def ask(
        self, mode: Mode = Mode.FIRST, *, ends_in: timedelta = timedelta(hours=2), **fields: Any
    ) -> tuple[JobRequest, list[Offer]]:
        """A request, and an offer to each provider, in their order."""
        deps, now = self.deps, self.clock.now()
        asked = {
            "customer_id": self.customer.id,
            "category": "house-cleaning",
            "title": "Clean a house",
            "place": HOME,
            "window": self.window(),
            "radius_km": 25,
            "duration_minutes": MINUTES,
            "mode": mode,
        }
        new = create_request(NewRequest(**{**asked, **fields}), now, deps.settings)
        await commit(deps, new)
        wave = WaveSent(
            number=1,
            provider_ids=[each.provider.id for each in self.providers],
            offers_end_at=now + ends_in,
            next_at=now + timedelta(hours=1),
            exclusions={},
            candidate_count=len(self.providers),
        )
        sent = fire_on_request(new.request, "send_wave", wave, now, deps.settings)
        assert sent is not None
        changes = [self._offer(sent.request, each, now + ends_in) for each in self.providers]
        await commit(deps, sent, changes)
        return sent.request, [each.offer for each in changes]

    def _offer(self, request: JobRequest, asked: Asked, ends_at: datetime) -> Any:
        candidate = make_candidate(
            provider_id=asked.provider.id,
            provider_user_id=asked.user.id,
            service_id=asked.service.id,
            price=asked.service.total_price(),
            minutes=MINUTES,
            resource_ids=tuple(asked.service.resources()),
            soonest_start_at=request.window.start_at,
        )
        now, settings = self.clock.now(), self.deps.settings
        return make_offer(request, candidate, score(candidate, request, settings), ends_at, now, settings)

    async def request(self, request: JobRequest) -> JobRequest:
        """The request as stored now."""
        stored = await self.deps.requests.get(request.id)
        assert stored is not None
        return stored

    async def offer(self, offer: Offer) -> Offer:
        """The offer as stored now."""
        stored = await self.deps.offers.get(offer.id)
        assert stored is not None
        return stored

    async def follow(self) -> None:
        """Drain the payments queue and let requests follow what it tells of their bookings, as their worker would."""
        await self.bookings.drain()
        events = self.bookings.publisher.events
        told = [each for each in events[self._followed :] if each.topic is Topic.MATCHING and each.booking_id]
        self._followed = len(events)
        for event in told:
            await follow_booking(self.deps, str(event.booking_id))
