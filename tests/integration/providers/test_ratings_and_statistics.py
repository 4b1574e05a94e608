"""Ratings and their summaries, jobs, earnings and stats."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from common.application.catalogue.profile import own_provider
from common.domain.bookings.booking import ActorKind, BookingStatus, PayoutState
from common.domain.identity.roles import Principal, Role
from common.domain.shared.errors import Forbidden
from common.domain.shared.ids import new_id

from infra.ops.rebuild.steps import rebuild_listings, rebuild_ratings, rebuild_terms
from tests.factories.bookings import make_booking, make_creation, make_slot
from tests.factories.providers import make_service
from tests.fakes.clock import START

if TYPE_CHECKING:
    import httpx
    from common.domain.bookings.booking import Booking
    from common.domain.catalogue.services import Service
    from common.runtime.container.bootstrap import Container

    from tests.integration.providers.conftest import SignedIn


async def rate(container: Container, service: Service, stars: list[int], state: str = "published") -> None:
    for number, each in enumerate(stars):
        await container.mongo.collection("ratings").insert_one(
            {
                "_id": new_id("rtg", START),
                "booking_id": new_id("bkg", START),
                "service_id": service.id,
                "provider_id": service.provider_id,
                "author_id": "usr_x",
                "author_kind": ActorKind.CUSTOMER.value,
                "stars": each,
                "text": f"Rating {number}",
                "state": state,
                "reply": None,
                "published_at": START + timedelta(minutes=number),
                "created_at": START,
                "updated_at": START,
            }
        )


async def book(container: Container, owner: SignedIn, day: int, status: str, **fields: Any) -> Booking:
    slot = make_slot(START + timedelta(days=day))
    booking = make_booking(START, provider_id=owner.provider.id, slot=slot, status=BookingStatus(status), **fields)
    await container.booking_repository.commit(make_creation(booking, claims=[]))
    return booking


async def test_one_perfect_rating_does_not_beat_two_hundred_good_ones(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    lucky, proven = make_service(owner.provider), make_service(owner.provider)
    for service, stars in ((lucky, [5]), (proven, [5, 5, 5, 5, 4] * 40)):
        await container.services.insert(service)
        await rate(container, service, stars)
        await rate(container, service, [1], state="hidden")
    assert await rebuild_ratings(container) >= 2
    views = [(await client.get(f"/v1/services/{service.id}")).json()["rating"] for service in (lucky, proven)]
    assert [(view["count"], view["mean"]) for view in views] == [(1, 5.0), (200, 4.8)]
    assert views[0]["score"] < views[1]["score"]
    listings = container.mongo.collection("service_listings")
    row = await listings.find_one({"_id": proven.id})
    assert row is not None
    assert (row["rating"]["count"], row["mean"]) == (200, 4.8)


async def test_published_ratings_are_paged_and_hidden_ones_stay_hidden(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    service = make_service(owner.provider)
    await container.services.insert(service)
    await rate(container, service, [5, 4, 3, 5, 4])
    await rate(container, service, [1, 1], state="moderated")
    for path in (f"/v1/services/{service.id}/ratings", f"/v1/providers/{owner.provider.id}/ratings"):
        texts: list[str] = []
        page = (await client.get(path, params={"limit": 2})).json()
        texts += [item["text"] for item in page["items"]]
        while page["next_cursor"]:
            page = (await client.get(path, params={"limit": 2, "cursor": page["next_cursor"]})).json()
            texts += [item["text"] for item in page["items"]]
        assert texts == [f"Rating {number}" for number in (4, 3, 2, 1, 0)]
        assert "author_id" not in page["items"][0]


async def test_rebuilding_repairs_listings_and_words(container: Container, owner: SignedIn) -> None:
    service = make_service(owner.provider, title="Quokka grooming")
    await container.services.insert(service)
    listings = container.mongo.collection("service_listings")
    await listings.delete_one({"_id": service.id})
    await listings.insert_one({"_id": "svc_gone", "provider_id": "prv_gone", "title": "x", "tokens": [], "areas": []})
    await container.mongo.collection("search_terms").delete_one({"_id": "quokka"})
    await rebuild_listings(container)
    await rebuild_terms(container)
    assert await listings.find_one({"_id": service.id}) is not None
    assert await listings.find_one({"_id": "svc_gone"}) is None
    assert await container.index_terms.completions("quok", 5) == ["quokka"]
    assert (await container.index_terms.used(["#house-cleaning"]))["#house-cleaning"].times >= 1


async def test_jobs_come_by_start_without_unpaid_ones(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    for day, status in ((3, "accepted"), (1, "requested"), (2, "pending_payment"), (9, "completed")):
        await book(container, owner, day, status)
    first = (await client.get("/v1/providers/me/jobs?limit=2", headers=owner.headers)).json()
    assert [item["status"] for item in first["items"]] == ["requested", "accepted"]
    rest = await client.get("/v1/providers/me/jobs", params={"cursor": first["next_cursor"]}, headers=owner.headers)
    assert [item["status"] for item in rest.json()["items"]] == ["completed"]
    window = {"from": (START + timedelta(days=2)).isoformat(), "to": (START + timedelta(days=4)).isoformat()}
    week = (await client.get("/v1/providers/me/jobs", params=window, headers=owner.headers)).json()
    assert [item["status"] for item in week["items"]] == ["accepted"]
    hidden = await client.get("/v1/providers/me/jobs?status=pending_payment", headers=owner.headers)
    assert hidden.status_code == 422


async def test_earnings_follow_the_money_and_stats_the_answers(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    sample = make_booking(START)
    total = sample.price.total.amount
    paid = sample.first_charge.model_copy(update={"captured_amount": total})
    await book(container, owner, 1, "accepted")
    await book(container, owner, 2, "completed", charges=[paid], payout=PayoutState.HELD)
    await book(container, owner, 3, "declined")
    await book(container, owner, 4, "cancelled", cancelled_by=ActorKind.PROVIDER)
    earnings = (await client.get("/v1/providers/me/earnings", headers=owner.headers)).json()
    (month,) = earnings["items"]
    assert month["period"] == "2030-03"
    assert month["held"]["amount"] + month["commission"]["amount"] == total
    assert month["expected"] == month["held"]
    assert month["bookings"] == 2
    stats = (await client.get("/v1/providers/me/stats", headers=owner.headers)).json()
    assert (stats["accepted"], stats["declined"], stats["cancelled_by_provider"]) == (3, 1, 1)
    assert stats["acceptance_rate"] == 0.75
    assert stats["reliability"] == 0.5


async def test_no_booking_is_left_out_of_the_sums_however_many_there_are(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    many = 10_050
    rows = container.mongo.collection("bookings")
    await book(container, owner, 1, "accepted")
    row = await rows.find_one({"provider_id": owner.provider.id})
    assert row is not None
    await rows.insert_many([{**row, "_id": f"{row['_id']}-{number}"} for number in range(many - 1)])
    (month,) = (await client.get("/v1/providers/me/earnings", headers=owner.headers)).json()["items"]
    await rows.delete_many({"provider_id": owner.provider.id})
    assert month["bookings"] == many
    assert month["expected"]["amount"] % many == 0


async def test_money_that_came_and_went_is_counted_and_what_never_came_is_not(
    client: httpx.AsyncClient, container: Container, owner: SignedIn
) -> None:
    sample = make_booking(START)
    total = sample.price.total.amount
    charge = sample.first_charge
    settled = charge.model_copy(update={"captured_amount": total, "transferred_amount": 11_000})
    returned = settled.model_copy(update={"refunded_amount": total, "reversed_amount": 11_000})
    await book(container, owner, 1, "settled", charges=[settled], payout=PayoutState.TRANSFERRED)
    await book(container, owner, 2, "settled", charges=[returned], payout=PayoutState.REVERSED)
    await book(container, owner, 3, "cancelled", charges=[charge])
    (month,) = (await client.get("/v1/providers/me/earnings", headers=owner.headers)).json()["items"]
    assert (month["bookings"], month["paid_out"]["amount"], month["held"]["amount"]) == (2, 11_000, 0)


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("2030-03-02T00:00:00Z", "2030-03-01T00:00:00Z", "end_before_start"),
     ("2030-03-02T00:00:00Z", "2032-03-01T00:00:00Z", "interval_too_long")],
)  # fmt: skip
async def test_figures_are_asked_for_a_period_that_can_be(
    client: httpx.AsyncClient, owner: SignedIn, start: str, end: str, code: str
) -> None:
    for path in ("earnings", "stats"):
        answer = await client.get(f"/v1/providers/me/{path}", params={"from": start, "to": end}, headers=owner.headers)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_a_profile_needs_an_owner(container: Container) -> None:
    with pytest.raises(Forbidden):
        await own_provider(container.catalogue, Principal(user_id="usr_x", roles=frozenset({Role.PROVIDER})))
