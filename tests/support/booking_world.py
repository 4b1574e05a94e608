"""A small marketplace for tests of bookings: a provider with a service, customers, Stripe in memory, and time."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from common.application.bookings.act import perform_action
from common.application.bookings.create import BookingInput, create_booking
from common.application.bookings.rating_summaries import refresh_summaries
from common.application.bookings.sweep import fire_due, sweep_due
from common.application.payments.operations.checks import CHECK_REQUESTED, check_payment
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings.access import part_in
from common.domain.bookings.state_machine import get_available_booking_actions
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.roles import Principal, Role
from common.domain.identity.users import Address, ProviderStatus, User
from common.domain.media.media import Purpose
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Topic
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from tests.factories.media import make_ready
from tests.factories.users import make_user
from tests.support.identity import store_user

if TYPE_CHECKING:
    from common.domain.bookings.booking import Booking
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.payment_gateway import FakePaymentGateway
    from tests.fakes.publisher import CollectingPublisher

ADDRESS = "12 Ponsonby Road, Auckland"
#: More than any life needs; what still is due then never ends.
_MOST_STEPS = 200
ALL_DAY = [TimeRange(start=time(0), end=time(0))]


class BookingWorld:
    """The parts and the people; times are UTC, the provider works around the clock.

    Args:
        container: with a fake clock, a collecting publisher and a ``FakePaymentGateway``.
    """

    def __init__(self, container: Container) -> None:
        self.container = container
        self.deps = container.bookings
        self.clock: FakeClock = container.clock  # type: ignore[assignment]
        self.publisher: CollectingPublisher = container.publisher  # type: ignore[assignment]
        self.gateway: FakePaymentGateway = container.gateway  # type: ignore[assignment]
        self.customer = make_user()
        self.provider_user = make_user(full_name="Tom Kauri", phone_number="+64211234567")
        self.operators = [make_user(roles=[Role.USER, Role.OPERATOR]) for _ in range(2)]
        self.provider: Provider
        self.service: Service
        self._drained = 0
        self._again: list[Event] = []

    async def open(self, **service: Any) -> BookingWorld:
        """Store the people, the provider and the service."""
        self.provider = self._provider()
        self.service = self._service(**service)
        owner = {"roles": [Role.USER, Role.PROVIDER], "provider_id": self.provider.id}
        self.provider_user = self.provider_user.model_copy(update=owner)
        for user in (self.customer, self.provider_user, *self.operators):
            await store_user(self.container, user)
        await self.container.providers.insert(self.provider)
        await self.container.services.insert(self.service)
        return self

    def start_in(self, **parts: float) -> datetime:
        """A start that lies so far ahead."""
        return self.clock.now() + timedelta(**parts)

    async def book(
        self, start_at: datetime | None = None, *, customer: User | None = None, key: str | None = None
    ) -> Booking:
        """Make a booking; it waits for its payment."""
        request = BookingInput(service_id=self.service.id, start_at=start_at or self.start_in(days=2), address=ADDRESS)
        booking, _ = await create_booking(self.deps, (customer or self.customer).id, request, idempotency_key=key)
        return booking

    async def pay(self, booking: Booking, card: str = "pm_card_visa") -> Booking:
        """The customer pays, and Stripe's news arrives."""
        self.give_card(await self.get(booking), card)
        return await sync_booking_payment(self.container.payments, booking.id)

    def give_card(self, booking: Booking, card: str = "pm_card_visa") -> None:
        """The customer pays, and we have not heard of it yet."""
        self.gateway.now = self.clock.now()
        self.gateway.confirm(booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id or "", card)

    async def requested(self, start_at: datetime | None = None) -> Booking:
        """A paid booking that waits for the provider."""
        return await self.pay(await self.book(start_at))

    async def accepted(self, start_at: datetime | None = None) -> Booking:
        """A booking that the provider has accepted."""
        return await self.act(await self.requested(start_at), "accept", self.provider_user)

    async def started(self, start_at: datetime | None = None) -> Booking:
        """A booking whose work has begun; the clock stands at its start."""
        booking = await self.accepted(start_at)
        await self.move_to(booking.slot.start_at)
        booking = await self.get(booking)
        return await self.act(booking, "start", self.provider_user, {"code": booking.start_code})

    async def completed(self, start_at: datetime | None = None) -> Booking:
        """A booking whose work is done and captured."""
        booking = await self.act(await self.started(start_at), "complete", self.provider_user)
        await self.drain()
        return await self.get(booking)

    async def act(
        self, booking: Booking, action: str, user: User, input_: dict[str, Any] | None = None, **more: Any
    ) -> Booking:
        """Perform an action as a user, who agrees to the fee as it is shown."""
        agreed = await self.agreement(booking, action, user)
        seen = await perform_action(
            self.deps, self.principal(user), booking.id, action, {**agreed, **(input_ or {})} or input_, **more
        )
        return seen.booking

    async def photo(self, user: User, purpose: Purpose = Purpose.DISPUTE_EVIDENCE) -> str:
        """The id of a photograph of the user's that is ready for a purpose."""
        photo = make_ready(id=new_id("med", self.clock.now()), owner_id=user.id, purpose=purpose)
        await self.container.media_repository.insert(photo)
        return photo.id

    async def agreement(self, booking: Booking, action: str, user: User) -> dict[str, int]:
        """What a client sends with an action that has consequences: the fee that it shows."""
        stored = await self.deps.bookings.get(booking.id)
        actor = part_in(stored, self.principal(user)) if stored else None
        if stored is None or actor is None:
            return {}
        offers = get_available_booking_actions(stored, actor, self.clock.now(), self.deps.settings)
        terms = next((each.consequences for each in offers if each.action_name == action), None)
        return {"accepted_fee": terms.fee.amount} if terms else {}

    async def get(self, booking: Booking) -> Booking:
        """The booking as stored now."""
        stored = await self.deps.bookings.get(booking.id)
        assert stored is not None
        return stored

    async def sweep(self) -> dict[str, int]:
        """One firing of the sweep."""
        return dict(await sweep_due(self.deps, has_time=lambda: True))

    async def drain(self, *, rounds: int = 20) -> None:
        """Drain the queues, as their workers would but for mails, until only messages that must come again stay."""
        again: list[Event] = []
        for _ in range(rounds):
            waiting = [*self._again, *self.publisher.events[self._drained :]]
            self._again, self._drained = [], len(self.publisher.events)
            self.gateway.now = self.clock.now()
            payments = [event for event in waiting if event.topic is Topic.PAYMENTS]
            again += [event for event in payments if not await self._work(event)]
            for event in waiting:
                await refresh_summaries(self.container.summaries, event)
            if not waiting:
                break
        self._again = again

    async def move_to(self, instant: datetime) -> None:
        """Jump to an instant; what falls due up to then happens in order, with its payments."""
        for _ in range(_MOST_STEPS):
            due = await self.container.mongo.collection("bookings").find_one(
                {"next_due_at": {"$lte": instant}}, sort=[("next_due_at", 1)]
            )
            if due is None:
                break
            self.clock.set(max(due["next_due_at"], self.clock.now() + timedelta(minutes=3)))
            await self.sweep()
            await self.drain()
        else:
            raise AssertionError(f"it stays due: {due}")
        self.clock.set(max(instant, self.clock.now()))

    async def history(self, booking: Booking) -> list[str]:
        """Names of the actions that the audit trail has."""
        return [row.action for row in await self.deps.bookings.list_history(booking.id, limit=100)]

    @staticmethod
    def principal(user: User) -> Principal:
        """The caller that a signed-in user is."""
        return Principal(user_id=user.id, roles=frozenset(user.roles), provider_id=user.provider_id)

    async def _work(self, event: Event) -> bool:
        """Do what an event asks for; ``False`` where its message must come again, or has not been delivered yet."""
        if event.not_before is not None and event.not_before > self.clock.now():
            return False
        try:
            await check_payment(self.container.payments, event)
            if event.type == CHECK_REQUESTED and event.booking_id:
                await fire_due(self.deps, event.booking_id)
        except Unavailable:
            return False
        return True

    def _provider(self) -> Provider:
        now = self.clock.now()
        return Provider(
            id=new_id("prv", now),
            user_id=self.provider_user.id,
            trading_name="Kauri Gardens",
            status=ProviderStatus.APPROVED,
            address=Address(text="Auckland", lat=-36.85, lng=174.76, is_located=True),
            timezone="Pacific/Auckland",
            availability=Availability(
                timezone="Pacific/Auckland",
                weekly=[WeeklyRule(weekday=day, ranges=ALL_DAY) for day in range(7)],
                slot_step_minutes=5,
                minimum_notice_minutes=0,
                booking_window_days=365,
            ),
            stripe_account_id="acct_test",
            is_billable=True,
            is_listed=True,
            created_at=now,
            updated_at=now,
        )

    def _service(self, **fields: Any) -> Service:
        now = self.clock.now()
        defaults: dict[str, Any] = {
            "title": "Hedge trimming",
            "category": "hedge-trimming",
            "price": Money(amount=12_500, currency="nzd"),
            "duration_minutes": 60,
            "status": ServiceStatus.ACTIVE,
        }
        return Service(
            id=new_id("svc", now),
            provider_id=self.provider.id,
            created_at=now,
            updated_at=now,
            **{**defaults, **fields},
        )


def booking_request(world: BookingWorld, **changed: Any) -> dict[str, Any]:
    """The body of a request for a booking."""
    start = world.start_in(days=2).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"service_id": world.service.id, "start_at": start, "address": ADDRESS, **changed}
