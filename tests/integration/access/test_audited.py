"""Every act of staff leaves a row in the audit log, route by route: who did it, and to what."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from common.application.ports.admin.queues import Depth
from common.domain.identity.roles import Role
from common.domain.identity.users import ProviderStatus

from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.access.test_roles import all_routes
from tests.integration.admin.test_operations import FakeQueues
from tests.support import api_client, sign_in, store_user
from tests.support.booking_world import BookingWorld
from tests.support.ratings import store_rating
from tests.support.reports import store_report

if TYPE_CHECKING:
    from common.domain.identity.users import User
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

WHY = {"reason": "It has to be so"}
COMMENTS = "DELETE /v1/reports/{id}/comments/{cid}"
#: What staff do, the values of the path in the order in which they stand there, and the body.
ACTS: list[tuple[str, list[str], dict[str, Any] | None]] = [
    ("POST /v1/admin/providers/{id}/approve", ["provider"], None),
    ("POST /v1/admin/providers/{id}/reject", ["other provider"], WHY),
    ("POST /v1/admin/users/{id}/suspend", ["person"], WHY),
    ("POST /v1/admin/users/{id}/restore", ["person"], None),
    ("POST /v1/admin/users/{id}/ban", ["person"], WHY),
    ("POST /v1/admin/staff", [], {"email": "colleague@example.com", "roles": ["moderator"]}),
    ("PATCH /v1/admin/staff/{id}", ["colleague"], {"roles": ["operator"]}),
    ("POST /v1/admin/ratings/{id}/publish", ["rating"], None),
    ("POST /v1/admin/ratings/{id}/hide", ["rating"], None),
    ("POST /v1/admin/bookings/{id}/actions/resolve", ["disputed"], {"refund_amount": 0, **WHY}),
    ("POST /v1/admin/bookings/{id}/refunds", ["booking"], WHY),
    ("PUT /v1/admin/reports/{id}/category", ["report"], {"category": "drain", **WHY}),
    ("PUT /v1/admin/reports/{id}/status", ["report"], {"status": "rejected", **WHY}),
    ("POST /v1/admin/moderation/{id}/decide", ["item"], {"outcome": "warn", **WHY}),
    ("POST /v1/admin/moderation/decide-many", [], {"ids": ["other item"], "outcome": "keep", **WHY}),
    ("POST /v1/admin/analytics/days/{day}/count", ["day"], None),
    ("POST /v1/admin/operations/dead-letters/{queue}/redrive", ["queue"], None),
    (COMMENTS, ["report", "comment"], None),
]
#: What leaves none, and why.
SILENT = {"POST /v1/admin/moderation/{id}/claim": "it changes nothing but who decides within five minutes"}


def test_every_route_of_staff_that_changes_something_is_here() -> None:
    changing = {each for each in all_routes() if " /v1/admin/" in each and not each.startswith("GET ")}
    assert {route for route, _, _ in ACTS} | set(SILENT) == changing | {COMMENTS}


async def test_each_act_leaves_a_row_by_who_did_it(container: Container, clock: FakeClock) -> None:
    container.replace(gateway=FakePaymentGateway(now=clock.now()), queues=FakeQueues(media=Depth(0, 0, 2)))
    there = await things(container, clock)
    rows = container.mongo.collection("security_events")
    left: dict[str, int] = {}
    for route, names, body in ACTS:
        staff = make_user(roles=[Role.USER, Role.SUPER_ADMIN])
        headers = await sign_in(container, staff)
        sent = {**body, "ids": [there[each] for each in body["ids"]]} if body and "ids" in body else body
        async with api_client(all_routes()[route], container) as client:
            method, path = filled(route, [there[name] for name in names])
            answer = await client.request(method, path, json=sent, headers=headers)
        assert answer.status_code in {200, 201, 204}, (route, answer.text)
        acts = [row async for row in rows.find({"actor_id": staff.id, "type": {"$nin": ["signed_in"]}})]
        left[route] = len(acts)
        assert all(row.get("user_id") or row["details"] for row in acts), (route, acts)
    assert [route for route, count in left.items() if count == 0] == []


def filled(route: str, values: list[str]) -> tuple[str, str]:
    """A route's method and path with its names replaced."""
    method, _, path = route.partition(" ")
    parts, given = path.split("/"), iter(values)
    return method, "/".join(next(given) if part.startswith("{") else part for part in parts)


async def things(container: Container, clock: FakeClock) -> dict[str, str]:
    """One of each of what staff decide about."""
    world = await BookingWorld(container).open()
    booking, disputed = await world.completed(), await world.completed()
    await world.act(disputed, "open_dispute", world.customer, {"reason": "Hardly anything was done"})
    await world.drain()
    now = clock.now()
    rating = await store_rating(container, booking, text="As I would put it myself")
    waiting = [make_provider(status=ProviderStatus.PENDING, is_listed=False) for _ in range(2)]
    for provider in waiting:
        await store_user(
            container, make_user(id=provider.user_id, provider_id=provider.id, roles=[Role.USER, Role.PROVIDER])
        )
        await container.providers.insert(provider)
    person = await store_user(container, make_user())
    colleague = await store_user(container, make_user(email="colleague@example.com", is_verified=True))
    report = await store_report(container, author_id=person.id)
    comments, items = await said(container, report.id)
    return {
        "provider": waiting[0].id,
        "other provider": waiting[1].id,
        "person": person.id,
        "colleague": colleague.id,
        "rating": rating.id,
        "booking": booking.id,
        "disputed": disputed.id,
        "report": report.id,
        "comment": comments[0],
        "item": items[0],
        "other item": items[1],
        "day": f"{now:%Y-%m-%d}",
        "queue": "media",
    }


async def said(container: Container, report_id: str) -> tuple[list[str], list[str]]:
    """Three comments below a report, and what is reported of the last two of them."""
    author: User = make_user()
    headers = await sign_in(container, author), await sign_in(container, make_user())
    comments, items = [], []
    async with AsyncExitStack() as parts:
        reports = await parts.enter_async_context(api_client("reports", container))
        admin = await parts.enter_async_context(api_client("admin", container))
        for number in range(3):
            body = {"text": f"You are all fools, {number} times"}
            made = await reports.post(f"/v1/reports/{report_id}/comments", json=body, headers=headers[0])
            comments.append(made.json()["id"])
        for each in comments[1:]:
            told = {"kind": "comment", "id": each, "reason": "abuse"}
            items.append((await admin.post("/v1/moderation", json=told, headers=headers[1])).json()["id"])
    return comments, items
