"""What any stage must pass, the local one and one on AWS: `make e2e URL=https://api.example.com` tries it there.

On another stage the two people are given as `mail:password` in E2E_CUSTOMER and E2E_PROVIDER: a customer, and a
provider with an active service at a fixed price. The booking that is made is cancelled again before anybody has paid.
"""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from infra.local.demo.people import Person, wait_for
from infra.ops import smoke

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A week ahead there are free slots, and cancelling costs nothing.
AHEAD = timedelta(days=7)


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """The stage's public address; that of the local cloud where no other is given."""
    given = os.environ.get("E2E_URL")
    return given.rstrip("/") if given else str(request.getfixturevalue("cloud").base_url)


@pytest.fixture
def parties(request: pytest.FixtureRequest, address: str) -> Iterator[tuple[Person, Person]]:
    """A customer and a provider, signed in."""
    if not os.environ.get("E2E_URL"):
        stage = request.getfixturevalue("stage")
        yield stage.seeded_person("customer"), stage.seeded_person("provider")
        return
    missing = [name for name in ("E2E_CUSTOMER", "E2E_PROVIDER") if ":" not in os.environ.get(name, "")]
    if missing:
        pytest.skip(f"nobody to sign in as: {', '.join(missing)}")
    people = []
    for role in ("CUSTOMER", "PROVIDER"):
        email, _, password = os.environ[f"E2E_{role}"].partition(":")
        people.append(Person(role.title(), email, address))
        people[-1].sign_in(password)
    yield people[0], people[1]
    for person in people:
        person.close()


def test_the_smoke_test_passes(address: str) -> None:
    assert list(smoke.check(address)) == []


def test_a_booking_is_made_once_seen_by_both_and_cancelled(parties: tuple[Person, Person]) -> None:
    customer, provider = parties
    services = provider.call("GET", "/v1/providers/me/services")["items"]
    service = next(each for each in services if each["status"] == "active" and each["price_type"] != "quote")
    start = datetime.now(UTC) + AHEAD
    window = f"from={start:%Y-%m-%dT%H:%M:%SZ}&to={start + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"
    slot = customer.call("GET", f"/v1/services/{service['id']}/slots?{window}")["items"][0]
    wanted = {"service_id": service["id"], "start_at": slot["start_at"], "address": "1 Queen Street, Auckland"}
    key = {"Idempotency-Key": uuid.uuid4().hex}
    booking = customer.call("POST", "/v1/bookings", wanted, **key)
    assert customer.call("POST", "/v1/bookings", wanted, **key)["id"] == booking["id"], "sent twice, made once"
    try:
        assert provider.call("GET", "/v1/users/me")["id"] != customer.call("GET", "/v1/users/me")["id"]
        assert customer.call("GET", f"/v1/bookings/{booking['id']}")["status"] == booking["status"]
    finally:
        cancelled = customer.call(
            "POST",
            f"/v1/bookings/{booking['id']}/actions/cancel",
            {"reason": "a test", "accepted_fee": 0},
            **{"Idempotency-Key": uuid.uuid4().hex},
        )
    assert "cancel" in cancelled["status"]
    again = wait_for(
        "the slot to be free again", lambda: slot_is_free(customer, service["id"], window, slot["start_at"])
    )
    assert again


def slot_is_free(customer: Person, service_id: str, window: str, start_at: str) -> bool:
    items = customer.call("GET", f"/v1/services/{service_id}/slots?{window}")["items"]
    return any(each["start_at"] == start_at for each in items)
