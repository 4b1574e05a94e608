"""Services: made, read, changed, deleted, by whom and with what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.identity.users import Address
from common.domain.payments.platform import Platform

from tests.factories.users import make_user
from tests.integration.providers.conftest import SignedIn, store_owner
from tests.support import sign_in

if TYPE_CHECKING:
    import httpx
    from common.runtime.container.bootstrap import Container

BODY: dict[str, Any] = {
    "title": "Weekly house clean",
    "category": "house-cleaning",
    "price": {"amount": 12_000, "currency": "nzd"},
    "duration_minutes": 120,
    "status": "active",
}


async def make(client: httpx.AsyncClient, owner: SignedIn, **changes: Any) -> dict[str, Any]:
    response = await client.post("/v1/services", json={**BODY, **changes}, headers=owner.headers)
    assert response.status_code == 201, response.text
    return dict(response.json())


def fields_of(response: httpx.Response) -> list[str]:
    return [error["field"] for error in response.json()["errors"]]


async def test_what_is_made_can_be_read_by_everybody(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner)
    read = (await client.get(f"/v1/services/{made['id']}")).json()
    assert read["title"] == "Weekly house clean"
    assert read["total_price"] == {"amount": 12_000, "currency": "nzd"}
    assert read["provider"] == {
        "id": owner.provider.id,
        "trading_name": "Harbour Home Help",
        "is_verified": True,
        "rating": {"count": 0, "mean": None, "score": 4.0},
    }


async def test_an_hourly_price_is_multiplied_by_the_duration(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner, price_type="hourly", duration_minutes=90)
    assert made["total_price"] == {"amount": 18_000, "currency": "nzd"}


OPTION: dict[str, Any] = {"label": "Windows inside", "price": {"amount": 1_500, "currency": "nzd"}}


async def test_options_keep_their_ids_and_are_shown_in_order(client: httpx.AsyncClient, owner: SignedIn) -> None:
    more = {"label": "Oven", "price": {"amount": 0, "currency": "nzd"}, "duration_minutes": 30, "max_quantity": 2}
    made = await make(client, owner, options=[OPTION, more])
    first, second = made["options"]
    assert first == {**OPTION, "id": first["id"], "duration_minutes": 0, "max_quantity": 1}
    assert second == {**more, "id": second["id"]}
    changed = [{**second, "label": "Oven and hob"}, OPTION]
    path = f"/v1/services/{made['id']}"
    answer = await client.patch(path, json={"options": changed}, headers=owner.headers)
    assert answer.status_code == 200, answer.text
    options = (await client.get(path)).json()["options"]
    assert options == answer.json()["options"]
    assert [each["label"] for each in options] == ["Oven and hob", "Windows inside"]
    assert options[0]["id"] == second["id"]
    assert options[1]["id"] not in {first["id"], second["id"]}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"options": [{**OPTION, "duration_minutes": 7}]}, "options.0.duration_minutes"),
        ({"options": [{**OPTION, "max_quantity": 0}]}, "options.0.max_quantity"),
        ({"options": [{**OPTION, "label": "Call 021 123 4567"}]}, "options.0.label"),
        ({"options": [{**OPTION, "price": {"amount": -1, "currency": "nzd"}}]}, "options.0.price.amount"),
        ({"options": [{**OPTION, "price": {"amount": 100, "currency": "usd"}}]}, "options.0.price.currency"),
        ({"options": [{**OPTION, "id": "opt_1"}, {**OPTION, "id": "opt_1"}]}, "options.1.id"),
        ({"options": [OPTION] * 21}, "options"),
        ({"options": [OPTION], "price_type": "quote", "price": None}, "options"),
        ({"category": "no-such-thing"}, "category"),
        ({"category": "cleaning"}, "category"),
        ({"price": None}, "price"),
        ({"price": {"amount": 10, "currency": "nzd"}}, "price.amount"),
        ({"price": {"amount": 12.5, "currency": "nzd"}}, "price.amount"),
        ({"price_type": "quote"}, "price"),
        ({"price_type": "quote", "price": None, "auto_accept": True}, "auto_accept"),
        ({"duration_minutes": 7}, "duration_minutes"),
        ({"title": "x" * 10_000}, "title"),
        ({"price": {"amount": 9000, "currency": "xxx"}}, "price.currency"),
        ({"title": "\N{ZERO WIDTH SPACE}" * 3}, "title"),
        ({"title": "Two\nlines"}, "title"),
        ({"description": "nul \x00"}, "description"),
        ({"auto_accept": "yes"}, "auto_accept"),
        ({"status": "deleted"}, "status"),
        ({"images": ["javascript:alert(1)"]}, "images.0"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_wrong_field_is_named(
    client: httpx.AsyncClient, owner: SignedIn, changes: dict[str, Any], field: str
) -> None:
    response = await client.post("/v1/services", json={**BODY, **changes}, headers=owner.headers)
    assert response.status_code == 422
    assert field in fields_of(response)


async def test_services_are_sold_in_what_the_platform_settles(client: httpx.AsyncClient, owner: SignedIn) -> None:
    """A charge that Stripe converts cannot be passed on in its own currency."""
    foreign = {**BODY, "price": {"amount": 9_000, "currency": "aud"}}
    made = await make(client, owner)
    for answer in (
        await client.post("/v1/services", json=foreign, headers=owner.headers),
        await client.patch(f"/v1/services/{made['id']}", json={"price": foreign["price"]}, headers=owner.headers),
    ):
        assert answer.status_code == 422
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
            ("price.currency", "currency_not_supported")
        ]


async def test_a_platform_with_a_second_bank_account_sells_in_both(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    container.replace(platform=Platform("NZ", frozenset({"aud"})))
    made = await make(client, owner, price={"amount": 9_000, "currency": "aud"})
    assert made["price"]["currency"] == "aud"


async def test_drafts_are_seen_by_their_owner_only(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner, status="draft")
    url = f"/v1/services/{made['id']}"
    assert (await client.get(url)).status_code == 404
    assert (await client.get(url, headers=owner.headers)).status_code == 200


async def test_services_of_unlisted_providers_are_hidden(client: httpx.AsyncClient, container: Container) -> None:
    pending = await store_owner(container, is_listed=False, is_billable=False)
    made = await make(client, pending)
    assert (await client.get(f"/v1/services/{made['id']}")).status_code == 404
    assert (await client.get(f"/v1/services/{made['id']}/slots")).status_code == 404
    assert (await client.get(f"/v1/providers/{pending.provider.id}")).status_code == 404


async def test_only_the_owner_may_change_or_delete(
    client: httpx.AsyncClient, owner: SignedIn, container: Container
) -> None:
    made = await make(client, owner)
    other = await store_owner(container)
    url = f"/v1/services/{made['id']}"
    assert (await client.patch(url, json={"title": "Mine now"}, headers=other.headers)).status_code == 404
    assert (await client.delete(url, headers=other.headers)).status_code == 404
    customer = await sign_in(container, make_user())
    assert (await client.post("/v1/services", json=BODY, headers=customer)).status_code == 403
    assert (await client.post("/v1/services", json=BODY)).status_code == 401


async def test_changes_count_versions_and_refuse_stale_ones(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner)
    url = f"/v1/services/{made['id']}"
    first = await client.patch(url, json={"title": "Deep clean", "version": made["version"]}, headers=owner.headers)
    assert first.json()["version"] == made["version"] + 1
    stale = await client.patch(url, json={"title": "Old idea", "version": made["version"]}, headers=owner.headers)
    assert stale.status_code == 412
    null = await client.patch(url, json={"title": None}, headers=owner.headers)
    assert fields_of(null) == ["title"]


async def test_a_deleted_service_is_gone_for_everybody(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner)
    url = f"/v1/services/{made['id']}"
    assert (await client.delete(url, headers=owner.headers)).status_code == 204
    assert (await client.get(url, headers=owner.headers)).status_code == 404
    assert (await client.delete(url, headers=owner.headers)).status_code == 404
    mine = (await client.get("/v1/providers/me/services", headers=owner.headers)).json()
    assert mine == {"items": [], "next_cursor": None}


async def test_own_services_are_paged_newest_first(client: httpx.AsyncClient, owner: SignedIn) -> None:
    for number in range(5):
        await make(client, owner, title=f"Service {number}", status="paused" if number == 0 else "active")
    titles: list[str] = []
    cursor = ""
    while True:
        page = (await client.get(f"/v1/providers/me/services?limit=2{cursor}", headers=owner.headers)).json()
        titles += [item["title"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(titles) == [f"Service {number}" for number in range(5)]
    paused = (await client.get("/v1/providers/me/services?status=paused", headers=owner.headers)).json()
    assert [item["title"] for item in paused["items"]] == ["Service 0"]


async def test_public_reads_can_be_cached_and_own_reads_are_fresh(client: httpx.AsyncClient, owner: SignedIn) -> None:
    made = await make(client, owner)
    url = f"/v1/services/{made['id']}"
    first = await client.get(url)
    assert first.headers["cache-control"] == "public, max-age=30, stale-while-revalidate=30"
    again = await client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await client.patch(url, json={"title": "Changed at once"}, headers=owner.headers)
    own = await client.get(url, headers={**owner.headers, "If-None-Match": first.headers["etag"]})
    assert own.headers["cache-control"] == "private, no-cache"
    assert own.json()["title"] == "Changed at once"


async def test_the_tree_of_categories_is_real(client: httpx.AsyncClient) -> None:
    tree = (await client.get("/v1/categories")).json()["items"]
    leaves = [leaf for root in tree for leaf in root["children"]]
    assert len(leaves) >= 60
    assert all(leaf["synonyms"] for leaf in leaves)
    one = (await client.get("/v1/categories/garden")).json()
    assert {child["slug"] for child in one["children"]} >= {"lawn-mowing", "tree-services"}
    assert (await client.get("/v1/categories/nothing")).status_code == 404


async def test_the_plan_bounds_how_many_services_are_active(client: httpx.AsyncClient, container: Container) -> None:
    owner = await store_owner(container, active_service_limit=1)
    first = await make(client, owner)
    refused = await client.post("/v1/services", json=BODY, headers=owner.headers)
    assert refused.status_code == 409
    assert refused.json()["code"] == "plan_limit"
    draft = await make(client, owner, status="draft")
    url = f"/v1/services/{draft['id']}"
    assert (await client.patch(url, json={"status": "active"}, headers=owner.headers)).status_code == 409
    paused = await client.patch(f"/v1/services/{first['id']}", json={"status": "paused"}, headers=owner.headers)
    assert paused.status_code == 200
    assert (await client.patch(url, json={"status": "active"}, headers=owner.headers)).status_code == 200


async def test_of_services_published_at_once_no_more_become_active_than_the_plan_lets(
    client: httpx.AsyncClient, container: Container
) -> None:
    owner = await store_owner(container, active_service_limit=2)
    drafts = [await make(client, owner, status="draft") for _ in range(4)]
    answers = await asyncio.gather(
        *(
            client.patch(f"/v1/services/{each['id']}", json={"status": "active"}, headers=owner.headers)
            for each in drafts
        ),
        *(client.post("/v1/services", json=BODY, headers=owner.headers) for _ in range(4)),
    )
    assert sorted(each.status_code for each in answers if each.status_code < 400) in (
        [200, 200],
        [200, 201],
        [201, 201],
    )
    assert {each.json()["code"] for each in answers if each.status_code >= 400} == {"plan_limit"}
    active = {"provider_id": owner.provider.id, "status": "active"}
    assert await container.mongo.collection("services").count_documents(active) == 2
    page = await client.get("/v1/providers/me/services?status=active", headers=owner.headers)
    changed = await client.patch(
        f"/v1/services/{page.json()['items'][0]['id']}",
        json={"status": "active", "title": "As before"},
        headers=owner.headers,
    )
    assert changed.status_code == 200


async def test_a_service_says_where_it_is_done_and_shows_its_link_to_its_owner_alone(
    client: httpx.AsyncClient, owner: SignedIn
) -> None:
    link = "https://meet.example.com/abc"
    assert (await make(client, owner))["place_kinds"] == ["customer"]
    made = await make(client, owner, place_kinds=["online", "provider", "online"], online_link=link)
    assert (made["place_kinds"], made["online_link"]) == (["online", "provider"], link)
    path = f"/v1/services/{made['id']}"
    assert link in (await client.get("/v1/providers/me/services", headers=owner.headers)).text
    for headers in ({}, owner.headers):
        read = await client.get(path, headers=headers)
        assert (read.json()["place_kinds"], link in read.text) == (["online", "provider"], False)
    changed = await client.patch(path, json={"place_kinds": ["customer"], "online_link": None}, headers=owner.headers)
    assert (changed.json()["place_kinds"], changed.json()["online_link"]) == (["customer"], None)
    refused: list[dict[str, Any]] = [{"place_kinds": []}, {"place_kinds": ["moon"]}, {"place_kinds": None}]
    for wrong in [*refused, {"online_link": "zoom.us"}]:
        assert fields_of(await client.patch(path, json=wrong, headers=owner.headers))[0].split(".")[0] in wrong


async def test_what_is_done_at_the_providers_place_needs_an_address_that_can_be_found(
    client: httpx.AsyncClient, container: Container
) -> None:
    owner = await store_owner(container, address=Address(text="Somewhere"))
    made = await make(client, owner, place_kinds=["provider"], status="draft")
    path = f"/v1/services/{made['id']}"
    refused = await client.patch(path, json={"status": "active"}, headers=owner.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "provider_address_needed")
    for kinds in (["customer"], ["online"]):
        assert (
            await client.patch(path, json={"place_kinds": kinds, "status": "active"}, headers=owner.headers)
        ).is_success
    refused = await client.patch(path, json={"place_kinds": ["online", "provider"]}, headers=owner.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "provider_address_needed")
