"""Blocks and manual bookings over HTTP: what they take, what stands in their way, and who sees them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.scheduling.own_time import overlapping
from common.domain.bookings.booking import BookingStatus
from common.domain.scheduling.own_time import LONGEST_BLOCK, MOST_BLOCKS
from common.runtime.budget import Budget
from common.runtime.http.schemas import format_instant

from functions.system.cleanup_schedule import clean_up
from tests.factories.bookings import make_booking, make_claims, make_creation, make_slot
from tests.factories.providers import make_service
from tests.fakes.clock import START
from tests.integration.providers.conftest import SignedIn, store_owner
from tests.integration.providers.test_availability_and_slots import RULES
from tests.support import api_client

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock

BLOCKS, MANUAL = "/v1/providers/me/blocks", "/v1/providers/me/manual-bookings"
NINE = START + timedelta(hours=20)  # Tuesday 09:00 in Auckland, when the rules open
HOUR = timedelta(hours=1)


def interval(start: datetime, length: timedelta = HOUR, **more: Any) -> dict[str, Any]:
    return {"start_at": format_instant(start), "end_at": format_instant(start + length), **more}


def entry(start: datetime, minutes: int = 60, **more: Any) -> dict[str, Any]:
    told = {"title": "Hedge", "customer_name": "Mere Tui", "duration_minutes": minutes}
    return {**told, "start_at": format_instant(start), **more}


@pytest.fixture
async def service(client: httpx.AsyncClient, owner: SignedIn, container: Container) -> Service:
    """A service of an hour, from nine on every hour of Tuesdays."""
    made = make_service(owner.provider)
    await container.services.insert(made)
    await client.put("/v1/providers/me/availability", json={**RULES, "max_per_day": 6}, headers=owner.headers)
    return made


async def shown(client: httpx.AsyncClient, service: Service) -> list[str]:
    """Local times of the first Tuesday's free starts."""
    body = (await client.get(f"/v1/services/{service.id}/slots?to=2030-03-06T00:00:00Z")).json()
    return [slot["local_start"][11:16] for slot in body["items"]]


async def test_a_block_takes_its_time_and_gives_it_back(
    client: httpx.AsyncClient, owner: SignedIn, service: Service
) -> None:
    key = {**owner.headers, "Idempotency-Key": "block-1"}
    body = interval(NINE + HOUR, reason="Dentist")
    made = await client.post(BLOCKS, json=body, headers=key)
    assert made.status_code == 201, made.text
    assert (await client.post(BLOCKS, json=body, headers=key)).json() == made.json()
    assert made.json()["reason"] == "Dentist"
    assert await shown(client, service) == ["09:00", "11:00", "13:00", "14:00", "15:00", "16:00"]
    assert "Dentist" not in (await client.get(f"/v1/services/{service.id}/slots")).text
    listed = (await client.get(BLOCKS, headers=owner.headers)).json()
    assert [each["id"] for each in listed["items"]] == [made.json()["id"]]
    gone = await client.delete(f"{BLOCKS}/{made.json()['id']}", headers=owner.headers)
    assert gone.status_code == 204
    assert (await client.delete(f"{BLOCKS}/{made.json()['id']}", headers=owner.headers)).status_code == 404
    assert "10:00" in await shown(client, service)


async def test_what_is_in_the_way_is_named_as_far_as_the_provider_may_know(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    own: dict[str, Any] = {"provider_id": owner.provider.id, "provider_user_id": owner.provider.user_id, "now": START}
    agreed = make_booking(slot=make_slot(NINE), status=BookingStatus.ACCEPTED, accepted_at=START, **own)
    unpaid = make_booking(slot=make_slot(NINE + HOUR), **own)
    for booking in (agreed, unpaid):
        await container.booking_repository.commit(make_creation(booking, claims=make_claims(booking)))
    entered = await client.post(MANUAL, json=entry(NINE + 2 * HOUR), headers=owner.headers)
    block = await client.post(BLOCKS, json=interval(NINE + 3 * HOUR), headers=owner.headers)
    refused = await client.post(BLOCKS, json=interval(NINE, timedelta(hours=8)), headers=owner.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "slot_unavailable")
    named = [(each["kind"], each.get("id")) for each in refused.json()["in_the_way"]]
    assert named == [
        ("booking", agreed.id),
        ("hold", None),
        ("manual_booking", entered.json()["id"]),
        ("block", block.json()["id"]),
    ]
    again = await client.post(MANUAL, json=entry(NINE + 3 * HOUR), headers=owner.headers)
    assert [each["kind"] for each in again.json()["in_the_way"]] == ["block"]
    assert await container.mongo.collection("blocks").count_documents({"provider_id": owner.provider.id}) == 1


async def test_a_month_away_is_blocked_at_once(client: httpx.AsyncClient, owner: SignedIn, service: Service) -> None:
    made = await client.post(BLOCKS, json=interval(START, LONGEST_BLOCK), headers=owner.headers)
    assert made.status_code == 201, made.text
    body = (await client.get(f"/v1/services/{service.id}/slots?to=2030-04-20T00:00:00Z")).json()
    assert body["items"][0]["local_start"][:10] == "2030-04-09"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "start_at"),
        (interval(NINE, timedelta(days=32)), "end_at"),
        (interval(NINE, -HOUR), "end_at"),
        (interval(START - HOUR), "start_at"),
        (interval(NINE + timedelta(minutes=2)), "start_at"),
        (interval(NINE, reason="r" * 201), "reason"),
        ({**interval(NINE), "start_at": "9998-12-31T23:55:00Z"}, "start_at"),
    ],
)
async def test_a_wrong_block_is_refused(
    client: httpx.AsyncClient, owner: SignedIn, body: dict[str, Any], field: str
) -> None:
    refused = await client.post(BLOCKS, json=body, headers=owner.headers)
    assert refused.status_code == 422, refused.text
    assert field in [error["field"] for error in refused.json()["errors"]]


async def test_only_so_many_blocks_are_kept_however_many_come_at_once(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    later = [{"_id": f"blk_{n}", "provider_id": owner.provider.id, "end_at": NINE} for n in range(MOST_BLOCKS - 1)]
    await container.mongo.collection("blocks").insert_many(later)
    answers = await asyncio.gather(
        *(client.post(BLOCKS, json=interval(NINE + n * HOUR), headers=owner.headers) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"too_many"}
    claims = container.mongo.collection("slot_claims")
    assert await claims.count_documents({"provider_id": owner.provider.id}) == 1
    await container.mongo.collection("blocks").delete_many({"provider_id": owner.provider.id})


async def test_a_manual_booking_is_read_moved_edited_and_removed(
    client: httpx.AsyncClient, owner: SignedIn, service: Service
) -> None:
    told = {"service_id": service.id, "customer_name": "Mere Tui", "customer_phone_number": "021 123 4567"}
    made = await client.post(
        MANUAL, json={**told, "start_at": format_instant(NINE), "notes": "Dog"}, headers=owner.headers
    )
    assert made.status_code == 201, made.text
    body = made.json()
    assert (body["title"], body["duration_minutes"]) == (service.title, service.duration_minutes)
    assert (body["customer_phone_number"], body["notes"]) == ("+64211234567", "Dog")
    path = f"{MANUAL}/{body['id']}"
    assert (await client.get(path, headers=owner.headers)).json() == body
    assert "09:00" not in await shown(client, service)

    half_past = {"start_at": format_instant(NINE + HOUR / 2), "customer_phone_number": None, "version": 1}
    moved = await client.patch(path, json=half_past, headers=owner.headers)
    assert moved.status_code == 200, moved.text
    assert (moved.json()["version"], moved.json()["customer_phone_number"]) == (2, None)
    assert await shown(client, service) == ["11:00", "13:00", "14:00", "15:00", "16:00"]
    assert (await client.patch(path, json=half_past, headers=owner.headers)).status_code == 412
    longer = await client.patch(path, json={"duration_minutes": 150, "title": "Hedges"}, headers=owner.headers)
    assert longer.json()["end_at"] == format_instant(NINE + 3 * HOUR)
    assert await shown(client, service) == ["13:00", "14:00", "15:00", "16:00"]

    await client.post(BLOCKS, json=interval(NINE + 4 * HOUR), headers=owner.headers)
    into = await client.patch(path, json={"start_at": format_instant(NINE + 3 * HOUR)}, headers=owner.headers)
    assert (into.status_code, into.json()["in_the_way"][0]["kind"]) == (409, "block")
    assert await shown(client, service) == ["14:00", "15:00", "16:00"]
    assert (await client.delete(path, headers=owner.headers)).status_code == 204
    assert (await client.get(path, headers=owner.headers)).status_code == 404
    assert await shown(client, service) == ["09:00", "10:00", "11:00", "14:00", "15:00", "16:00"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": None}, "title"),
        ({"duration_minutes": None}, "duration_minutes"),
        ({"duration_minutes": 7}, "duration_minutes"),
        ({"duration_minutes": 1445}, "duration_minutes"),
        ({"customer_name": ""}, "customer_name"),
        ({"customer_phone_number": "12345"}, "customer_phone_number"),
        ({"notes": "n" * 2001}, "notes"),
        ({"start_at": format_instant(START - HOUR)}, "start_at"),
        ({"start_at": "2030-03-05T09:00:00"}, "start_at"),
        ({"price": 5}, "price"),
    ],
)
async def test_a_wrong_manual_booking_is_refused(
    client: httpx.AsyncClient, owner: SignedIn, changes: dict[str, Any], field: str
) -> None:
    refused = await client.post(MANUAL, json=entry(NINE) | changes, headers=owner.headers)
    assert refused.status_code == 422, refused.text
    assert field in [error["field"] for error in refused.json()["errors"]]


async def test_nobody_enters_a_booking_of_another_s_service(
    client: httpx.AsyncClient, owner: SignedIn, service: Service, container: Container
) -> None:
    other = await store_owner(container)
    refused = await client.post(MANUAL, json=entry(NINE, service_id=service.id), headers=other.headers)
    assert refused.status_code == 404
    made = await client.post(MANUAL, json=entry(NINE), headers=owner.headers)
    assert (await client.get(MANUAL, headers=other.headers)).json()["items"] == []
    stolen = await client.patch(f"{MANUAL}/{made.json()['id']}", json={"notes": "x"}, headers=other.headers)
    assert stolen.status_code == 404


async def test_manual_bookings_count_for_the_day_and_come_page_by_page(
    client: httpx.AsyncClient, owner: SignedIn, service: Service
) -> None:
    for number in range(6):
        made = await client.post(MANUAL, json=entry(NINE + timedelta(minutes=5 * number), 5), headers=owner.headers)
        assert made.status_code == 201, made.text
    assert await shown(client, service) == []
    first = (await client.get(f"{MANUAL}?limit=4", headers=owner.headers)).json()
    rest = (await client.get(f"{MANUAL}?limit=4&cursor={first['next_cursor']}", headers=owner.headers)).json()
    starts = [each["start_at"] for each in first["items"] + rest["items"]]
    assert starts == sorted(starts)
    assert (len(starts), rest["next_cursor"]) == (6, None)
    none = await client.get(f"{MANUAL}?from=2030-03-06T00:00:00Z&to=2030-03-05T00:00:00Z", headers=owner.headers)
    assert none.status_code == 422


async def test_the_calendar_feed_has_them_and_a_year_after_the_work_they_are_gone(
    client: httpx.AsyncClient, owner: SignedIn, container: Container, clock: FakeClock
) -> None:
    phone: dict[str, Any] = {"customer_phone_number": "+64211234567", "notes": "Gate code 7"}
    made = (await client.post(MANUAL, json=entry(NINE, **phone), headers=owner.headers)).json()
    block = (await client.post(BLOCKS, json=interval(NINE + HOUR), headers=owner.headers)).json()
    async with api_client("bookings", container) as bookings:
        url = (await bookings.put("/v1/bookings/calendar-feed", headers=owner.headers)).json()["url"]
        feed = (await bookings.get(url[url.index("/v1/") :])).text
    assert f"UID:{made['id']}@gigsta" in feed
    assert "Mere Tui" in feed
    assert "Gate code" not in feed
    clock.advance(days=91)
    await clean_up(container, Budget(30))
    claims = container.mongo.collection("slot_claims")
    assert await claims.count_documents({"provider_id": owner.provider.id}) == 0
    assert await container.mongo.collection("blocks").find_one({"_id": block["id"]}) is None
    assert (await container.catalogue.manual_bookings.get(made["id"])) is not None
    clock.advance(days=276)
    await clean_up(container, Budget(30))
    assert (await container.catalogue.manual_bookings.get(made["id"])) is None


@pytest.mark.parametrize("collection", ["blocks", "manual_bookings"])
async def test_lists_and_counts_have_their_index(container: Container, collection: str) -> None:
    items = container.mongo.collection(collection)
    query = overlapping("prv_1", LONGEST_BLOCK, START, NINE, (START, "x"))
    plan = str((await items.find(query).sort([("start_at", 1), ("_id", 1)]).explain())["queryPlanner"]["winningPlan"])
    assert "'indexName': 'provider_start'" in plan
    assert "'stage': 'SORT'" not in plan
    counted = await items.find({"provider_id": "prv_1", "end_at": {"$gt": START}}).explain()
    assert "'indexName': 'provider_start'" in str(counted["queryPlanner"]["winningPlan"])
