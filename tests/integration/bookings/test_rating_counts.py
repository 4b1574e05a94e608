"""Summaries are counted by increments: whatever happens to ratings, in any order and at once, they add up."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from common.domain.catalogue.providers import RatingSummary

from tests.factories.providers import make_provider, make_service
from tests.fakes.clock import START
from tests.support.profiled import profiled

if TYPE_CHECKING:
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container

STATES = ("hidden", "held", "published", "moderated")


@dataclass
class Rated:
    """A provider with two services, their ratings, and the one who counts them."""

    container: Container
    services: list[Service]

    async def add(self, service: Service, **fields: Any) -> str:
        booking_id = f"bkg_{uuid4().hex}"
        row = {"_id": f"rat_{uuid4().hex}", "booking_id": booking_id, "author_kind": "customer", "stars": 5}
        row |= {"service_id": service.id, "provider_id": service.provider_id, "state": "hidden", **fields}
        await self.container.mongo.collection("ratings").insert_one(row)
        return booking_id

    async def set_state(self, booking_id: str, state: str) -> None:
        rows = self.container.mongo.collection("ratings")
        await rows.update_one({"booking_id": booking_id}, {"$set": {"state": state}})

    async def apply(self, booking_id: str, service: Service) -> None:
        whose = {"provider_id": service.provider_id, "service_id": service.id}
        await self.container.rating_summaries.apply(booking_id, **whose, now=START)

    async def assert_right(self) -> None:
        """Documents and listings say what all published ratings come to."""
        provider_id = self.services[0].provider_id
        whose = [("provider_id", provider_id), *[("service_id", service.id) for service in self.services]]
        for field, owner in whose:
            shown = {field: owner, "author_kind": "customer", "state": "published"}
            stars = [row["stars"] async for row in self.container.mongo.collection("ratings").find(shown)]
            expected = RatingSummary.of(len(stars), sum(stars)).model_dump()
            kind = field.removesuffix("_id")
            for collection in (f"{kind}s", f"{kind}_listings"):
                row = await self.container.mongo.collection(collection).find_one({"_id": owner})
                assert row is not None
                assert row["rating"] == expected, collection


@pytest.fixture
async def rated(container: Container) -> Rated:
    provider = make_provider()
    await container.providers.insert(provider)
    services = [make_service(provider) for _ in range(2)]
    for service in services:
        await container.services.insert(service)
    return Rated(container, services)


async def test_summaries_add_up_after_any_history(rated: Rated) -> None:
    """Events come late, twice and in any order; some ratings are of the release that did not say what is counted."""
    chance = random.Random(7)  # noqa: S311 - a history, no secret
    ratings = []
    for number in range(16):
        service = rated.services[number % 2]
        known = {"counted": 0} if number % 4 else {"state": "published"}
        ratings.append((await rated.add(service, stars=1 + number % 5, **known), service))
    pending = list(ratings)
    for _ in range(120):
        booking_id, service = chance.choice(ratings)
        await rated.set_state(booking_id, chance.choice(STATES))
        pending.append((booking_id, service))
        while pending and chance.random() < 0.5:
            told = pending.pop(chance.randrange(len(pending)))
            for _ in range(chance.choice((1, 1, 2))):
                await rated.apply(*told)
    for told in pending:
        await rated.apply(*told)
    await rated.assert_right()


async def test_many_ratings_at_once_are_all_counted_and_none_is_refused(rated: Rated) -> None:
    told = [
        (await rated.add(service, state="published", counted=0), service)
        for service in rated.services
        for _ in range(12)
    ]
    limit = asyncio.Semaphore(8)

    async def count(booking_id: str, service: Service) -> None:
        async with limit:
            await rated.apply(booking_id, service)

    await asyncio.gather(*(count(*each) for each in told))
    await rated.assert_right()


async def test_one_more_rating_reads_no_others(rated: Rated) -> None:
    service = rated.services[0]
    row = {"service_id": service.id, "provider_id": service.provider_id, "author_kind": "customer", "counted": 4}
    row |= {"state": "published", "stars": 4}
    many = [{**row, "_id": uuid4().hex, "booking_id": uuid4().hex} for _ in range(500)]
    await rated.container.mongo.collection("ratings").insert_many(many)
    booking_id = await rated.add(service, state="published", counted=0)
    async with profiled(rated.container.mongo, "ratings") as done:
        await rated.apply(booking_id, service)
    assert [row["docsExamined"] for row in done if "docsExamined" in row] == [1, 1]
