"""Transactions, and the database going away and coming back."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import pytest
from common.adapters.mongo.shared.database import Mongo, MongoLimits, as_unavailable
from common.domain.shared.errors import Conflict, Unavailable
from common.runtime.container.http import HttpContainer
from common.runtime.http import get_container
from fastapi import APIRouter, Depends
from pymongo.errors import DuplicateKeyError, OperationFailure

from tests.support import app_client, make_container
from tests.support.profiled import profiled
from tests.support.proxy import TcpProxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from common.adapters.mongo.shared.database import Session
    from common.runtime.container.bootstrap import Container

#: Short, so that the test is; the product's own are two to three times as long.
HASTY = MongoLimits(connect=700, socket=1_000, server_selection=700)
router = APIRouter()


@router.get("/count")
async def count(container: Annotated[HttpContainer, Depends(get_container)]) -> dict[str, int]:
    return {"count": await container.mongo.collection("things").count_documents({})}


@router.post("/things")
async def add(container: Annotated[HttpContainer, Depends(get_container)]) -> dict[str, int]:
    async def work(session: Session) -> None:
        await container.mongo.collection("things").insert_one({}, session=session)

    await container.mongo.in_transaction(work, seconds=2)
    return {}


async def test_instants_come_back_aware_in_utc(container: Container) -> None:
    now = datetime(2026, 4, 5, 1, 30, 0, 123000, tzinfo=UTC)
    await container.mongo.collection("instants").insert_one({"_id": "x", "at": now})
    row = await container.mongo.collection("instants").find_one({"_id": "x"})
    assert row is not None
    assert row["at"] == now
    assert row["at"].tzinfo is UTC or row["at"].utcoffset().total_seconds() == 0


async def test_what_is_read_has_reached_a_majority_and_stays(container: Container) -> None:
    """As ``Mongo.db`` promises: no failover takes back what a reader has acted on."""
    mongo = container.mongo
    rows = mongo.collection("majority")
    await rows.insert_one({"_id": "x", "n": 1})
    async with profiled(mongo, "majority") as done:
        await rows.find_one({"_id": "x"})
        await rows.aggregate([{"$match": {"n": 1}}])
        await rows.update_one({"_id": "x"}, {"$inc": {"n": 1}})
    seen = {row["op"]: row["command"] for row in done}
    assert seen["query"]["readConcern"]["level"] == "majority"
    assert seen["command"]["readConcern"]["level"] == "majority"
    assert mongo.db.write_concern.document == {"w": "majority"}


async def test_a_process_that_stood_still_interrupts_nothing(mongodb_uri: str) -> None:
    """Streamed heartbeats did: what a client sent after a long pause of its process was cancelled, and so its retry."""
    mongo = Mongo(lambda: mongodb_uri, "any")
    assert mongo.client.options.server_monitoring_mode == "poll"
    await mongo.close()


async def test_a_transaction_is_all_or_nothing(container: Container) -> None:
    mongo = container.mongo

    async def work(session: Session) -> None:
        await mongo.collection("all_or_nothing").insert_one({"_id": "a"}, session=session)
        raise Conflict("no")

    with pytest.raises(Conflict):
        await mongo.in_transaction(work)
    assert await mongo.collection("all_or_nothing").count_documents({}) == 0


async def test_concurrent_transactions_on_one_row_all_succeed_by_trying_again(container: Container) -> None:
    rows = container.mongo.collection("counters")
    await rows.insert_one({"_id": "c", "n": 0})

    async def work(session: Session) -> None:
        row = await rows.find_one({"_id": "c"}, session=session)
        assert row is not None
        await asyncio.sleep(0)
        await rows.update_one({"_id": "c"}, {"$set": {"n": row["n"] + 1}}, session=session)

    await asyncio.gather(*(container.mongo.in_transaction(work, seconds=30) for _ in range(10)))
    assert await rows.find_one({"_id": "c"}) == {"_id": "c", "n": 10}


async def test_a_transaction_that_never_gets_through_ends_in_time(container: Container) -> None:
    rows = container.mongo.collection("contended")
    await rows.insert_one({"_id": "r", "n": 0})
    async with container.mongo.client.start_session() as holder:
        await holder.start_transaction()
        await rows.update_one({"_id": "r"}, {"$inc": {"n": 1}}, session=holder)

        async def work(session: Session) -> None:
            await rows.update_one({"_id": "r"}, {"$inc": {"n": 1}}, session=session)

        started = time.monotonic()
        with pytest.raises(Unavailable):
            await container.mongo.in_transaction(work, seconds=1)
        assert time.monotonic() - started < 5
        await holder.abort_transaction()


def test_our_own_faults_are_not_taken_for_an_absence() -> None:
    assert as_unavailable(DuplicateKeyError("E11000")) is None
    assert as_unavailable(OperationFailure("bad operator", 2)) is None
    assert as_unavailable(ValueError()) is None


@pytest.fixture
async def proxy(mongodb_uri: str) -> AsyncIterator[TcpProxy]:
    port = urlsplit(mongodb_uri).port
    assert port is not None
    async with TcpProxy(port) as made:
        yield made


@pytest.fixture
async def remote(proxy: TcpProxy, database_name: str) -> AsyncIterator[Container]:
    """A container that reaches its database through the proxy, with short timeouts."""
    made = make_container(f"mongodb://127.0.0.1:{proxy.port}/?directConnection=true", database_name, limits=HASTY)
    yield made
    await made.close()


@pytest.mark.parametrize("how", ["cut", "frozen"])
async def test_without_the_database_callers_get_503_in_time_and_afterwards_it_recovers_automatically(
    proxy: TcpProxy, remote: Container, how: str
) -> None:
    async with app_client(router, remote) as client:
        assert (await client.get("/count")).json() == {"count": 0}
        assert (await client.post("/things")).status_code == 200
        if how == "cut":
            await proxy.cut()
        else:
            proxy.freeze()
        away_since = time.monotonic()
        while time.monotonic() - away_since < 10:
            for call in (client.get("/count"), client.post("/things")):
                started = time.monotonic()
                response = await call
                assert (response.status_code, response.json()["code"]) == (503, "database_unavailable")
                assert int(response.headers["retry-after"]) > 0
                assert time.monotonic() - started < 6
        await proxy.restore()
        back_since = time.monotonic()
        while (response := await client.get("/count")).status_code != 200:
            assert time.monotonic() - back_since < 15
        assert response.json() == {"count": 1}
        assert (await client.post("/things")).status_code == 200


async def test_a_closed_container_can_be_closed_again(mongodb_uri: str, database_name: str) -> None:
    mongo = Mongo(lambda: mongodb_uri, database_name)
    await mongo.ping()
    await mongo.close()
    await mongo.close()
