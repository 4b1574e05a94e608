"""Making, cancelling and widening job requests, and what becomes of them when their people leave."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from common.adapters.privacy.export import MongoPersonalExport
from common.application.identity.erasure import ACCOUNT_LEFT
from common.application.matching.change_request import cancel_request, extend_request
from common.application.matching.read import find_request, list_matches
from common.domain.identity.roles import Principal, Role
from common.domain.matching.job_requests import JobRequestStatus, Mode
from common.domain.matching.offers import OfferStatus
from common.domain.media.media import Purpose
from common.domain.shared.errors import (
    ActionNotAvailable,
    Conflict,
    Forbidden,
    GigstaError,
    IdempotencyKeyReused,
    InvalidInput,
    NotFound,
    RateLimited,
    VersionConflict,
)
from common.domain.shared.events import Topic, new_event
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from functions.matching.matching_queue import process
from tests.factories.media import make_ready
from tests.factories.users import make_user

if TYPE_CHECKING:
    from typing import Any

    from tests.support.matching_world import MatchingWorld


async def test_a_request_keeps_what_was_described_and_is_due_at_once(world: MatchingWorld) -> None:
    request = await world.ask(description="By the fence.", radius_km=12)
    assert await world.get(request.id) == request
    assert (request.status, request.mode, request.title) == (JobRequestStatus.OPEN, Mode.FIRST, "Trim the hedge")
    assert (request.place.lat, request.place.suburb) == (world.home.lat, "Ponsonby, Auckland")
    assert (request.next_due_at, request.next_due_action) == (world.clock.now(), "send_wave")
    assert (request.radius_km, request.window.timezone) == (12, "Pacific/Auckland")
    assert world.publisher.types()[-1] == "job_request.due"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"category": None}, "category"),
        ({"service_id": "svc_1"}, "category"),
        ({"category": "no-such"}, "category"),
        ({"address": None}, "address"),
        ({"place_kind": "online"}, "address"),
        ({"place_kind": "provider", "access_notes": "Gate 7"}, "access_notes"),
        ({"radius_km": 1_000}, "radius_km"),
        ({"budget": Money(amount=50_000, currency="jpy")}, "budget.currency"),
        ({"media_ids": ("med_of_nobody",)}, "media_ids.0"),
    ],
)
async def test_what_breaks_a_rule_is_named_and_nothing_is_stored(
    world: MatchingWorld, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.ask(**changed)
    assert [each.field for each in refused.value.errors] == [field]
    assert await world.deps.requests.count(world.customer.id, most=9) == 0


async def test_a_service_by_quote_is_compared_and_ones_own_is_refused(world: MatchingWorld) -> None:
    provider = await world.add_provider(500, price_type="quote", price=None)
    (service,) = await world.deps.services.list_by_provider(provider.id, status=None, limit=1, before=None)
    asked = {"category": None, "service_id": service.id, "title": ""}
    request = await world.ask(**asked)
    assert (request.mode, request.title, request.category) == (Mode.COMPARE, service.title, service.category)
    world.customer = world.people[provider.id]
    with pytest.raises(Forbidden) as own:
        await world.ask(**asked)
    assert own.value.wire_code == "own_service"
    world.customer = make_user(phone_number=None)
    with pytest.raises(Conflict) as incomplete:
        await world.ask()
    assert incomplete.value.wire_code == "profile_incomplete"


async def test_photos_belong_to_the_request_and_to_no_second_one(world: MatchingWorld) -> None:
    photo = make_ready(id=new_id("med", world.clock.now()), owner_id=world.customer.id, purpose=Purpose.JOB_REQUEST)
    await world.container.media_repository.insert(photo)
    request = await world.ask(media_ids=(photo.id,))
    kept = await world.container.media_repository.get(photo.id)
    assert kept is not None
    assert kept.attached_to == f"job_request:{request.id}"
    with pytest.raises(InvalidInput):
        await world.ask(media_ids=(photo.id,))


async def test_a_customer_has_five_requests_under_way_however_many_are_made_at_once(world: MatchingWorld) -> None:
    made = await asyncio.gather(*(world.ask() for _ in range(8)), return_exceptions=True)
    refused = [each for each in made if isinstance(each, Conflict)]
    assert (len(refused), {each.wire_code for each in refused}) == (3, {"too_many_live_requests"})
    assert await world.deps.requests.count(world.customer.id, most=9) == 5


async def test_ten_requests_a_day_are_enough(world: MatchingWorld) -> None:
    caller = world.principal(world.customer)
    for _ in range(10):
        await cancel_request(world.deps, caller, (await world.ask()).id)
        world.clock.advance(minutes=1)
    with pytest.raises(RateLimited) as refused:
        await world.ask()
    assert 0 < refused.value.retry_after <= 24 * 3600
    world.clock.advance(seconds=refused.value.retry_after)
    await world.ask()


async def test_the_same_key_makes_one_request_a_day(world: MatchingWorld) -> None:
    start = world.clock.now() + timedelta(days=2)
    first, second = await asyncio.gather(*(world.ask(key="k", start_at=start) for _ in range(2)))
    assert first.id == second.id
    with pytest.raises(IdempotencyKeyReused):
        await world.ask(key="k", start_at=start, description="Another job.")
    world.clock.advance(days=1)
    assert (await world.ask(key="k", start_at=start)).id != first.id


async def test_a_report_has_one_request_until_that_one_ends(world: MatchingWorld) -> None:
    made = await asyncio.gather(*(world.ask(report_id="rpt_1") for _ in range(2)), return_exceptions=True)
    (request,) = [each for each in made if not isinstance(each, BaseException)]
    (refused,) = [each for each in made if isinstance(each, Conflict)]
    assert refused.wire_code == "report_has_request"
    assert await world.deps.requests.find_by_report("rpt_1") == request
    await cancel_request(world.deps, world.principal(world.customer), request.id)
    assert await world.deps.requests.find_by_report("rpt_1") is None
    await world.ask(report_id="rpt_1")


async def test_a_cancelled_request_withdraws_its_offers_and_a_stale_caller_is_refused(world: MatchingWorld) -> None:
    await world.open(2)
    request, caller = await world.asked(), world.principal(world.customer)
    with pytest.raises(VersionConflict):
        await cancel_request(world.deps, caller, request.id, expected_version=1)
    ended, _ = await cancel_request(world.deps, caller, request.id, reason="Rain.", expected_version=request.version)
    assert (ended.status, ended.next_due_at) == (JobRequestStatus.CANCELLED, None)
    assert {each.status for each in await world.offers(request)} == {OfferStatus.WITHDRAWN}
    assert world.publisher.types().count("offer.withdrawn") == 2
    with pytest.raises(ActionNotAvailable):
        await cancel_request(world.deps, caller, request.id)


async def test_an_exhausted_request_is_widened_and_asks_whoever_is_new(world: MatchingWorld) -> None:
    await world.add_provider(30_000, provider={"service_radius_km": 50.0})
    request, caller = await world.asked(), world.principal(world.customer)
    assert (request.status, request.exclusions) == (JobRequestStatus.EXHAUSTED, {"too_far": 1})
    with pytest.raises(InvalidInput):
        await extend_request(world.deps, caller, request.id, {"radius_km": 25})
    wider, _ = await extend_request(world.deps, caller, request.id, {"radius_km": 40})
    assert wider.status is JobRequestStatus.OPEN
    await world.drain()
    (offer,) = await world.offers(request)
    assert offer.provider_id == world.providers[0].id


async def test_only_the_customer_and_operators_see_a_request(world: MatchingWorld) -> None:
    await world.open(1)
    request = await world.asked()
    operator = Principal(user_id="usr_op", roles=frozenset({Role.USER, Role.OPERATOR}))
    for caller in (world.principal(world.customer), operator):
        matches = await list_matches(world.deps, caller, request.id, limit=10)
        assert [each.offer.provider_id for each in matches] == [world.providers[0].id]
    for stranger in (world.principal(world.people[world.providers[0].id]), Principal(user_id="usr_x")):
        with pytest.raises(NotFound):
            await find_request(world.deps, stranger, request.id)


async def test_matches_are_paged_by_their_scores(world: MatchingWorld) -> None:
    await world.open(3)
    request, caller = await world.asked(), world.principal(world.customer)
    seen: list[tuple[int, str]] = []
    while page := await list_matches(world.deps, caller, request.id, limit=1, after=seen[-1] if seen else None):
        seen += [(each.offer.score.points, each.offer.id) for each in page]
    assert len(seen) == 3
    assert [points for points, _ in seen] == sorted((points for points, _ in seen), reverse=True)


async def test_who_leaves_takes_their_words_and_requests_along(world: MatchingWorld) -> None:
    await world.open(1)
    request = await world.asked(description="Ring at Hinemoa's.")
    left = new_event(Topic.MATCHING, ACCOUNT_LEFT, world.clock.now(), user_id=world.customer.id, provider_id=None)
    for _ in range(2):
        await process(world.container, left)
    kept = await world.get(request.id)
    assert (kept.status, kept.title, kept.description, kept.history) == (JobRequestStatus.CANCELLED, "", "", [])
    assert (kept.place.address, kept.place.lat, kept.place.suburb) == ("", None, "")
    assert [each.status for each in await world.offers(request)] == [OfferStatus.WITHDRAWN]


async def test_each_side_exports_its_offers_without_the_others_words(world: MatchingWorld) -> None:
    await world.open(2)
    request = await world.asked()
    own, other = await world.offers(request)
    rows = world.container.mongo.collection("offers")
    said = {"quote": {"note": "Ring me."}, "counter": {"note": "Less?"}, "decline_note": "No."}
    await rows.update_one({"_id": own.id}, {"$set": {**said, "declined_by": "customer"}})
    await rows.update_one({"_id": other.id}, {"$set": {**said, "declined_by": "provider"}})
    exports = MongoPersonalExport(world.container.mongo)
    page = await exports.collect(world.customer.id, None, most_bytes=10**6)
    mine = {each["id"]: each for each in page.sections["offers_as_customer"]}
    assert [each["id"] for each in page.sections["job_requests"]] == [request.id]
    assert [(each["quote"]["note"], each["counter"]["note"]) for each in mine.values()] == [("", "Less?")] * 2
    assert (mine[own.id]["decline_note"], mine[other.id]["decline_note"]) == ("No.", "")
    page = await exports.collect(own.provider_user_id, own.provider_id, most_bytes=10**6)
    (theirs,) = page.sections["offers_as_provider"]
    assert (theirs["quote"]["note"], theirs["counter"]["note"], theirs["decline_note"]) == ("Ring me.", "", "")
    assert "customer_id" not in theirs


async def test_a_provider_who_leaves_is_asked_no_more_and_is_named_no_more(world: MatchingWorld) -> None:
    await world.open(1)
    request = await world.asked()
    gone = world.providers[0]
    left = new_event(Topic.MATCHING, ACCOUNT_LEFT, world.clock.now(), user_id=gone.user_id, provider_id=gone.id)
    for _ in range(2):
        await process(world.container, left)
    (offer,) = await world.offers(request)
    assert (offer.status, offer.provider_name) == (OfferStatus.WITHDRAWN, "")


async def test_two_changes_of_one_request_are_judged_one_after_the_other(world: MatchingWorld) -> None:
    await world.open(2)
    request, caller = await world.asked(), world.principal(world.customer)
    world.clock.advance(hours=1)
    done = await asyncio.gather(
        cancel_request(world.deps, caller, request.id),
        cancel_request(world.deps, caller, request.id),
        world.sweep(),
        return_exceptions=True,
    )
    assert sum(isinstance(each, ActionNotAvailable) for each in done) == 1
    assert not [each for each in done if isinstance(each, BaseException) and not isinstance(each, GigstaError)]
    assert (await world.get(request.id)).status is JobRequestStatus.CANCELLED
    assert await world.offers(request, OfferStatus.OPEN) == []
