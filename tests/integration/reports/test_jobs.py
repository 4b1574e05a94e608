"""A report that somebody pays for: one job request at a time, and it follows the work of the booking to its end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.matching.accepting import accept_offer
from common.domain.matching.job_requests import JobRequestStatus
from common.domain.reports.report import Report, ReportStatus
from common.domain.shared.topics import Topic

from functions.reports import reports_queue
from tests.factories.matching import nzd
from tests.factories.reports import LAT, LNG
from tests.support.http import api_client
from tests.support.identity import sign_in
from tests.support.offer_world import OfferWorld
from tests.support.reports import store_report

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.domain.bookings.booking import Booking
    from common.runtime.container.bootstrap import Container


PRICE = nzd(9_000)


@pytest.fixture
async def offers(emptied_container: Container) -> OfferWorld:
    """A customer and two providers, with Stripe in memory, in an empty database."""
    return await OfferWorld(emptied_container).open(2, price=PRICE)


@pytest.fixture
async def client(offers: OfferWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with api_client("reports", offers.container) as opened:
        yield opened


async def _ask(
    world: OfferWorld, client: httpx.AsyncClient, report: Report, key: str | None = None, **fields: Any
) -> httpx.Response:
    start = world.clock.now() + timedelta(days=1)
    window = {"start_at": start.isoformat(), "end_at": (start + timedelta(days=2)).isoformat()}
    headers = await sign_in(world.container, world.customer)
    headers |= {"Idempotency-Key": key} if key else {}
    body = {"window": window, "category": "house-cleaning", **fields}
    return await client.post(f"/v1/reports/{report.id}/job-request", json=body, headers=headers)


async def _stored(world: OfferWorld, report: Report) -> Report:
    found = await world.container.reports.reports.get(report.id)
    assert found is not None
    return found


async def _follow(world: OfferWorld) -> None:
    """The reports' worker takes every message, twice."""
    for _ in range(2):
        for event in [each for each in world.bookings.publisher.events if each.topic is Topic.REPORTS]:
            await reports_queue.handle(world.container, event)


async def _booked(world: OfferWorld, report: Report) -> Booking:
    """The booking that the first provider's yes makes, paid."""
    _, (first, _) = await world.ask(report_id=report.id)
    answered = await accept_offer(world.deps, world.providers[0].caller, first.id, {})
    assert answered.booking is not None
    await world.follow()
    return await world.bookings.pay(answered.booking)


async def test_a_report_becomes_a_job_at_its_own_place_once(offers: OfferWorld, client: httpx.AsyncClient) -> None:
    report = await store_report(offers.container)
    made = await _ask(offers, client, report, "key")
    assert made.status_code == 201, made.text
    request = await offers.deps.requests.get(made.json()["id"])
    assert request is not None
    assert (request.report_id, request.customer_id, request.status) == (
        report.id, offers.customer.id, JobRequestStatus.OPEN
    )  # fmt: skip
    assert (request.place.lat, request.place.lng, request.title) == (LAT, LNG, report.title)
    assert made.headers["location"] == f"/v1/job-requests/{request.id}"
    linked = await _stored(offers, report)
    assert (linked.job_request_id, linked.status) == (request.id, ReportStatus.VERIFIED)
    again = await _ask(offers, client, report, "key")
    assert (again.json(), again.headers["idempotent-replayed"]) == (made.json(), "true")
    other = await _ask(offers, client, report)
    assert (other.status_code, other.json()["code"]) == (409, "report_has_request")


@pytest.mark.parametrize(
    ("fields", "asked", "status", "code"),
    [
        ({"status": ReportStatus.RESOLVED}, {}, 409, "action_not_available"),
        ({"status": ReportStatus.DUPLICATE}, {}, 409, "action_not_available"),
        ({"status": ReportStatus.NEEDS_REVIEW}, {}, 404, "not_found"),
        ({"status": ReportStatus.HIDDEN}, {}, 404, "not_found"),
        ({"category": "other"}, {"category": None}, 422, "invalid_input"),
        ({}, {"category": "nothing"}, 422, "invalid_input"),
        ({}, {"window": {"start_at": "2000-01-01T00:00:00Z", "end_at": "2000-01-02T00:00:00Z"}}, 422, "invalid_input"),
    ],
)
async def test_only_what_is_verified_and_not_resolved_becomes_a_job(
    offers: OfferWorld, client: httpx.AsyncClient, fields: dict[str, Any], asked: dict[str, Any], status: int, code: str
) -> None:
    report = await store_report(offers.container, **fields)
    refused = await _ask(offers, client, report, **asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert (await _stored(offers, report)).job_request_id is None


async def test_a_request_stands_whose_report_was_hidden_while_it_was_made(
    offers: OfferWorld, client: httpx.AsyncClient
) -> None:
    report = await store_report(offers.container)
    reports = offers.container.reports.reports
    read = reports.get

    async def get_then_hide(report_id: str) -> Report | None:
        found = await read(report_id)
        reports.get = read  # type: ignore[method-assign]
        hidden = {"status": "hidden", "is_public": False, "version": report.version + 1}
        await offers.container.mongo.collection("reports").update_one({"_id": report_id}, {"$set": hidden})
        return found

    reports.get = get_then_hide  # type: ignore[method-assign]
    made = await _ask(offers, client, report)
    assert made.status_code == 201, made.text
    assert (await _stored(offers, report)).job_request_id is None


async def test_the_work_of_the_booking_mends_the_report_and_the_timeline_tells_it(offers: OfferWorld) -> None:
    report = await store_report(offers.container)
    booking = await _booked(offers, report)
    tom = offers.providers[0].user
    await offers.bookings.move_to(booking.slot.start_at)
    started = await offers.bookings.act(booking, "start", tom, {"code": booking.start_code})
    await _follow(offers)
    assert (await _stored(offers, report)).status is ReportStatus.IN_PROGRESS
    await offers.bookings.act(started, "complete", tom)
    await _follow(offers)
    mended = await _stored(offers, report)
    assert mended.status is ReportStatus.RESOLVED
    assert mended.closing is not None
    assert mended.closing.responsible == offers.providers[0].provider.trading_name
    entries = await offers.container.reports.reports.list_timeline(report.id, limit=9)
    assert [each.action for each in entries] == ["start_work", "resolve"]
    assert entries[-1].actor.id == tom.id


async def test_a_report_that_was_hidden_meanwhile_stays_so(offers: OfferWorld) -> None:
    report = await store_report(offers.container)
    booking = await _booked(offers, report)
    hidden = {"status": "hidden", "is_public": False}
    await offers.container.mongo.collection("reports").update_one({"_id": report.id}, {"$set": hidden})
    await offers.bookings.move_to(booking.slot.start_at)
    await offers.bookings.act(booking, "start", offers.providers[0].user, {"code": booking.start_code})
    await _follow(offers)
    assert (await _stored(offers, report)).status is ReportStatus.HIDDEN
