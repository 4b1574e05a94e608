"""What belongs to somebody, called as its owner, the other party, strangers and staff, compared with ``ownership.txt``.

A cell is ``in`` for a caller who is let in, else the status. Where even existence is private it is 404.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from common.application.identity.sessions import open_session
from common.application.scheduling.own_time import NewManualBooking, add_block, add_manual_booking
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Role
from common.domain.matching.job_requests import JobRequestStatus, Window
from common.domain.media.media import MediaState
from common.domain.messaging.conversations import conversation_id
from common.domain.moderation.items import (
    ITEM_PREFIX,
    Decision,
    ItemKind,
    ItemState,
    ModerationItem,
    Outcome,
    ReportReason,
)
from common.domain.notifications.inbox import InboxEntry
from common.domain.reports.report import ReportStatus
from common.domain.shared.notification_kinds import Kind

from tests.factories.matching import make_open_offer, make_request
from tests.factories.media import make_media
from tests.factories.providers import make_provider
from tests.factories.users import make_user
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.integration.access.test_roles import all_routes
from tests.support import api_client, sign_in
from tests.support.booking_world import BookingWorld
from tests.support.reports import store_report

if TYPE_CHECKING:
    from datetime import datetime

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

TABLE = Path(__file__).parent / "ownership.txt"
CALLERS = ("customer", "provider", "stranger", "other_provider", "moderator", "operator", "admin")
_LET_IN = "in"
_REFUSALS = {401, 403, 404}
#: Where an empty body would be refused before anybody asks whose it is: by method, and by the end of the path.
_BODIES: dict[str, dict[str, Any]] = {
    "PATCH": {"title": "Another title for it"},
    "appeal": {"text": "It was a question, not an insult."},
    "counter": {"price": {"amount": 24_000, "currency": "nzd"}},
    "extend": {"radius_km": 30},
    "messages": {"text": "Hello", "client_id": "a1"},
    "ratings": {"stars": 5},
    "report": {"reason": "spam"},
}
#: Routes with a name in their path that belong to nobody, and those whose owner is asked about elsewhere.
_FOR_ALL = "everybody reads it"
_BY_TOKEN = "whoever has its token"
_BESIDE = "the tests of it ask"
_OF_CALLER = "it is looked up among the caller's own"
_ANYBODY = "everybody does so with what everybody sees; whose it is does not matter"
ELSEWHERE = {
    "GET /v1/auth/oauth/{}/authorize": _FOR_ALL,
    "POST /v1/auth/oauth/{}/callback": _BY_TOKEN,
    "GET /v1/categories/{}": _FOR_ALL,
    "GET /v1/providers/{}": _FOR_ALL,
    "GET /v1/providers/{}/ratings": _FOR_ALL,
    "GET /v1/services/{}": _FOR_ALL,
    "GET /v1/services/{}/ratings": _FOR_ALL,
    "GET /v1/services/{}/slots": _FOR_ALL,
    "GET /v1/open311/v2/requests/{}": _FOR_ALL,
    "GET /v1/reports/{}/photos/{}": _FOR_ALL,
    "GET /v1/booking-intents/{}": _BY_TOKEN,
    "GET /v1/bookings/calendar-feed/{}": _BY_TOKEN,
    "GET /v1/media/drafts/uploads/{}": _BY_TOKEN,
    "POST /v1/media/drafts/uploads/{}/complete": _BY_TOKEN,
    "POST /v1/reports/{}/claim": _BY_TOKEN,
    "POST /v1/reports/{}/comments": _ANYBODY,
    "POST /v1/reports/{}/job-request": _ANYBODY,
    "DELETE /v1/reports/{}/comments/{}": _BESIDE,
    "PUT /v1/bookings/{}/ratings/{}/reply": _BESIDE,
    "PUT /v1/reports/{}/follow": _ANYBODY,
    "DELETE /v1/reports/{}/follow": _ANYBODY,
    "PUT /v1/reports/{}/upvote": _ANYBODY,
    "DELETE /v1/reports/{}/upvote": _ANYBODY,
    "DELETE /v1/users/me/factors/{}": _OF_CALLER,
    "DELETE /v1/users/me/identities/{}": _OF_CALLER,
    "POST /v1/users/me/identities/{}": _OF_CALLER,
    "DELETE /v1/payments/methods/{}": _OF_CALLER,
}


@dataclass(frozen=True)
class Belongings:
    """Things that belong to the customer or the provider of one booking, by the placeholder in a path."""

    ids: dict[str, str]
    headers: dict[str, dict[str, str]]


@pytest.fixture
async def belongings(container: Container, clock: FakeClock) -> Belongings:
    container.replace(gateway=FakePaymentGateway(now=clock.now()))
    world = await BookingWorld(container).open()
    booking = await world.accepted()
    client = ClientInfo("203.0.113.9", "Browser/1")
    session = await open_session(container.auth, world.customer, client, "password")
    sessions = await container.auth.sessions.list_live(session.user.id, clock.now(), limit=1)
    notice = InboxEntry(
        id=f"ntf_{booking.id}",
        user_id=world.customer.id,
        kind=Kind.BOOKINGS,
        type="booking.accepted",
        title="Accepted",
        body="Accepted",
        created_at=clock.now(),
    )
    await container.inbox.notifications.insert(notice)
    photo = make_media(owner_id=world.customer.id, state=MediaState.UPLOADED)
    await container.media_repository.insert(photo)
    waiting = {"status": ReportStatus.PENDING_VERIFICATION, "photos": []}
    report = await store_report(container, author_id=world.customer.id, **waiting)
    own = container.catalogue
    free = booking.slot.end_at + timedelta(days=1)
    block = await add_block(own, world.provider, free, free + timedelta(hours=1), "")
    after = free + timedelta(hours=1)
    entered = NewManualBooking(start_at=after, customer_name="Mere", title="Hedge", duration_minutes=60)
    manual = await add_manual_booking(own, world.provider, entered)
    window = Window(start_at=free, end_at=free + timedelta(days=1), timezone="Pacific/Auckland")
    asks: dict[str, Any] = {"customer_id": world.customer.id, "window": window, "status": JobRequestStatus.OFFERING}
    request = make_request(clock.now(), **asks)
    asked: dict[str, Any] = {"provider_id": world.provider.id, "provider_user_id": world.provider_user.id}
    offer = make_open_offer(request, now=clock.now(), service_id=world.service.id, **asked)
    await container.matching.requests.insert(request)
    await container.matching.offers.insert([offer])
    decided = await decided_about(container, world.customer.id, clock.now())
    ids = {"block": block.id, "manual_booking": manual.id, "media": photo.id, "report": report.id}
    ids["decision"] = decided.id
    ids |= {"request": request.id, "offer": offer.id, "offer_conversation": conversation_id(offer.id)}
    ids |= {
        "conversation": conversation_id(booking.id),
        "booking": booking.id,
        "service": world.service.id,
        "session": sessions[0].id,
        "notification": notice.id,
    }
    people = {"customer": world.customer, "provider": world.provider_user, "stranger": make_user()}
    other = make_provider()
    await container.providers.insert(other)
    people["other_provider"] = make_user(id=other.user_id, roles=[Role.USER, Role.PROVIDER], provider_id=other.id)
    for role in (Role.MODERATOR, Role.OPERATOR, Role.ADMIN):
        people[role.value] = make_user(roles=[Role.USER, role])
    return Belongings(ids, {name: await sign_in(container, user) for name, user in people.items()})


async def decided_about(container: Container, author_id: str, now: datetime) -> ModerationItem:
    """What moderators have decided about something that a person has written; they may appeal."""
    fields: dict[str, Any] = {"outcome": Outcome.HIDE, "reason": "It insults.", "by": "usr_moderator", "at": now}
    item = ModerationItem(
        id=f"{ITEM_PREFIX}_{author_id}",
        kind=ItemKind.COMMENT,
        subject="cmt_hidden",
        seq=1,
        reporter_id="usr_reader",
        reported_id=author_id,
        reason=ReportReason.ABUSE,
        state=ItemState.DECIDED,
        decisions=[Decision(item_id=f"{ITEM_PREFIX}_{author_id}", **fields)],
        created_at=now,
    )
    return await container.moderation.report(item)


def read_table() -> list[tuple[str, str, str, list[str]]]:
    """Function, method, path and cells of each row; lines that begin with ``#`` are comments."""
    rows = [line.split("|") for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    return [(*call.split(), cells.split()) for call, cells in rows]  # type: ignore[misc]


async def test_only_those_it_concerns_get_in(container: Container, belongings: Belongings) -> None:
    seen, wanted = {}, {}
    for area, method, path, cells in read_table():
        route = path.format(**belongings.ids)
        wanted[f"{method} {path}"] = dict(zip(CALLERS, cells, strict=True))
        answers = {}
        async with api_client(area, container) as client:
            for name in reversed(CALLERS):
                body = _BODIES.get(method, _BODIES.get(path.rpartition("/")[2]))
                answer = await client.request(method, route, json=body, headers=belongings.headers[name])
                answers[name] = str(answer.status_code) if answer.status_code in _REFUSALS else _LET_IN
        seen[f"{method} {path}"] = answers
    assert seen == wanted


def test_every_route_to_something_by_its_name_is_in_the_table_or_belongs_to_nobody() -> None:
    named = {re.sub(r"\{.*?\}", "{}", each) for each in all_routes() if "{" in each and " /v1/admin/" not in each}
    rows = {re.sub(r"\{.*?\}|(?<=/messages/)1", "{}", f"{method} {path}") for _, method, path, _ in read_table()}
    rows = {re.sub(r"(?<=/actions/)\w+$", "{}", each) for each in rows}
    assert named - rows == set(ELSEWHERE)
