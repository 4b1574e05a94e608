"""People for a load: registered at the local cloud, or read from a file for another stage."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import httpx

from infra.load import bounds, plan
from infra.local.demo import photo
from infra.local.demo.people import Person, RequestRefused, token_in, wait_for
from infra.local.demo.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from infra.local.handle import RunningCloud

_PASSWORD = "a-quiet-river-runs-1984"  # noqa: S105 - accounts of a throw-away marketplace
_ADDRESS = "12 Ponsonby Road, Auckland 1011, New Zealand"
_LOCAL_KEY = "pk_test_local"
_STRIPE = "https://api.stripe.com"
_TEST_KEY = "pk_test_"
#: There are free slots then, and cancelling costs nothing.
_AHEAD_DAYS = 7
_ALL_DAY = [{"start": "00:00", "end": "00:00"}]
_OPEN = {
    "timezone": "Pacific/Auckland",
    "weekly": [{"weekday": weekday, "ranges": _ALL_DAY} for weekday in range(7)],
    "slot_step_minutes": 15,
    "minimum_notice_minutes": 0,
    "booking_window_days": 60,
}
_OFFER = {
    "title": "Hedge trimming by the quarter of an hour",
    "description": "A quarter of an hour of careful hedge trimming.",
    "category": "hedge-trimming",
    "price_type": "fixed",
    "price": {"amount": 5_000, "currency": "nzd"},
    "duration_minutes": 15,
    "status": "active",
    "cancellation_policy": "flexible",
}


def local(load: bounds.Load, cloud: RunningCloud, say: Callable[[str], None]) -> plan.Plan:
    """Register whoever is not there yet, and give each provider a service that is free all day.

    Args:
        load: What is asked for.
        cloud: The local cloud that runs.
        say: Receives progress lines.

    Raises:
        BoundsError: Another address is asked for, or the cloud pays at the real Stripe.
    """
    if load.url and load.url != cloud.base_url:
        raise bounds.BoundsError(
            f"the local cloud of this folder is at {cloud.base_url}; {load.url} needs --people FILE"
        )
    if not cloud.stripe_url:
        raise bounds.BoundsError("this local cloud pays at the real Stripe; start it without STRIPE_SECRET_KEY")
    with Stage(cloud) as stage:
        moderator = stage.seeded_person("moderator")
        couples = []
        for number in range(load.users):
            couples.append(_couple(stage, moderator, number))
            say(f"{number + 1} of {load.users} customers with their providers are there")
    return plan.Plan(cloud.base_url, load.users, load.a_second, load.seconds, couples, 0, cloud.stripe_url, _LOCAL_KEY)


def elsewhere(load: bounds.Load, file: Path, environ: Mapping[str, str]) -> plan.Plan:
    """Take the people of a file.

    Args:
        load: What is asked for.
        file: A JSON list, each with ``customer``, ``service_id`` and, where the load acts as them, ``provider``.
        environ: Has ``STRIPE_PUBLISHABLE_KEY`` of Stripe's test mode where test cards are entered.

    Raises:
        BoundsError: The file cannot be used, has too few of them, or the key is a live one.
    """
    try:
        couples = plan.couples_of(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise bounds.BoundsError(f"{file} holds no people (docs/load.md): {error}") from error
    if len(couples) < load.users:
        raise bounds.BoundsError(f"{load.users} users need as many customers, {file} has {len(couples)}")
    key = environ.get("STRIPE_PUBLISHABLE_KEY", "")
    if key and not key.startswith(_TEST_KEY):
        raise bounds.BoundsError(f"STRIPE_PUBLISHABLE_KEY is none of Stripe's test mode ({_TEST_KEY}…)")
    stripe = _STRIPE if key else ""
    return plan.Plan(load.url, load.users, load.a_second, load.seconds, couples, _AHEAD_DAYS, stripe, key, leaves=False)


def _couple(stage: Stage, moderator: Person, number: int) -> plan.Couple:
    """A customer and a provider, each with an address of their own, as limits count by it."""
    address = f"127.1.{number}.1" if sys.platform.startswith("linux") else ""
    customer = stage.person("Customer", f"load-customer-{number}@example.com", address)
    provider = stage.person("Provider", f"load-provider-{number}@example.com", address)
    if not _sign_in(stage, customer):
        profile = {"full_name": f"Customer {number}", "phone_number": "+64211234567", "address": _ADDRESS}
        customer.call("POST", "/v1/onboarding/profile", profile)
        customer.call("POST", "/v1/onboarding/path", {"path": "seeker"})
    if not _sign_in(stage, provider):
        _become_provider(stage, moderator, provider, f"Load {number}")
    own = provider.call("GET", "/v1/providers/me/services?limit=1")["items"]
    service: dict[str, Any] = own[0] if own else provider.call("POST", "/v1/services", _OFFER)
    return plan.Couple(
        customer=plan.Account(customer.email, _PASSWORD),
        service_id=service["id"],
        provider=plan.Account(provider.email, _PASSWORD),
        photo_id=photo.upload(customer, photo.hedge(), "report")["id"],
        address=address,
    )


def _sign_in(stage: Stage, person: Person) -> bool:
    """Sign somebody in, registering them where they are not known; returns whether they were."""
    try:
        person.sign_in(_PASSWORD)
    except RequestRefused as refused:
        if refused.response.status_code != httpx.codes.UNAUTHORIZED:
            raise
    else:
        return True
    person.call("POST", "/v1/auth/register", {"email": person.email, "password": _PASSWORD})
    mail = stage.wait_for_mail(person.email, "confirm")
    person.take_tokens(person.call("POST", "/v1/auth/verify-email", {"token": token_in(mail)}))
    return False


def _become_provider(stage: Stage, moderator: Person, person: Person, name: str) -> None:
    profile = {"full_name": name, "phone_number": "+64279876543", "address": _ADDRESS}
    person.call("POST", "/v1/onboarding/profile", profile)
    person.call("POST", "/v1/onboarding/path", {"path": "provider"})
    person.call("POST", "/v1/onboarding/provider", {**profile, "trading_name": name})
    stage.complete_stripe_onboarding(person.call("POST", "/v1/onboarding/billing")["onboarding_url"])
    wait_for("payouts", lambda: person.call("GET", "/v1/onboarding/billing")["payouts_enabled"] or None)
    waiting = moderator.call("GET", "/v1/admin/providers?status=pending&limit=100")["items"]
    provider_id = next(each["id"] for each in waiting if each["trading_name"] == name)
    moderator.call("POST", f"/v1/admin/providers/{provider_id}/approve")
    wait_for("the approval", lambda: "provider" in person.call("GET", "/v1/users/me")["roles"] or None)
    person.call("PUT", "/v1/providers/me/availability", _OPEN)
