"""Availability as it is set, and slots as they are shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import BookingStatus
from common.domain.scheduling.slot_cells import SlotClaim, cells_between

from tests.factories.bookings import make_booking, make_creation, make_slot
from tests.factories.providers import make_service
from tests.fakes.clock import START

if TYPE_CHECKING:
    from datetime import datetime

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.integration.providers.conftest import SignedIn

RULES: dict[str, Any] = {
    "timezone": "Pacific/Auckland",
    "weekly": [{"weekday": 1, "ranges": [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]}],
    "exceptions": [{"date": "2030-03-12", "kind": "closed"}],
    "slot_step_minutes": 60,
    "minimum_notice_minutes": 0,
}


async def claim(
    container: Container, owner: SignedIn, start: datetime, minutes: int, *, expires_at: datetime | None = None
) -> None:
    end = start + timedelta(minutes=minutes)
    row = SlotClaim(
        id=f"clm_{owner.provider.id}_{start.isoformat()}",
        provider_id=owner.provider.id,
        booking_id="bkg_test",
        start_at=start,
        end_at=end,
        cells=cells_between(start, end),
        work_start_at=start,
        expires_at=expires_at,
    ).model_dump()
    await container.mongo.collection("slot_claims").insert_one({"_id": row.pop("id"), **row})


async def test_availability_reads_back_as_it_was_put(client: httpx.AsyncClient, owner: SignedIn) -> None:
    put = await client.put("/v1/providers/me/availability", json=RULES, headers=owner.headers)
    assert put.status_code == 200, put.text
    read = (await client.get("/v1/providers/me/availability", headers=owner.headers)).json()
    assert {**read, "affected_bookings": []} == put.json()
    assert read["weekly"] == RULES["weekly"]
    assert read["exceptions"] == [{"date": "2030-03-12", "kind": "closed", "ranges": []}]
    stale = await client.put("/v1/providers/me/availability", json={**RULES, "version": 1}, headers=owner.headers)
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"slot_step_minutes": 7}, "slot_step_minutes"),
        ({"buffer_after_minutes": -5}, "buffer_after_minutes"),
        ({"booking_window_days": 400}, "booking_window_days"),
        ({"max_per_day": 0}, "max_per_day"),
        ({"weekly": [{"weekday": 7, "ranges": []}]}, "weekly.0.weekday"),
        ({"weekly": [{"weekday": 1, "ranges": [{"start": "12:00", "end": "09:00"}]}]}, "weekly.0.ranges.0.end"),
        ({"weekly": [{"weekday": 1, "ranges": [{"start": "09:02", "end": "10:00"}]}]}, "weekly.0.ranges.0"),
        (
            {
                "weekly": [
                    {"weekday": 1, "ranges": [{"start": "09:00", "end": "11:00"}, {"start": "10:00", "end": "12:00"}]}
                ]
            },
            "weekly.0.ranges",
        ),
        ({"exceptions": [{"date": "2030-03-12", "kind": "extra"}]}, "exceptions.0.ranges"),
    ],
)
async def test_contradictory_rules_are_refused(
    client: httpx.AsyncClient, owner: SignedIn, changes: dict[str, Any], field: str
) -> None:
    response = await client.put("/v1/providers/me/availability", json={**RULES, **changes}, headers=owner.headers)
    assert response.status_code == 422
    assert field in [error["field"] for error in response.json()["errors"]]


async def test_slots_leave_out_what_is_taken_and_expired_holds_do_not_count(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    service = make_service(owner.provider)
    await container.services.insert(service)
    await client.put("/v1/providers/me/availability", json=RULES, headers=owner.headers)
    monday_2000 = START + timedelta(hours=20)  # Tuesday 09:00 in Auckland
    await claim(container, owner, monday_2000 + timedelta(minutes=30), 60)
    await claim(container, owner, monday_2000 + timedelta(hours=4), 60, expires_at=START)
    response = await client.get(f"/v1/services/{service.id}/slots?timezone=Australia/Sydney")
    assert response.status_code == 200, response.text
    body = response.json()
    assert [item["start_at"] for item in body["items"]] == [
        f"2030-03-{day}T{hour:02}:00:00Z" for day, hour in [("04", 22), *[("05", hour) for hour in range(4)]]
    ]
    assert body["items"][0] == {
        "start_at": "2030-03-04T22:00:00Z",
        "end_at": "2030-03-04T23:00:00Z",
        "local_start": "2030-03-05T09:00:00+11:00",
        "local_end": "2030-03-05T10:00:00+11:00",
    }
    assert (body["timezone"], body["provider_timezone"]) == ("Australia/Sydney", "Pacific/Auckland")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("timezone=Nowhere/At_All", "timezone"),
        ("from=2030-03-10T00:00:00Z&to=2030-03-09T00:00:00Z", "to"),
        ("from=2030-03-10T00:00:00Z&to=2030-06-09T00:00:00Z", "to"),
        ("from=2030-03-10T00:00:00", "from"),
    ],
)
async def test_wrong_questions_for_slots_name_the_field(
    client: httpx.AsyncClient, owner: SignedIn, container: Container, query: str, field: str
) -> None:
    service = make_service(owner.provider)
    await container.services.insert(service)
    response = await client.get(f"/v1/services/{service.id}/slots?{query}")
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_a_service_by_quote_has_no_slots(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    service = make_service(owner.provider, price_type="quote", price=None)
    await container.services.insert(service)
    body = (await client.get(f"/v1/services/{service.id}/slots")).json()
    assert (body["items"], body["is_bookable"]) == ([], False)


async def test_profile_changes_are_kept_and_bounded(client: httpx.AsyncClient, owner: SignedIn) -> None:
    changed = await client.patch(
        "/v1/providers/me", json={"trading_name": "Māia's Cleaners", "service_radius_km": 12}, headers=owner.headers
    )
    assert changed.json()["trading_name"] == "Māia's Cleaners"
    public = (await client.get(f"/v1/providers/{owner.provider.id}")).json()
    assert (public["trading_name"], public["service_radius_km"]) == ("Māia's Cleaners", 12)
    assert "address" not in public
    assert (
        await client.patch("/v1/providers/me", json={"service_radius_km": 500}, headers=owner.headers)
    ).status_code == 422


async def test_a_tax_number_can_be_given_read_and_withdrawn(client: httpx.AsyncClient, owner: SignedIn) -> None:
    url = "/v1/providers/me"
    given = await client.patch(url, json={"tax_number": "123-456-789"}, headers=owner.headers)
    assert given.json()["tax_number"] == "123-456-789"
    assert (await client.get(url, headers=owner.headers)).json()["tax_number"] == "123-456-789"
    assert "tax_number" not in (await client.get(f"/v1/providers/{owner.provider.id}")).json()
    assert (await client.patch(url, json={"tax_number": None}, headers=owner.headers)).json()["tax_number"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"service_radius_km": "10"}, {"trading_name": "evil.com/pay"}, {"trading_name": "<b>A</b>"},
        {"bio": None}, {"trading_name": None},
    ],
)  # fmt: skip
async def test_a_wrong_profile_field_is_named(
    client: httpx.AsyncClient, owner: SignedIn, change: dict[str, object]
) -> None:
    response = await client.patch("/v1/providers/me", json=change, headers=owner.headers)
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == list(change)


async def test_what_cannot_be_seen_is_dropped_from_a_profiles_name(client: httpx.AsyncClient, owner: SignedIn) -> None:
    change = {"trading_name": "Pay\N{RIGHT-TO-LEFT OVERRIDE}lap"}
    response = await client.patch("/v1/providers/me", json=change, headers=owner.headers)
    assert (response.status_code, response.json()["trading_name"]) == (200, "Paylap")


async def test_a_holiday_closes_its_days_and_names_the_bookings_in_it(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    """START is a Monday; 12 and 19 March are the Tuesdays that the rules open."""
    service = make_service(owner.provider)
    await container.services.insert(service)
    own = {"provider_id": owner.provider.id, "provider_user_id": owner.provider.user_id}
    monday_2000 = START + timedelta(hours=20)  # Tuesday 09:00 in Auckland
    statuses = [BookingStatus.ACCEPTED, BookingStatus.PENDING_PAYMENT, BookingStatus.CANCELLED, BookingStatus.ACCEPTED]
    made = []
    for number, status in enumerate(statuses):
        slot = make_slot(monday_2000 + timedelta(days=14 * (number // 3), hours=number))
        made.append(make_booking(now=START, slot=slot, status=status, **own))
        await container.booking_repository.commit(make_creation(made[-1], claims=[]))
    away = [{"first_date": "2030-03-05", "last_date": "2030-03-12", "reason": "Fiji"}]
    rules = {**RULES, "exceptions": [{"date": "2030-03-06", "kind": "extra", "ranges": RULES["weekly"][0]["ranges"]}]}
    put = await client.put("/v1/providers/me/availability", json={**rules, "holidays": away}, headers=owner.headers)
    assert put.status_code == 200, put.text
    assert put.json()["holidays"] == away
    assert [each["id"] for each in put.json()["affected_bookings"]] == [made[0].id]
    read = (await client.get("/v1/providers/me/availability", headers=owner.headers)).json()
    back = await client.put("/v1/providers/me/availability", json=read, headers=owner.headers)
    assert (back.status_code, back.json()["holidays"]) == (200, away), "what was read may be sent back"
    public = (await client.get(f"/v1/services/{service.id}/slots")).json()
    assert {slot["local_start"][:10] for slot in public["items"]} == set()
    later = await client.get(f"/v1/services/{service.id}/slots?from=2030-03-13T00:00:00Z")
    assert {slot["local_start"][:10] for slot in later.json()["items"]} == {"2030-03-19", "2030-03-26"}
    assert "Fiji" not in public
    for wrong in ({"first_date": "2030-03-05"}, {**away[0], "reason": "r" * 201}, {**away[0], "last_date": "soon"}):
        refused = await client.put(
            "/v1/providers/me/availability", json={**rules, "holidays": [wrong]}, headers=owner.headers
        )
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"].startswith("holidays.0")
