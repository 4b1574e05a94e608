"""The same key and body is worked on once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.application.ports.shared.limits import KEEP_KEYS
from common.domain.shared.errors import Conflict, FeeNotAccepted, Forbidden, Unavailable
from common.runtime.http.idempotency import IdempotentRoute
from common.runtime.http.schemas import RequestModel
from fastapi import APIRouter, Response

from tests.factories.users import make_user
from tests.support import app_client, sign_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx
    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock


class Order(RequestModel):
    item: str
    outcome: str = "made"


class Kitchen:
    """Counts how often an order is really worked on."""

    def __init__(self) -> None:
        self.worked = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun: asyncio.Queue[int] = asyncio.Queue()

    def router(self) -> APIRouter:
        router = APIRouter(route_class=IdempotentRoute)

        @router.post("/orders", status_code=201)
        async def create(order: Order, response: Response) -> dict[str, Any]:
            self.worked += 1
            number = self.worked
            self.begun.put_nowait(number)
            await self.gate.wait()
            failures = {
                "conflict": Conflict("Taken."),
                "fee": FeeNotAccepted("Another fee."),
                "forbidden": Forbidden("No."),
                "away": Unavailable(),
                "bug": KeyError(),
            }
            if order.outcome in failures:
                raise failures[order.outcome]
            response.headers["Location"] = f"/orders/{number}"
            response.headers["X-Other"] = "not kept"
            return {"number": number, "item": order.item}

        return router


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen()


@pytest.fixture
async def client(container: Container, kitchen: Kitchen) -> AsyncIterator[httpx.AsyncClient]:
    async with app_client(kitchen.router(), container) as made:
        made.headers.update(await sign_in(container, make_user()))
        yield made


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


async def test_without_a_key_every_request_is_worked_on(client: httpx.AsyncClient, kitchen: Kitchen) -> None:
    for _ in range(2):
        await client.post("/orders", json={"item": "tea"})
    assert kitchen.worked == 2


async def test_the_first_answer_is_replayed(client: httpx.AsyncClient, kitchen: Kitchen, key: dict[str, str]) -> None:
    first = await client.post("/orders", json={"item": "tea"}, headers=key)
    again = await client.post("/orders", json={"item": "tea"}, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, {"number": 1, "item": "tea"})
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == "/orders/1"
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert kitchen.worked == 1


async def test_another_body_or_query_under_the_same_key_is_refused(
    client: httpx.AsyncClient, key: dict[str, str]
) -> None:
    await client.post("/orders", json={"item": "tea"}, headers=key)
    for response in (
        await client.post("/orders", json={"item": "coffee"}, headers=key),
        await client.post("/orders?x=1", json={"item": "tea"}, headers=key),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "body",
    [
        b'{"outcome": "made", "item": "tea"}',
        b' {\n\t"item":"tea",\r\n"outcome":"made" } ',
        b'{"item": "\\u0074ea", "outcome": "m\\u0061de"}',
    ],
)
async def test_the_same_body_written_otherwise_is_the_same_request(
    client: httpx.AsyncClient, kitchen: Kitchen, key: dict[str, str], body: bytes
) -> None:
    headers = {**key, "Content-Type": "application/json"}
    first = await client.post("/orders?b=2&a=1", content=b'{"item":"tea","outcome":"made"}', headers=headers)
    again = await client.post("/orders?a=1&b=2", content=body, headers=headers)
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert kitchen.worked == 1


async def test_a_key_whose_day_is_over_is_free_though_the_database_has_not_removed_it_yet(
    client: httpx.AsyncClient, kitchen: Kitchen, container: Container, clock: FakeClock, key: dict[str, str]
) -> None:
    user = make_user()
    for item, number in (("tea", 1), ("coffee", 2)):
        client.headers.update(await sign_in(container, user))
        answers = [await client.post("/orders", json={"item": item}, headers=key) for _ in range(2)]
        assert [answer.json()["number"] for answer in answers] == [number, number]
        clock.advance(seconds=KEEP_KEYS.total_seconds())
    assert kitchen.worked == 2


async def test_a_key_belongs_to_its_caller(
    client: httpx.AsyncClient, container: Container, key: dict[str, str]
) -> None:
    first = await client.post("/orders", json={"item": "tea"}, headers=key)
    other = await sign_in(container, make_user())
    second = await client.post("/orders", json={"item": "tea"}, headers={**key, **other})
    assert (first.json()["number"], second.json()["number"]) == (1, 2)


async def test_of_many_at_once_one_is_worked_on(
    client: httpx.AsyncClient, kitchen: Kitchen, key: dict[str, str]
) -> None:
    kitchen.gate.clear()
    answers: asyncio.Queue[httpx.Response] = asyncio.Queue()

    async def order() -> None:
        answers.put_nowait(await client.post("/orders", json={"item": "tea"}, headers=key))

    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(order())
        refused = [await answers.get() for _ in range(19)]
        kitchen.gate.set()
    assert {(response.status_code, response.json()["code"]) for response in refused} == {(409, "idempotency_in_flight")}
    assert answers.get_nowait().status_code == 201
    assert kitchen.worked == 1


@pytest.mark.parametrize(
    ("outcome", "status", "worked"),
    [("conflict", 409, 1), ("fee", 409, 2), ("forbidden", 403, 2), ("away", 503, 2), ("bug", 500, 2)],
)
async def test_only_answers_that_decide_are_kept(
    client: httpx.AsyncClient, kitchen: Kitchen, key: dict[str, str], outcome: str, status: int, worked: int
) -> None:
    responses = [await client.post("/orders", json={"item": "tea", "outcome": outcome}, headers=key) for _ in range(2)]
    assert [response.status_code for response in responses] == [status, status]
    assert kitchen.worked == worked
    assert responses[1].headers["content-type"] == "application/problem+json"


async def test_a_wrong_body_does_not_use_up_the_key(client: httpx.AsyncClient, key: dict[str, str]) -> None:
    assert (await client.post("/orders", json={"itm": "tea"}, headers=key)).status_code == 422
    assert (await client.post("/orders", json={"item": "tea"}, headers=key)).status_code == 201


@pytest.mark.parametrize("bad", ["", "x" * 256])
async def test_a_key_has_a_sane_length(client: httpx.AsyncClient, bad: str) -> None:
    response = await client.post("/orders", json={"item": "tea"}, headers={"Idempotency-Key": bad})
    assert response.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_dead_owners_key_is_taken_over(
    client: httpx.AsyncClient, container: Container, kitchen: Kitchen, clock: FakeClock, key: dict[str, str]
) -> None:
    kitchen.gate.clear()
    first = asyncio.create_task(client.post("/orders", json={"item": "tea"}, headers=key))
    assert await kitchen.begun.get() == 1
    for seconds, wait in ((0, "1"), (8, "8"), (9, "3")):
        clock.advance(seconds=seconds)
        refused = await client.post("/orders", json={"item": "tea"}, headers=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_in_flight")
        assert refused.headers["retry-after"] == wait
    clock.advance(seconds=3)
    second = asyncio.create_task(client.post("/orders", json={"item": "tea"}, headers=key))
    assert await kitchen.begun.get() == 2
    kitchen.gate.set()
    await asyncio.gather(first, second)
    replay = await client.post("/orders", json={"item": "tea"}, headers=key)
    assert replay.json() == second.result().json() == {"number": 2, "item": "tea"}
    rows = container.mongo.collection("idempotency_keys")
    assert await rows.count_documents({"expires_at": clock.now() + KEEP_KEYS}) == 1
