"""Every list of staff as CSV: the same rows by the same rights, safe in a spreadsheet, in parts."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from common.domain.identity.roles import Role
from common.runtime.http import csv_lists
from common.runtime.http.csv_lists import CsvListRoute
from common.runtime.http.schemas import Page
from fastapi.routing import APIRoute

from infra import applications
from tests.factories.users import make_user
from tests.support import api_client, sign_in

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

LISTS = [
    (area, route)
    for area in ("admin", "payments")
    for route in applications.router(area).routes
    if isinstance(route, APIRoute)
    and route.path.startswith("/v1/admin/")
    and isinstance(route.response_model, type)
    and issubclass(route.response_model, Page)
]


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text)))


async def test_every_list_of_staff_can_be_had_as_csv(container: Container) -> None:
    assert len(LISTS) >= 11
    staff = make_user(roles=[Role.USER, Role.SUPER_ADMIN])
    headers = await sign_in(container, staff)
    for area, route in LISTS:
        assert isinstance(route, CsvListRoute), route.path
        path = route.path.replace("{id}", staff.id)
        async with api_client(area, container) as client:
            as_json = await client.get(path, headers=headers)
            if as_json.status_code in {404, 422}:  # there is nothing to list, or it asks for more
                continue
            asked = await client.get(path, params={"format": "csv"}, headers={**headers, "Accept": "application/json"})
            rows_of(asked)
            first = asked.text.partition("\r\n")[0].split(",")
            for item in as_json.json()["items"]:
                assert set(item) <= {each.partition(".")[0] for each in first}, route.path
            by_header = await client.get(path, headers={**headers, "Accept": "text/csv"})
            assert by_header.headers["content-type"] == "text/csv; charset=utf-8"


async def test_a_file_has_what_the_list_has_and_no_formula(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["=1+1", "Mere, Anne", "Zoë\n2", "@SUM", "Tom"]
    for name in names:
        await container.users.insert(make_user(full_name=name))
    headers = await sign_in(container, make_user(roles=[Role.USER, Role.ADMIN]))
    async with api_client("admin", container) as client:
        client.headers.update(headers)
        found = [each["full_name"] for each in rows_of(await client.get("/v1/admin/users?format=csv&limit=1"))]
        assert {"'=1+1", "Mere, Anne", "Zoë\n2", "'@SUM", "Tom"} <= set(found)
        monkeypatch.setattr(csv_lists, "MAX_LIMIT", 2)
        monkeypatch.setattr(csv_lists, "MOST_ROWS", 4)
        first = await client.get("/v1/admin/users?format=csv&is_active=true")
        again = first.headers["link"].partition(">")[0].removeprefix("<")
        assert "is_active=true" in again
        parts = [each["id"] for part in (first, await client.get(again)) for each in rows_of(part)]
        assert len(parts) == len(set(parts)) >= 5
        wrong = await client.get("/v1/admin/users?format=xml")
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "format")
        moderator = await sign_in(container, make_user(roles=[Role.USER, Role.MODERATOR]))
        refused = await client.get("/v1/admin/users?format=csv", headers=moderator)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
