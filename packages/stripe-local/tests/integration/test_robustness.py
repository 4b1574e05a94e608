"""No request, however odd, is answered with an internal error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest_asyncio

from stripe_local.resources import ROUTES
from support.payments import authorize, connected, customer_with_card, plan

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from stripe._v1_services import V1Services

    from stripe_local.testing import RunningStripe

BODIES = (
    "",
    "amount=-1&currency=nzd",
    "a[b]=1&a=2",
    "metadata=x&expand[]=y",
    "metadata[1]=a&limit=0",
    "[]=1&expand=id",
)


def filled(pattern: str, known: dict[str, str]) -> str:
    """A route's path with ids in place of its groups."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: known.get(found[1], "none"), pattern)


@pytest_asyncio.fixture(loop_scope="session")
async def ids(stripe_local: RunningStripe, api: V1Services) -> dict[str, str]:
    """Real ids for the names that paths use."""
    account = await connected(api)
    await stripe_local.control.onboard(account.id)
    customer = await customer_with_card(api)
    price = await plan(api)
    intent = await authorize(api)
    subscription = await api.subscriptions.create_async({"customer": customer.id, "items": [{"price": price.id}]})
    return {
        "account": account.id,
        "customer": customer.id,
        "price": price.id,
        "product": str(price.product),
        "intent": intent.id,
        "charge": str(intent.latest_charge),
        "method": str(intent.payment_method),
        "subscription": subscription.id,
        "invoice": str(subscription.latest_invoice),
    }


@pytest_asyncio.fixture(loop_scope="session")
async def raw(stripe_local: RunningStripe) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends what it is told."""
    headers = {"authorization": "Bearer sk_test_x", "content-type": "application/x-www-form-urlencoded"}
    async with httpx.AsyncClient(base_url=stripe_local.url, headers=headers) as client:
        yield client


async def test_every_route_answers_odd_requests_with_stripes_errors(
    raw: httpx.AsyncClient, ids: dict[str, str]
) -> None:
    broken = []
    for known in (ids, {}):
        for route in ROUTES:
            path = filled(route.pattern.pattern, known)
            for body in BODIES:
                if route.method == "GET":
                    answer = await raw.get(f"{path}?{body}")
                elif route.method == "POST":
                    answer = await raw.post(path, content=body)
                else:
                    continue
                if answer.status_code >= 500 or (answer.status_code >= 400 and "message" not in answer.json()["error"]):
                    broken.append((route.method, path, body, answer.status_code))
    assert broken == []


async def test_unknown_paths_and_huge_bodies(raw: httpx.AsyncClient) -> None:
    assert (await raw.get("/v1/none")).status_code == 404
    assert (await raw.post("/v1/customers", content="a=" + "b" * 1_100_000)).status_code == 413
    assert (await raw.get("/v1/customers", headers={"authorization": ""})).status_code == 401
    assert (await raw.get("/v1/customers", headers={"authorization": "Basic c2tfdGVzdF94Og=="})).status_code == 200


async def test_metadata_may_have_numbers_for_names(raw: httpx.AsyncClient) -> None:
    answer = await raw.post("/v1/customers", content="metadata[1]=a&metadata[0]=b")
    assert answer.json()["metadata"] == {"0": "b", "1": "a"}
