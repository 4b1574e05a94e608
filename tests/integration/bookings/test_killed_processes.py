"""A process killed at any step from a request to the publication of its events loses nothing and doubles nothing.

By default what makes a booking is killed at every step and what moves one at a few; ``HYPOTHESIS_PROFILE=nightly``
kills everything at every step.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.shared.documents import from_document
from common.application.bookings.sweep import LEASE
from common.application.payments.operations.leases import LEASE as LEASE_OF_OPERATIONS
from common.application.payments.operations.leases import hand_over_abandoned
from common.application.shared.outbox import GRACE, sweep_outbox
from common.domain.bookings.booking import BookingStatus
from common.domain.shared.events import Event

from tests.support.booking_checks import check_everything
from tests.support.booking_world import ADDRESS, BookingWorld
from tests.support.killable import Plan, Try

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from common.domain.bookings.booking import Booking
    from common.domain.identity.users import User

ROOT = Path(__file__).parents[3]
SECONDS = 250
IS_NIGHTLY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
#: No request and no firing of one booking takes more.
MOST_STEPS = 60
STEPS = list(range(1, MOST_STEPS)) if IS_NIGHTLY else [3, 8, 13, 18, 23, MOST_STEPS]
MINUTES = 5


def run(uri: str, database: str, plan: Plan) -> tuple[int, int]:
    """Run the plan's processes; gives how many were killed and how many steps the survivor took."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killable", uri, database],
        cwd=ROOT, input=plan.model_dump_json(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    killed = sum(each.step <= steps for each in plan.tries)
    logging.getLogger(__name__).info(
        "%s: %d processes killed, the survivor took %d steps", plan.action or "sweep", killed, steps
    )
    return killed, steps


async def deliver_what_was_left(world: BookingWorld) -> list[dict[str, Any]]:
    """Let the sweep publish what killed processes have not, and check that every event has arrived; returns it."""
    world.clock.advance(seconds=GRACE.total_seconds() + 1)
    await sweep_outbox(world.container.outbox_sweep, has_time=lambda: True)
    outbox = [row async for row in world.container.mongo.collection("outbox").find()]
    delivered = {row["event_id"] async for row in world.container.mongo.collection("delivered").find()}
    delivered |= {event.id for event in world.publisher.events}
    assert delivered == {row["_id"] for row in outbox}
    assert not [row for row in outbox if row["published_at"] is None]
    return outbox


async def test_making_a_booking_killed_at_every_step(
    world: BookingWorld, mongodb_uri: str, migrated_database: str
) -> None:
    first, now = world.start_in(days=2), world.clock.now()
    tries = [
        Try(step=step, now=now, key=f"killed-{step}", request=booking_request(world, first + timedelta(hours=2 * step)))
        for step in range(1, 2 * MOST_STEPS)
    ]
    plan = Plan(user_id=world.customer.id, roles=world.customer.roles, tries=tries)
    killed, steps = run(mongodb_uri, migrated_database, plan)
    assert steps > 20

    bookings = await check_everything(world, at_rest=False)
    keys = Counter(booking.idempotency_key for booking in bookings)
    assert set(keys.values()) == {1}
    # Killed before the commit there is no booking, after it there is one; the last process was not killed.
    made = sorted(int((booking.idempotency_key or "").removeprefix("killed-")) for booking in bookings)
    assert made == list(range(made[0], killed + 2))
    assert made[0] > 1

    # Whoever dies with the payment in hand leaves it to the worker, once the lease has ended.
    in_hand = {booking.id for booking in bookings if booking.first_charge.payment_intent_id is None}
    assert 0 < len(in_hand) < len(bookings)
    abandoned, has_time = world.container.abandoned_operations, lambda: True
    assert await hand_over_abandoned(abandoned, has_time=has_time) == 0
    world.clock.advance(seconds=LEASE_OF_OPERATIONS.total_seconds())
    assert await hand_over_abandoned(abandoned, has_time=has_time) == len(in_hand)
    assert await hand_over_abandoned(abandoned, has_time=has_time) == 0
    outbox = await deliver_what_was_left(world)
    assert sorted(row["booking_id"] for row in outbox) == sorted(in_hand)
    await world.drain()
    bookings = await check_everything(world, at_rest=False)
    assert all(booking.first_charge.payment_intent_id for booking in bookings)


def booking_request(world: BookingWorld, start_at: datetime) -> dict[str, Any]:
    return {"service_id": world.service.id, "start_at": start_at, "address": ADDRESS}


@dataclass(frozen=True)
class Deed:
    """What is done to bookings: how each is prepared, who does it, and what its commit must tell.

    ``by`` gives the user, or ``None`` for the sweep, which acts when ``due`` says.
    """

    action: str
    prepare: Callable[[BookingWorld, datetime], Awaitable[Booking]]
    event: str
    ends_in: BookingStatus
    by: Callable[[BookingWorld], User] | None = None
    input: dict[str, Any] | None = None
    moves_by: timedelta | None = None

    def __str__(self) -> str:
        return self.action


async def proposed(world: BookingWorld, start_at: datetime) -> Booking:
    booking = await world.accepted(start_at)
    new = start_at + timedelta(days=1)
    return await world.act(booking, "propose_reschedule", world.customer, {"start_at": new.isoformat()})


async def disputed(world: BookingWorld, start_at: datetime) -> Booking:
    booking = await world.completed(start_at)
    return await world.act(booking, "open_dispute", world.customer, {"reason": "Half done."})


def by_customer(world: BookingWorld) -> User:
    return world.customer


def by_provider(world: BookingWorld) -> User:
    return world.provider_user


def by_operator(world: BookingWorld) -> User:
    return world.operators[0]


S, W = BookingStatus, BookingWorld
DEEDS = [
    Deed("accept", W.requested, "accepted", S.ACCEPTED, by_provider),
    Deed("decline", W.requested, "declined", S.DECLINED, by_provider, {"reason": "Away."}),
    Deed("cancel", W.accepted, "cancelled", S.CANCELLED, by_customer, {"reason": "Rain."}),
    Deed("complete", W.started, "completed", S.COMPLETED, by_provider),
    Deed("accept_reschedule", proposed, "rescheduled", S.ACCEPTED, by_provider),
    Deed("move", W.accepted, "moved", S.ACCEPTED, by_operator, {"reason": "By phone."}, timedelta(days=1)),
    Deed("resolve", disputed, "dispute_resolved", S.SETTLED, by_operator, {"refund_amount": 2_500, "reason": "Half."}),
    Deed("expire", W.requested, "expired", S.EXPIRED),
    Deed("settle", W.completed, "settled", S.SETTLED),
]


@pytest.mark.parametrize("deed", DEEDS, ids=str)
async def test_moving_a_booking_killed_at_its_steps(
    world: BookingWorld, mongodb_uri: str, migrated_database: str, deed: Deed
) -> None:
    brief = await BookingWorld(world.container).open(duration_minutes=MINUTES)
    bookings = await prepare(brief, deed)
    plan = await make_plan(brief, deed, bookings)
    killed, _ = run(mongodb_uri, migrated_database, plan)
    assert killed >= (8 if IS_NIGHTLY else 2)

    brief.clock.set(plan.tries[-1].now)
    stored = await check_everything(brief, at_rest=False)
    done = await count_actions(brief, deed)
    assert set(done.values()) <= {1}
    outbox = await deliver_what_was_left(brief)
    notified = {row["booking_id"] for row in outbox if row["type"] == f"booking.{deed.event}"}
    assert notified == set(done)
    asked = Counter(row["booking_id"] for row in outbox if row["type"] == "payment.operation_requested")
    for booking in stored:
        # The first was executed by the request that made the booking.
        assert asked[booking.id] == booking.operation_sequence - 1

    await do_the_rest(brief, deed, [booking for booking in bookings if booking.id not in done])
    ended = await check_everything(brief, at_rest=True)
    assert await count_actions(brief, deed) == {booking.id: 1 for booking in bookings}
    assert {booking.status for booking in ended} == {deed.ends_in}


async def prepare(world: BookingWorld, deed: Deed) -> list[Booking]:
    """A booking for each try, each ready and, for the sweep, each due at another time."""
    first, made = world.start_in(days=2), []
    for number in range(len(STEPS)):
        made.append(await deed.prepare(world, first + timedelta(minutes=MINUTES * number)))
        if deed.action == "expire":
            world.clock.advance(minutes=MINUTES)
    await world.drain()
    return [await world.get(booking) for booking in made]


async def make_plan(world: BookingWorld, deed: Deed, bookings: list[Booking]) -> Plan:
    user = deed.by(world) if deed.by else world.customer
    tries = []
    for step, booking in zip(STEPS, bookings, strict=True):
        if deed.by is None:
            assert booking.next_due_action == deed.action
            assert booking.next_due_at is not None
            tries.append(Try(step=step, now=booking.next_due_at))
        else:
            agreed = await world.agreement(booking, deed.action, user)
            given = {**agreed, **(input_of(deed, booking) or {})} or None
            tries.append(Try(step=step, now=world.clock.now(), booking_id=booking.id, input=given))
    tries = [*tries[:-1], tries[-1].model_copy(update={"step": 1_000_000})]
    return Plan(user_id=user.id, roles=user.roles, provider_id=user.provider_id, action=deed.action, tries=tries)


def input_of(deed: Deed, booking: Booking) -> dict[str, Any] | None:
    if deed.moves_by is None:
        return deed.input
    return {**(deed.input or {}), "start_at": (booking.slot.start_at + deed.moves_by).isoformat()}


async def count_actions(world: BookingWorld, deed: Deed) -> dict[str, int]:
    """How many audit rows of the action each booking has."""
    rows = world.container.mongo.collection("booking_history").find({"action": deed.action})
    return dict(Counter([row["booking_id"] async for row in rows]))


async def do_the_rest(world: BookingWorld, deed: Deed, left: list[Booking]) -> None:
    """What a killed process had begun is done by the next one."""
    if deed.by is None:
        world.clock.set(
            max(booking.next_due_at or world.clock.now() for booking in left) if left else world.clock.now()
        )
        world.clock.advance(seconds=LEASE.total_seconds() + 1)
        await world.sweep()
    else:
        for booking in left:
            await world.act(booking, deed.action, deed.by(world), input_of(deed, booking))
    await drain_all(world)


async def drain_all(world: BookingWorld) -> None:
    """Process everything that ever went into the payments queue; most of it has been done."""
    asked = world.container.mongo.collection("outbox").find({"topic": "payments"})
    known = {event.id for event in world.publisher.events}
    missed = [row async for row in asked if row["_id"] not in known]
    world.publisher.events += [from_document(Event, row) for row in missed]
    await world.drain()
