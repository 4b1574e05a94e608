"""A small town for tests of matching: providers around the customer, whose offers and timers move with the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from common.application.matching.create_request import RequestInput, create_request
from common.application.matching.due import sweep_due
from common.domain.identity.roles import Role
from common.domain.identity.users import Address
from common.domain.matching.offers import Offer, OfferStatus
from common.domain.scheduling.availability import Availability, WeeklyRule
from common.domain.shared.events import Topic
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from functions.matching.matching_queue import process
from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.support.booking_world import ALL_DAY, BookingWorld
from tests.support.identity import store_user

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from common.domain.catalogue.providers import Provider
    from common.domain.identity.users import User
    from common.domain.matching.job_requests import JobRequest
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

ADDRESS = "12 Ponsonby Road, Auckland"
#: One degree of latitude in metres.
_DEGREE_M = 111_320
CATEGORY = "hedge-trimming"
PRICE = Money(amount=9_000, currency="nzd")
_ALWAYS = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=ALL_DAY) for day in range(7)],
    minimum_notice_minutes=0,
)


class MatchingWorld:
    """The parts and the people; providers work around the clock.

    Args:
        container: with a fake clock and a collecting publisher.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        self.home = Address(
            text=ADDRESS, lat=-36.8529, lng=174.74, is_located=True, suburb="Ponsonby, Auckland", country="NZ"
        )
        self.deps = container.matching
        self.clock: FakeClock = container.clock  # type: ignore[assignment]
        self.publisher: CollectingPublisher = container.publisher  # type: ignore[assignment]
        self.customer: User = make_user()
        self.providers: list[Provider] = []
        self.people: dict[str, User] = {}
        self._drained = 0

    async def open(self, count: int = 0, **service: Any) -> MatchingWorld:
        """Store the customer and so many providers, each a little further away than the one before."""
        await store_user(self.container, self.customer)
        for number in range(count):
            await self.add_provider(500 + 100 * number, **service)
        return self

    async def add_provider(self, metres: int, *, provider: dict[str, Any] | None = None, **service: Any) -> Provider:
        """Store a provider so far north of the customer, with a service."""
        user = make_user(full_name="Tom Kauri", phone_number="+64211234567")
        lat = (self.home.lat or 0) + metres / _DEGREE_M
        home = Address(text="Auckland", lat=lat, lng=self.home.lng, is_located=True)
        made = make_provider(
            user_id=user.id,
            address=home,
            **{"availability": _ALWAYS, **(provider or {})},
        )
        owner = {"roles": [Role.USER, Role.PROVIDER], "provider_id": made.id}
        self.people[made.id] = await store_user(self.container, user.model_copy(update=owner))
        await self.container.providers.insert(made)
        fields = {"category": CATEGORY, "title": "Hedge trimming", "price": PRICE, **service}
        await self.container.services.insert(make_service(made, **fields))
        self.providers.append(made)
        return made

    def described(self, **changed: Any) -> RequestInput:
        """A job for the day after tomorrow."""
        start = changed.get("start_at") or self.clock.now() + timedelta(days=2)
        fields = {
            "category": CATEGORY,
            "title": "Trim the hedge",
            "address": ADDRESS,
            "start_at": start,
            "end_at": start + timedelta(hours=12),
        }
        return RequestInput(**{**fields, **changed})

    async def ask(self, *, key: str | None = None, **changed: Any) -> JobRequest:
        """Make a request; nobody is asked yet."""
        return await create_request(self.deps, self.customer, self.described(**changed), idempotency_key=key)

    async def asked(self, **changed: Any) -> JobRequest:
        """Make a request, and let its first wave be sent."""
        request = await self.ask(**changed)
        await self.drain()
        return await self.get(request.id)

    async def get(self, request_id: str) -> JobRequest:
        """The request as stored now."""
        stored = await self.deps.requests.get(request_id)
        assert stored is not None
        return stored

    async def offers(self, request: JobRequest, status: OfferStatus | None = None) -> Sequence[Offer]:
        """The offers of a request in the order in which they were made, all or those in a status."""
        found = await self.deps.offers.list_by_request(request.id, limit=300)
        return sorted(
            (each for each in found if status in {None, each.status}), key=lambda each: (each.wave, each.score.points)
        )

    async def drain(self) -> None:
        """Work on the matching queue's messages that are due by now."""
        while waiting := self.publisher.events[self._drained :]:
            self._drained = len(self.publisher.events)
            for event in waiting:
                is_due = event.not_before is None or event.not_before <= self.clock.now()
                if event.topic is Topic.MATCHING and is_due:
                    await process(self.container, event)

    async def sweep(self) -> dict[str, int]:
        """One firing of the sweep."""
        return dict(await sweep_due(self.deps, has_time=lambda: True))

    async def move_to(self, instant: datetime) -> None:
        """Jump to an instant and sweep there."""
        self.clock.set(instant)
        await self.sweep()

    principal = staticmethod(BookingWorld.principal)

    def new_customer(self) -> User:
        """Somebody else who asks; to be stored."""
        return make_user(id=new_id("usr", self.clock.now()))
