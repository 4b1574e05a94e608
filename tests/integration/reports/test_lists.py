"""Finding reports: lists, around a point, what happened to one, and as Open311."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.reports.report import ReportPlace
from common.domain.shared.ids import new_id

from tests.factories.reports import LAT, LNG
from tests.fakes.clock import START
from tests.integration.reports.conftest import URL

if TYPE_CHECKING:
    from tests.integration.reports.conftest import ReportWorld

OPEN311 = "/v1/open311/v2"


async def test_lists_page_by_what_was_asked_for(world: ReportWorld) -> None:
    rows: list[tuple[str, dict[str, Any]]] = [
        ("new", {}),
        ("tree", {"category": "tree", "verified_upvote_count": 3}),
        ("done", {"status": "resolved", "verified_upvote_count": 7}),
        ("hidden", {"status": "hidden", "verified_upvote_count": 9}),
    ]
    ids = {}
    for n, (name, fields) in enumerate(rows):
        ids[name] = (await world.stored(id=f"rpt_{n}", title=f"The {name} one", **fields)).id

    assert await listed(world, "limit=2") == [ids["done"], ids["tree"], ids["new"]]
    assert await listed(world, "category=tree") == [ids["tree"]]
    assert await listed(world, "status=resolved&status=verified&category=pothole") == [ids["done"], ids["new"]]
    assert await listed(world, "sort=most_upvoted&limit=1") == [ids["done"], ids["tree"], ids["new"]]
    assert await listed(world, "sort=most_upvoted&category=tree") == [ids["tree"]]
    refused = await world.client.get(f"{URL}?sort=most_upvoted&status=resolved")
    assert refused.json()["errors"][0]["field"] == "status"
    assert (await world.client.get(f"{URL}?status=hidden")).status_code == 422


async def listed(world: ReportWorld, query: str) -> list[str]:
    """Ids of all pages of a list."""
    found: list[str] = []
    cursor = ""
    while True:
        page = (await world.client.get(f"{URL}?{query}{cursor}")).json()
        found += [each["id"] for each in page["items"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


async def test_nearby_reports_are_offered_as_the_category_says(world: ReportWorld) -> None:
    here = await world.stored()
    north = ReportPlace(lat=LAT + 0.0004, lng=LNG)  # 45 m
    near = await world.stored(place=north, title="Nearly there")
    await world.stored(place=ReportPlace(lat=LAT + 0.01, lng=LNG), title="A kilometre away")
    await world.stored(status="hidden")
    point = f"lat={LAT}&lng={LNG}"

    found = (await world.client.get(f"{URL}/nearby?{point}&category=pothole")).json()

    assert [(each["id"], each["distance_m"]) for each in found["items"]] == [(here.id, 0), (near.id, 45)]
    assert found["radius_m"] == 50
    assert len((await world.client.get(f"{URL}/nearby?{point}&radius_m=2000")).json()["items"]) == 3
    assert (await world.client.get(f"{URL}/nearby?{point}&category=tree")).json()["items"] == []
    off = (await world.client.get(f"{URL}/nearby?{point}&category=other")).json()
    assert off == {"items": [], "radius_m": None}, "nothing is offered for what may be anything"
    assert (await world.client.get(f"{URL}/nearby?lat=91&lng=0")).status_code == 422


async def test_the_timeline_tells_what_happened_and_never_who_did_it(world: ReportWorld) -> None:
    made = await world.published()
    await world.set_status(made["id"], "acknowledged", reason="We look at it on Monday.")

    page = (await world.client.get(f"{URL}/{made['id']}/timeline?limit=2")).json()
    rest = (await world.client.get(f"{URL}/{made['id']}/timeline?cursor={page['next_cursor']}")).json()

    told = [(each["action"], each["actor"], each["to_status"]) for each in [*page["items"], *rest["items"]]]
    assert told == [
        ("create", "author", "pending_verification"),
        ("verify", "moderator", "verified"),
        ("acknowledge", "moderator", "acknowledged"),
    ]
    assert rest["items"][0]["note"] == "Acknowledged. We look at it on Monday."
    assert "usr_" not in str(page) + str(rest)


async def test_open311_tells_of_services_and_of_requests(world: ReportWorld) -> None:
    old = await world.stored(id=new_id("rpt", START - timedelta(days=91)), title="An old one")
    await world.stored(id=new_id("rpt", START), status="hidden")
    made = await world.published()
    done = await world.stored(
        id=new_id("rpt", START + timedelta(seconds=1)),
        status="resolved",
        category="tree",
        closing={"reason": "Cut.", "responsible": "City Council", "by": "moderator", "at": START},
    )
    world.clock.advance(minutes=1)

    services = (await world.client.get(f"{OPEN311}/services.json")).json()
    assert {"pothole", "tree"} <= {each["service_code"] for each in services}
    assert services[0]["metadata"] is False

    assert await requests(world, "") == [done.id, made["id"]]
    assert await requests(world, "status=open") == [made["id"]]
    assert await requests(world, "status=closed&service_code=tree,pothole") == [done.id]
    by_id = f"service_request_id={old.id},rpt_none"
    assert await requests(world, by_id) == [old.id]
    assert await requests(world, "end_date=2030-01-01T00:00:00Z") == [old.id]
    await world.set_status(old.id, "hidden", reason="It shows a face.")
    assert await requests(world, by_id) == []
    (one,) = (await world.client.get(f"{OPEN311}/requests/{done.id}.json")).json()
    assert (one["status"], one["status_notes"]) == ("closed", "resolved: Cut.")
    assert (one["agency_responsible"], one["lat"], one["long"]) == ("City Council", LAT, LNG)
    assert (await world.client.get(f"{OPEN311}/requests/{done.id}")).status_code == 404


async def requests(world: ReportWorld, query: str) -> list[str]:
    """Ids of requests."""
    answer = await world.client.get(f"{OPEN311}/requests.json?{query}")
    assert answer.status_code == 200, answer.text
    return [each["service_request_id"] for each in answer.json()]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=lost", "status"),
        ("service_code=unicorn", "service_code"),
        ("start_date=2029-01-01T00:00:00Z&end_date=2030-01-01T00:00:00Z", "end_date"),
        ("start_date=2029-01-01", "start_date"),
        ("service_request_id=,", "service_request_id"),
    ],
)
async def test_open311_names_what_is_wrong(world: ReportWorld, query: str, field: str) -> None:
    answer = await world.client.get(f"{OPEN311}/requests.json?{query}")

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_can_be_reported_and_what_can_happen_is_told(world: ReportWorld) -> None:
    categories = (await world.client.get(f"{URL}/categories")).json()["items"]
    table = (await world.client.get(f"{URL}/state-machine")).json()

    assert categories[0] | {"description": ""} == {
        "category": "pothole",
        "name": "Pothole",
        "description": "",
        "group": "Roads",
        "nearby_m": 50,
    }
    assert "resolve" in {each["name"] for each in table["actions"]}
