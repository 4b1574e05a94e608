"""A booking's money in tests: made, paid and worked on through the real use cases, repository and state machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from common.application.payments.intents import ensure_intent
from common.application.payments.operations.checks import check_payment
from common.application.payments.operations.execute import OperationBusy
from common.application.payments.operations.sync import sync_booking_payment
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, Place
from common.domain.bookings.state_machine import NewBooking, SlotVerdict
from common.domain.payments.ledger import balance
from common.domain.shared.errors import Unavailable
from common.domain.shared.events import Topic
from common.domain.shared.money import Money

from tests.factories.providers import make_provider, make_service
from tests.factories.users import make_user
from tests.support.identity import store_user

if TYPE_CHECKING:
    from collections.abc import Sequence

    from common.application.payments.deps import PaymentDeps
    from common.domain.catalogue.providers import Provider
    from common.domain.catalogue.services import Service
    from common.domain.identity.users import User
    from common.domain.shared.events import Event
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

_MOST_ROUNDS = 60


@dataclass
class MoneyBench:
    """People, a service and the payment use cases on one container.

    Args:
        container: with a fake clock and a collecting publisher.
        account_id: the provider's account at Stripe.
        deps: other payment ports than the container's.
    """

    container: Container
    account_id: str = field(default_factory=lambda: f"acct_{uuid4().hex}")
    provider: Provider = field(init=False)
    service: Service = field(init=False)
    customer: User = field(init=False)
    provider_user: User = field(init=False)
    deps: PaymentDeps | None = None
    _booked: int = 0

    async def prepare(self, *, price: int = 12_500, currency: str = "nzd", **service: Any) -> MoneyBench:
        """Store a customer, a provider and a service."""
        self.customer = await store_user(self.container, make_user())
        self.provider_user = await store_user(self.container, make_user(full_name="Ben Tama"))
        provider = make_provider(user_id=self.provider_user.id, stripe_account_id=self.account_id)
        self.provider = provider
        row = provider.model_dump(mode="json", exclude={"id", "created_at", "updated_at"})
        await self.container.mongo.collection("providers").insert_one(
            {"_id": provider.id, **row, "created_at": provider.created_at, "updated_at": provider.updated_at}
        )
        self.service = make_service(provider, price=Money(amount=price, currency=currency), **service)
        return self

    @property
    def payments(self) -> PaymentDeps:
        return self.deps or self.container.payments

    @property
    def clock(self) -> FakeClock:
        return self.container.clock  # type: ignore[return-value]

    @property
    def publisher(self) -> CollectingPublisher:
        return self.container.publisher  # type: ignore[return-value]

    async def create(self, *, starts_in: timedelta = timedelta(hours=6), **fields: Any) -> Booking:
        """Commit a new booking; no call to Stripe is made yet."""
        self._booked += 1
        now = self.clock.now()
        start = (now + starts_in).replace(minute=0, second=0, microsecond=0) + timedelta(hours=2 * self._booked)
        change = state_machine.create(
            NewBooking(
                customer_id=self.customer.id,
                start_at=start,
                place=Place(address="1 Queen Street, Auckland"),
                **fields,
            ),
            self.service,
            self.provider,
            SlotVerdict(),
            now,
            self.payments.settings,
        )
        return await self.commit(change)

    async def book(self, *, starts_in: timedelta = timedelta(hours=6), **fields: Any) -> Booking:
        """Commit a new booking and make its intent, as the booking function does."""
        booking, _ = await ensure_intent(self.payments, await self.create(starts_in=starts_in, **fields))
        return booking

    async def perform(
        self, booking: Booking, action: str, kind: ActorKind, *, settle: bool = True, **input_: Any
    ) -> Booking:
        """Perform an action as one of the parties, and make the calls to Stripe that it asks for."""
        stored = await self.read(booking)
        ids = {ActorKind.CUSTOMER: stored.customer_id, ActorKind.PROVIDER: stored.provider_user_id}
        actor = Actor(kind=kind, id=ids.get(kind, "usr_staff"))
        change = state_machine.perform(stored, action, actor, input_, self.clock.now(), self.payments.settings)
        await self.commit(change)
        if settle:
            await self.work()
        return await self.read(booking)

    async def fire(self, booking: Booking, *, settle: bool = True) -> Booking:
        """Move the clock to the booking's armed timer and fire it."""
        stored = await self.read(booking)
        assert stored.next_due_at is not None
        assert stored.next_due_action is not None
        if stored.next_due_at > self.clock.now():
            self.clock.set(stored.next_due_at)
        change = state_machine.fire(stored, stored.next_due_action, self.clock.now(), self.payments.settings)
        assert change is not None
        await self.commit(change)
        if settle:
            await self.work()
        return await self.read(booking)

    async def accept_and_start(self, booking: Booking) -> Booking:
        """From requested to in progress."""
        booking = await self.perform(booking, "accept", ActorKind.PROVIDER)
        self.clock.set(booking.slot.start_at)
        return await self.perform(booking, "start", ActorKind.PROVIDER, code=booking.start_code)

    async def commit(self, change: BookingChange) -> Booking:
        """Commit and publish, as every use case does."""
        await self.payments.bookings.commit(change)
        await self.publisher.publish(change.events)
        return change.booking

    async def read(self, booking: Booking) -> Booking:
        """The booking as stored."""
        stored = await self.payments.bookings.get(booking.id)
        assert stored is not None
        return stored

    async def work(self) -> None:
        """Drain the payments queue; what is due later moves the clock on."""
        for _ in range(_MOST_ROUNDS):
            waiting = [each for each in self.publisher.events if each.topic is Topic.PAYMENTS]
            if not waiting:
                return
            due = [each for each in waiting if each.not_before is None or each.not_before <= self.clock.now()]
            if not due:
                self.clock.set(min(each.not_before for each in waiting if each.not_before))
                continue
            await self._work_on(due[0])
        raise AssertionError("the payments queue never becomes empty")

    async def come_to_rest(self, booking: Booking, *, tries: int) -> Booking:
        """Drain the queue and re-read, again and again as the queue and the webhooks would."""
        for _ in range(tries):
            try:
                await self.work()
                return await sync_booking_payment(self.payments, booking.id)
            except Unavailable:
                self.clock.advance(seconds=80)
        raise AssertionError("it never came to rest")

    async def recover(self) -> None:
        """What the sweep of the outbox and SQS do after a crash: every event that was not processed comes again."""
        self.clock.advance(minutes=2)
        far = self.clock.now() + timedelta(days=1)
        left = await self.container.outbox.list_unpublished(before=far, limit=1_000)
        known = {each.id for each in self.publisher.events}
        self.publisher.events.extend(each for each in left if each.id not in known)
        await self.container.outbox.mark_published([each.id for each in left], self.clock.now())

    async def _work_on(self, event: Event) -> None:
        try:
            await check_payment(self.payments, event)
        except OperationBusy:
            self.clock.advance(seconds=30)
            self.publisher.events.append(event)
        self.publisher.events.remove(event)

    async def ledger_sums(self, booking: Booking) -> dict[str, int]:
        """Sum of each account of the booking's ledger; all entries must balance."""
        lines = await self.payments.ledger.list_by_booking(booking.id)
        entries: dict[str, list[Any]] = {}
        for line in lines:
            entries.setdefault(line.entry_id, []).append(line)
        assert all(balance(each) == 0 for each in entries.values())
        sums: dict[str, int] = {}
        for line in lines:
            sums[line.account.value] = sums.get(line.account.value, 0) + line.amount.amount
        return {account: amount for account, amount in sums.items() if amount}

    def told(self, *, about: Sequence[str] = ()) -> list[str]:
        """Types of notifications that were published, in order."""
        types = [each.type for each in self.publisher.events if each.topic is Topic.NOTIFICATIONS]
        return [each for each in types if not about or each in about]
