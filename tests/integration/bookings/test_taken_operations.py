"""A new booking's payment belongs to its request from birth: what a worker may do meanwhile, and afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from common.application.bookings.create import BookingInput, create_booking
from common.application.payments.operations.execute import OperationBusy, execute_operation
from common.application.payments.operations.leases import LEASE, hand_over_abandoned
from common.application.payments.operations.sync import confirm_booking_payment, sync_booking_payment

from functions.bookings import action_routes
from tests.support.booking_checks import check_everything
from tests.support.booking_world import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    import httpx
    from common.application.ports.payments.gateway import Intent, PaymentGateway
    from common.domain.bookings.booking import Booking
    from common.domain.payments.operations import PaymentOperation

    from tests.support.booking_world import BookingWorld


class SlowStripe:
    """A gateway that lets something else happen before it makes an intent.

    Args:
        inner: the gateway.
        meanwhile: what happens, once.
    """

    def __init__(self, inner: PaymentGateway, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._inner = inner
        self._meanwhile: list[Callable[[], Awaitable[None]]] = [meanwhile]

    async def create_payment_intent(self, *args: Any, **kwargs: Any) -> Intent:
        if self._meanwhile:
            await self._meanwhile.pop()()
        return await self._inner.create_payment_intent(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


async def the_booking(world: BookingWorld) -> Booking:
    [booking] = await check_everything(world, at_rest=False)
    return booking


async def make(world: BookingWorld, meanwhile: Callable[[], Awaitable[None]]) -> str | None:
    """Make a booking, with something happening while Stripe is being asked; gives the client's secret."""
    payments = replace(world.container.payments, gateway=SlowStripe(world.gateway, meanwhile))
    deps = replace(world.deps, payments=lambda: payments)
    request = BookingInput(service_id=world.service.id, start_at=world.start_in(days=2), address=ADDRESS)
    _, action = await create_booking(deps, world.customer.id, request, idempotency_key="key-1")
    return action.client_secret if action else None


async def test_no_worker_has_it_while_its_request_asks_stripe(world: BookingWorld) -> None:
    async def work() -> None:
        [opened] = (await the_booking(world)).payment_details.open_operations
        with pytest.raises(OperationBusy):
            await execute_operation(world.container.payments, opened.id)
        assert await hand_over_abandoned(world.container.abandoned_operations, has_time=lambda: True) == 0

    assert await make(world, work)
    assert len(world.gateway.intents) == 1
    # Its result has ended the lease, so that it is nobody's to hand over.
    world.clock.advance(seconds=2 * LEASE.total_seconds())
    assert await hand_over_abandoned(world.container.abandoned_operations, has_time=lambda: True) == 0


async def test_a_worker_that_takes_it_over_makes_no_second_intent_and_the_request_still_answers(
    world: BookingWorld,
) -> None:
    async def work() -> None:
        world.clock.advance(seconds=LEASE.total_seconds())
        assert await hand_over_abandoned(world.container.abandoned_operations, has_time=lambda: True) == 1
        await world.drain()
        assert (await the_booking(world)).first_charge.payment_intent_id is not None

    secret = await make(world, work)
    booking = await the_booking(world)
    intent = world.gateway.intents[booking.first_charge.payment_intent_id or ""]
    assert (len(world.gateway.intents), intent.client_secret) == (1, secret)
    assert await world.history(booking) == ["create", "payment_authorize_requires_action"]


async def test_a_booking_that_ends_while_stripe_is_asked_keeps_no_intent(world: BookingWorld) -> None:
    async def cancel() -> None:
        await world.act(await the_booking(world), "cancel", world.customer, {"reason": "Rain."})

    await make(world, cancel)
    await world.drain()
    booking = await the_booking(world)
    assert booking.status == "cancelled"
    assert world.gateway.intents[booking.first_charge.payment_intent_id or ""].status == "canceled"


async def test_what_a_worker_commits_while_a_payment_is_confirmed_is_in_the_answer(
    world: BookingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = await world.book()
    world.give_card(booking)
    operations = world.container.payments.operations
    list_by_booking = operations.list_by_booking

    async def after_the_worker(booking_id: str) -> Sequence[PaymentOperation]:
        monkeypatch.undo()
        await sync_booking_payment(world.container.payments, booking_id)
        return await list_by_booking(booking_id)

    monkeypatch.setattr(operations, "list_by_booking", after_the_worker)
    seen, action = await confirm_booking_payment(world.container.payments, booking.id)
    assert (seen.status, action) == ("requested", None)


async def test_an_action_that_asks_stripe_for_a_card_is_judged_by_what_stands_afterwards(
    world: BookingWorld, client: httpx.AsyncClient, customer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = await world.requested()

    async def asks_stripe(*_: Any) -> None:
        await world.act(booking, "accept", world.provider_user)

    monkeypatch.setattr(action_routes, "require_own_card", asks_stripe)
    route = f"/v1/bookings/{booking.id}/actions/authorize"
    answer = await client.post(route, json={"payment_method_id": "pm_card_visa"}, headers=customer)
    assert (answer.status_code, answer.json()["booking_status"]) == (409, "accepted"), answer.text
