"""What ``GET …/slots`` shows is what a booking's own check accepts, over random claims in a real database."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from common.adapters.mongo.scheduling.claim_filters import claim_document
from common.application.scheduling.occupancy import check_slot
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.scheduling.slot_cells import SlotClaim, cells_between

from tests.factories.providers import make_service
from tests.fakes.clock import START
from tests.integration.providers.conftest import store_owner

if TYPE_CHECKING:
    import httpx
    from common.domain.catalogue.providers import Provider
    from common.runtime.container.bootstrap import Container

STEP = timedelta(minutes=5)
STARTS = 3 * 288


def random_rules(random: Random) -> Availability:
    hours = [TimeRange(start=time(random.choice([0, 7, 9])), end=time(random.choice([0, 15, 21])))]
    return Availability(
        timezone=random.choice(["Pacific/Auckland", "Australia/Lord_Howe", "America/New_York"]),
        weekly=[WeeklyRule(weekday=day, ranges=hours) for day in range(7)],
        slot_step_minutes=random.choice([15, 30, 60]),
        buffer_before_minutes=random.choice([0, 15]),
        buffer_after_minutes=random.choice([0, 30]),
        minimum_notice_minutes=random.choice([0, 600]),
        max_per_day=random.choice([None, 4]),
        max_per_week=random.choice([None, 20]),
    )


async def store_claims(container: Container, provider: Provider, rooms: list[str], random: Random) -> None:
    """Claims that do not overlap, some of them holds that have expired, of the provider's time and of rooms."""
    at = START - timedelta(days=2)
    for number in range(14):
        at += STEP * random.randint(2, 80)
        end = at + STEP * random.randint(2, 20)
        claim = SlotClaim(
            id=f"clm_{provider.id}_{number}",
            provider_id=random.choice([provider.id, provider.id, "prv_other"]),
            resource_id=random.choice([provider.id, *rooms]),
            booking_id=f"bkg_{number}",
            start_at=at,
            end_at=end,
            cells=cells_between(at, end),
            work_start_at=at + STEP,
            expires_at=random.choice([None, None, START, START + timedelta(minutes=1)]),
        )
        await container.mongo.collection("slot_claims").insert_one(claim_document(claim))
        at = end


@pytest.mark.parametrize("seed", range(4))
async def test_every_start_is_judged_as_it_is_shown(client: httpx.AsyncClient, container: Container, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - a test needs no secrecy
    owner = await store_owner(container, availability=random_rules(random))
    rooms = [f"res_{seed}_{number}" for number in range(3)]
    service = make_service(
        owner.provider,
        duration_minutes=random.choice([30, 60, 150]),
        resource_ids=[[], rooms[:2]][seed % 2],
    )
    await container.services.insert(service)
    await store_claims(container, owner.provider, rooms, random)
    window = {"from": START.isoformat(), "to": (START + STEP * STARTS).isoformat()}
    body = (await client.get(f"/v1/services/{service.id}/slots", params=window)).json()
    shown = {datetime.fromisoformat(item["start_at"]) for item in body["items"]}
    accepted = set()
    for start_at in (START + STEP * number for number in range(0, STARTS, 3)):
        verdict = await check_slot(
            container.booking_repository,
            owner.provider,
            start_at,
            duration_minutes=service.duration_minutes,
            resource_ids=service.resources(),
            now=START,
        )
        if verdict.is_bookable:
            accepted.add(start_at)
    assert accepted == shown
    assert shown
