"""Random lives of bookings: the real use cases and database, Stripe in memory with faults, and time that jumps.

After every step the invariants of ``tests.support.booking_checks`` must hold; at the end of each life everything is
healed, time runs on, and every booking must have come to rest with the books and Stripe agreeing.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import hypothesis.strategies as st
import pytest
from common.application.bookings.ratings import submit_rating
from common.application.payments.operations.sync import sync_booking_payment
from common.application.shared.outbox import sweep_outbox
from common.domain.bookings.access import part_in
from common.domain.bookings.booking import Booking, ReviewState
from common.domain.bookings.state_machine import TABLE, TERMINAL, get_available_booking_actions
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput, SlotUnavailable, Unavailable
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fakes.clock import START, FakeClock
from tests.fakes.payment_gateway import FakePaymentGateway, Fault
from tests.fakes.publisher import CollectingPublisher
from tests.support.booking_checks import check_everything
from tests.support.booking_world import BookingWorld
from tests.support.containers import make_container
from tests.unit.domain.bookings.walk import sample_inputs

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from common.domain.identity.users import User

T = TypeVar("T")

IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
EXAMPLES, STEPS = (300, 60) if IS_NIGHTLY else (5, 30)
MOST_BOOKINGS = 4
PRICE = 90_000
CARDS = ["pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined", "pm_card_chargeCustomerFail"]
#: Codes of inputs whose soundness the schema of an action cannot tell.
DEPENDS_ON_THE_BOOKING = {"too_soon", "too_large", "too_small", "past"}
PEOPLE_ACTIONS = [row.name for row in TABLE if row.sources]


class BookingLives(RuleBasedStateMachine):
    """One provider, one customer, two operators and up to four bookings."""

    uri: str
    database: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.bookings: list[str] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(auto_accept=st.booleans(), resource_ids=st.sampled_from([[], ["res_a", "res_b"]]))
    def open(self, auto_accept: bool, resource_ids: list[str]) -> None:
        self.run(self._open(auto_accept, resource_ids))

    async def _open(self, auto_accept: bool, resource_ids: list[str]) -> None:
        clock = FakeClock()
        container = make_container(
            self.uri,
            self.database,
            clock=clock,
            publisher=CollectingPublisher(),
            gateway=FakePaymentGateway(now=START),
        )
        for name in await container.mongo.db.list_collection_names():
            if name not in {"migrations", "categories"}:
                await container.mongo.collection(name).delete_many({})
        price = {"amount": PRICE, "currency": "nzd"}
        self.world = await BookingWorld(container).open(auto_accept=auto_accept, price=price, resource_ids=resource_ids)

    @precondition(lambda self: len(self.bookings) < MOST_BOOKINGS)
    @rule(hours=st.sampled_from([3, 30, 31, 80, 400]), minutes=st.sampled_from([0, 30]))
    def book(self, hours: int, minutes: int) -> None:
        async def work() -> str | None:
            hour = self.world.clock.now().replace(minute=0, second=0, microsecond=0)
            key = f"key-{len(self.bookings)}"
            start = hour + timedelta(hours=hours, minutes=minutes)
            try:
                return (await self.world.book(start, key=key)).id
            except SlotUnavailable:
                return None
            except Unavailable:
                made = await self.world.deps.bookings.find_by_idempotency_key(self.world.customer.id, key)
                return made.id if made else None

        made = self.run(work())
        if made:
            self.bookings.append(made)

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), card=st.sampled_from(CARDS), is_told=st.booleans())
    def pay(self, data: st.DataObject, card: str, is_told: bool) -> None:
        async def work() -> None:
            booking = await self.load(data.draw(st.sampled_from(self.bookings)))
            intent = self.world.gateway.intents.get(
                booking.first_charge.payment_intent_id or booking.first_charge.setup_intent_id or ""
            )
            if intent is None or intent.status != "requires_payment_method":
                return
            self.world.give_card(booking, card)
            if is_told:
                await self.hear_of(booking)

        self.run(work())

    @precondition(lambda self: self.bookings)
    @rule(data=st.data())
    def do_what_is_offered(self, data: st.DataObject) -> None:
        """Whatever is offered is accepted, but for a time that somebody else has taken meanwhile."""

        async def work() -> None:
            booking = await self.load(data.draw(st.sampled_from(self.bookings)))
            user = data.draw(st.sampled_from(self.people()))
            offered = self.offered(booking, user)
            if not offered:
                return
            action = data.draw(st.sampled_from(offered))
            try:
                after = await self.world.act(booking, action, user, self.input_of(booking, action, data))
            except SlotUnavailable:
                assert action in {"propose_reschedule", "move"}
            except InvalidInput as refused:
                if not {each.code for each in refused.errors} <= DEPENDS_ON_THE_BOOKING:
                    raise
            else:
                assert after.version == booking.version + 1

        self.run(work())

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), action=st.sampled_from(PEOPLE_ACTIONS))
    def try_what_is_not_offered(self, data: st.DataObject, action: str) -> None:
        """What is not offered is refused and changes nothing."""

        async def work() -> None:
            booking = await self.load(data.draw(st.sampled_from(self.bookings)))
            user = data.draw(st.sampled_from(self.people()))
            if action in self.offered(booking, user):
                return
            with pytest.raises((ActionNotAvailable, Forbidden)):
                await self.world.act(booking, action, user, self.input_of(booking, action, data))
            assert (await self.load(booking.id)).version == booking.version

        self.run(work())

    @precondition(lambda self: self.bookings)
    @rule(data=st.data(), stars=st.integers(1, 5), text=st.sampled_from(["", "Ring 021 123 4567"]))
    def rate(self, data: st.DataObject, stars: int, text: str) -> None:
        async def work() -> None:
            booking = await self.load(data.draw(st.sampled_from(self.bookings)))
            user = data.draw(st.sampled_from([self.world.customer, self.world.provider_user]))
            if booking.review is ReviewState.OPEN:
                await submit_rating(self.world.deps, self.world.principal(user), booking.id, stars, text)

        self.run(work())

    @rule(minutes=st.sampled_from([1, 16, 60, 60 * 5, 60 * 24, 60 * 24 * 3]))
    def wait(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        self.run(self.world.sweep())

    @rule()
    def work_the_queue(self) -> None:
        self.run(self.world.drain())

    @rule()
    def publish_what_was_left(self) -> None:
        self.run(self.publish())

    @rule(fault=st.sampled_from(list(Fault)))
    def break_stripe_once(self, fault: Fault) -> None:
        if len(self.world.gateway.faults) < 2:
            self.world.gateway.faults.append(fault)

    @rule(is_unavailable=st.booleans())
    def lose_the_queue(self, is_unavailable: bool) -> None:
        self.world.publisher.is_unavailable = is_unavailable

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "world"):
            self.run(check_everything(self.world, at_rest=False))

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.run(self._finish())
        finally:
            self.loop.close()

    async def _finish(self) -> None:
        """Repair everything and let time alone bring every booking to its end."""
        world = self.world
        world.gateway.faults.clear()
        world.publisher.is_unavailable = False
        try:
            for step in range(120):
                world.clock.advance(**({"minutes": 20} if step < 20 else {"hours": 12}))
                await self.publish()
                await world.drain()
                await world.sweep()
                await world.drain()
            ended = await check_everything(world, at_rest=True)
            assert all(booking.status in TERMINAL for booking in ended), [booking.status for booking in ended]
            await self._check_summary()
        finally:
            await world.container.close()

    async def _check_summary(self) -> None:
        """The provider's summary counts what is shown, and nothing else."""
        provider = await self.world.container.providers.get(self.world.provider.id)
        shown = {"author_kind": "customer", "state": "published"}
        stars = [row["stars"] async for row in self.world.container.mongo.collection("ratings").find(shown)]
        assert provider is not None
        assert (provider.rating.count, provider.rating.total) == (len(stars), sum(stars))

    async def load(self, booking_id: str) -> Booking:
        booking = await self.world.deps.bookings.get(booking_id)
        assert booking is not None
        return booking

    async def publish(self) -> None:
        self.world.clock.advance(seconds=31)
        await sweep_outbox(self.world.container.outbox_sweep, has_time=lambda: True)

    async def hear_of(self, booking: Booking) -> None:
        """Stripe's webhook or the customer's confirmation makes us look; Stripe may be unavailable."""
        with suppress(Unavailable):
            await sync_booking_payment(self.world.container.payments, booking.id)

    def people(self) -> list[User]:
        return [self.world.customer, self.world.provider_user, *self.world.operators]

    def offered(self, booking: Booking, user: User) -> list[str]:
        actor = part_in(booking, self.world.principal(user))
        assert actor is not None
        now = self.world.clock.now()
        return [
            each.action_name for each in get_available_booking_actions(booking, actor, now, self.world.deps.settings)
        ]

    def input_of(self, booking: Booking, action: str, data: st.DataObject) -> dict[str, Any] | None:
        """A sound input of an action; ``None`` where it needs none."""
        hours = data.draw(st.sampled_from([-2, 1, 24, 24 * 12]))
        start = {"start_at": (booking.slot.start_at + timedelta(hours=hours)).isoformat()}
        part = data.draw(st.sampled_from([0, PRICE // 3, PRICE]))
        reason = {"reason": "It went wrong."}
        inputs: dict[str, dict[str, Any]] = {
            "start": {"code": booking.start_code},
            "propose_reschedule": start,
            "move": {**start, **reason},
            "open_dispute": reason,
            "contest": reason,
            "add_evidence": {"text": "What I know."},
            "resolve": {"refund_amount": part, **reason},
            "refund": {"amount": part // 2 or 1_000, **reason},
        }
        return inputs.get(action) or sample_inputs(action, booking)[0] or None


@pytest.mark.timeout(0 if IS_NIGHTLY else 600)
def test_lives(mongodb_uri: str, migrated_database: str) -> None:
    BookingLives.uri, BookingLives.database = mongodb_uri, migrated_database
    run_state_machine_as_test(
        BookingLives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not IS_NIGHTLY,
            suppress_health_check=list(HealthCheck),
        ),
    )
