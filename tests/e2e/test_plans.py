"""A provider buys a plan on the deployed cloud: Stripe's page, its webhooks, and what the plan then allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from infra.local.demo.people import RequestRefused, wait_for

if TYPE_CHECKING:
    from infra.local.cloud import LocalCloud
    from infra.local.demo.people import Person
    from infra.local.demo.stage import Stage

VISA = "4242424242424242"
#: Stripe's test card that is declined.
DECLINED = "4000000000000002"
PATIENCE_SECONDS = 60.0
MORE_THAN_FREE = 20


def submit(page: str, **fields: str) -> httpx.Response:
    """Fill in Stripe's page and press its button."""
    assert httpx.get(page, timeout=PATIENCE_SECONDS).status_code == 200
    return httpx.post(page, data=fields, timeout=PATIENCE_SECONDS)


def standing(provider: Person, plan: str) -> dict[str, Any]:
    """The provider's plan, once the webhooks have brought it."""

    def look() -> dict[str, Any] | None:
        mine: dict[str, Any] = provider.call("GET", "/v1/subscriptions/me")
        return mine if mine["plan"]["id"] == plan else None

    return wait_for(f"the plan {plan}", look, patience=120)


def offer_until_refused(provider: Person, service: dict[str, Any]) -> tuple[list[str], str]:
    """Publish services until no more are let in; returns their ids, and why the last one was refused."""
    made: list[str] = []
    while len(made) < MORE_THAN_FREE:
        try:
            wanted = {**service, "title": f"Extra {len(made)}", "status": "active"}
            made.append(provider.call("POST", "/v1/services", wanted)["id"])
        except RequestRefused as refused:
            return made, str(refused.response.json()["code"])
    raise AssertionError("the free plan set no limit")


@pytest.mark.timeout(400)
def test_a_provider_subscribes_offers_more_and_leaves(stage: Stage, cloud: LocalCloud) -> None:
    provider = stage.seeded_person("provider")
    assert {each["id"] for each in provider.call("GET", "/v1/subscriptions/plans")["items"]} == {"free", "plus", "pro"}
    assert provider.call("GET", "/v1/subscriptions/me")["plan"]["id"] == "free"
    template = next(
        each
        for each in provider.call("GET", "/v1/providers/me/services?limit=100")["items"]
        if each["status"] == "active" and each["price_type"] != "quote"
    )
    service = {name: template[name] for name in ("category", "price", "price_type", "duration_minutes", "description")}
    made, reason = offer_until_refused(provider, service)
    assert reason == "plan_limit"

    page = provider.call("POST", "/v1/subscriptions/checkout", {"plan_id": "plus"})["url"]
    assert page.startswith(cloud.stripe_url)
    assert submit(page, outcome="pay", card=DECLINED).status_code == 200
    assert provider.call("GET", "/v1/subscriptions/me")["subscription"] is None
    paid = submit(page, outcome="pay", card=VISA)
    assert paid.status_code == 303
    assert paid.headers["location"].endswith("subscribed=true")
    mine = standing(provider, "plus")
    assert (mine["subscription"]["status"], mine["plan"]["active_services"]) == ("trialing", 50)
    made.append(provider.call("POST", "/v1/services", {**service, "title": "One more", "status": "active"})["id"])
    with pytest.raises(RequestRefused) as again:
        provider.call("POST", "/v1/subscriptions/checkout", {"plan_id": "pro"})
    assert again.value.response.json()["code"] == "already_subscribed"

    portal = provider.call("POST", "/v1/subscriptions/portal")["url"]
    shown = httpx.get(portal, timeout=PATIENCE_SECONDS).text
    subscription = shown.split('name="subscription" value="')[1].split('"')[0]
    assert submit(portal, outcome="cancel", subscription=subscription).status_code == 200
    wait_for("the cancellation", lambda: _is_ending(provider))
    for service_id in made:
        provider.call("DELETE", f"/v1/services/{service_id}")


def _is_ending(provider: Person) -> bool | None:
    ending = provider.call("GET", "/v1/subscriptions/me")["subscription"]["cancel_at_period_end"]
    return True if ending else None
