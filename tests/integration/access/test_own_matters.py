"""Staff never decide in a matter of their own, route by route; and colleagues, in the same matter, may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import ActorKind
from common.domain.identity.roles import Role
from common.domain.identity.users import ProviderStatus

from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, sign_in, store_user
from tests.support.booking_world import BookingWorld
from tests.support.ratings import store_rating

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

REASON = {"reason": "It has to be so"}
ALL_STAFF = [Role.USER, Role.PROVIDER, Role.MODERATOR, Role.OPERATOR, Role.ADMIN, Role.SUPER_ADMIN]

#: Function, path and body of what staff do about a person; ``{…}`` is that person's.
ABOUT_PEOPLE = [
    ("admin", "POST", "/v1/admin/providers/{provider}/approve", None),
    ("admin", "POST", "/v1/admin/providers/{provider}/reject", REASON),
    ("admin", "POST", "/v1/admin/users/{user}/suspend", REASON),
    ("admin", "POST", "/v1/admin/users/{user}/restore", None),
    ("admin", "PATCH", "/v1/admin/staff/{user}", {"roles": ["moderator"]}),
    ("admin", "POST", "/v1/admin/staff", {"email": "{email}", "roles": ["admin"]}),
]
#: The same of what staff do about a booking or its ratings.
ABOUT_BOOKINGS = [
    ("admin", "POST", "/v1/admin/ratings/{rating}/hide", None),
    ("admin", "POST", "/v1/admin/ratings/{rating}/publish", None),
    ("admin", "POST", "/v1/admin/bookings/{booking}/actions/resolve", {"refund_amount": 0, **REASON}),
    ("payments", "POST", "/v1/admin/bookings/{booking}/refunds", REASON),
]


async def ask(
    container: Container, call: tuple[str, str, str, Any], ids: dict[str, str], caller: User
) -> tuple[int, str]:
    """Status and code of a call."""
    area, method, path, body = call
    sent = {name: value.format(**ids) if isinstance(value, str) else value for name, value in (body or {}).items()}
    headers = await sign_in(container, caller)
    async with api_client(area, container) as client:
        answer = await client.request(method, path.format(**ids), json=sent, headers=headers)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.parametrize("call", ABOUT_PEOPLE, ids=lambda call: call[2])
async def test_nobody_decides_on_themselves(container: Container, call: tuple[str, str, str, Any]) -> None:
    provider = make_provider(status=ProviderStatus.PENDING, is_listed=False)
    user = make_user(id=provider.user_id, provider_id=provider.id, roles=ALL_STAFF, is_verified=True)
    await store_user(container, user)
    await container.providers.insert(provider)
    ids = {"provider": provider.id, "user": user.id, "email": user.email}
    assert await ask(container, call, ids, user) == (403, "own_matter")
    found = await container.providers.get(provider.id)
    assert found is not None
    assert found.status is ProviderStatus.PENDING
    assert await container.users.get(user.id) == user
    colleague = make_user(roles=ALL_STAFF)
    assert (await ask(container, call, ids, colleague))[0] in {200, 409}


@pytest.mark.parametrize("part", [ActorKind.CUSTOMER, ActorKind.PROVIDER])
@pytest.mark.parametrize("call", ABOUT_BOOKINGS, ids=lambda call: call[2])
async def test_nobody_decides_on_a_booking_of_their_own(
    container: Container, clock: FakeClock, call: tuple[str, str, str, Any], part: ActorKind
) -> None:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    world = await BookingWorld(container).open()
    booking = await world.completed()
    rating = await store_rating(container, booking, text="As I would put it myself")
    party = world.customer if part is ActorKind.CUSTOMER else world.provider_user
    party = await store_user(container, party.model_copy(update={"roles": ALL_STAFF}))
    ids = {"rating": rating.id, "booking": booking.id}
    assert await ask(container, call, ids, party) == (403, "own_matter")
    assert await world.get(booking) == booking
    assert await container.bookings.ratings.get(rating.id) == rating
    colleague = make_user(roles=[Role.USER, Role.SUPER_ADMIN])
    assert (await ask(container, call, ids, colleague))[0] in {200, 201, 409}


async def test_refunds_are_for_operators_and_tell_others_nothing(container: Container, clock: FakeClock) -> None:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    world = await BookingWorld(container).open()
    booking = await world.completed()
    call = ("payments", "POST", "/v1/admin/bookings/{booking}/refunds", REASON)
    for booking_id in (booking.id, "bkg_none"):
        for role in (Role.MODERATOR, Role.ADMIN):
            caller = make_user(roles=[Role.USER, role])
            assert await ask(container, call, {"booking": booking_id}, caller) == (403, "forbidden")
    operator = make_user(roles=[Role.USER, Role.OPERATOR])
    assert await ask(container, call, {"booking": "bkg_none"}, operator) == (404, "not_found")
    assert (await ask(container, call, {"booking": booking.id}, operator))[0] == 201
