"""What the first release stored is worth the same after every step since, and today's code works on it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.booking import BookingStatus
from common.domain.payments.ledger import require_balanced
from pymongo import MongoClient

from infra.bench.first_release import restore
from infra.ops.migrations.runner import VERSIONS, migrate
from tests.fakes.payment_gateway import FakePaymentGateway
from tests.support import api_client, sign_in
from tests.support.containers import make_container

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from common.runtime.container.bootstrap import Container

    from tests.fakes.clock import FakeClock
    from tests.fakes.publisher import CollectingPublisher

    Documents = dict[str, list[dict[str, Any]]]

STEPS = {path.stem for path in VERSIONS.glob("[0-9]*.py")}
AMOUNTS = ("authorized", "captured", "refunded")


@pytest.fixture(scope="module")
def stored(mongodb_uri: str, module_database_name: str) -> Iterator[tuple[Any, Documents]]:
    """The migrated database, and the documents as the first release left them."""
    with MongoClient[dict[str, Any]](mongodb_uri, tz_aware=True) as client:
        database = client[module_database_name]
        documents = restore(database)
        known = {row["name"] for row in documents["migrations"]}
        assert set(migrate(mongodb_uri, module_database_name)) == STEPS - known
        yield database, documents


@pytest.fixture
async def container(
    mongodb_uri: str, module_database_name: str, clock: FakeClock, publisher: CollectingPublisher
) -> AsyncIterator[Container]:
    gateway = FakePaymentGateway(now=clock.now())
    made = make_container(mongodb_uri, module_database_name, clock=clock, publisher=publisher, gateway=gateway)
    yield made
    await made.close()


async def test_every_booking_is_worth_what_it_was(stored: tuple[Any, Documents], container: Container) -> None:
    _, documents = stored
    assert len({row["status"] for row in documents["bookings"]}) == len(BookingStatus) - 1, (
        "all but no_show, which ends"
    )
    for row in documents["bookings"]:
        booking = await container.bookings.bookings.get(row["_id"])
        assert booking is not None
        assert (booking.version, booking.status) == (row["version"], row["status"])
        assert (booking.payment, booking.payout) == (row["payment"], row["payout"])
        assert booking.price.total.model_dump() == row["price"]["total"]
        details = row["payment_details"]
        for name in AMOUNTS:
            assert getattr(booking, f"{name}_amount") == details[f"{name}_amount"], row["_id"]


def test_what_is_stored_has_the_shapes_of_now(stored: tuple[Any, Documents]) -> None:
    """One line, one charge with what has moved, and time of one resource, the provider."""
    database, documents = stored
    for row in documents["bookings"]:
        booking = database["bookings"].find_one({"_id": row["_id"]})
        total, details = row["price"]["total"], row["payment_details"]
        (line,) = booking["price"]["lines"]
        assert (line["kind"], line["quantity"], line["unit_amount"]) == ("service", 1, total)
        (charge,) = booking["charges"]
        assert (charge["purpose"], charge["state"], charge["amount"]) == ("booking", row["payment"], total["amount"])
        moved = ("captured_amount", "refunded_amount", "transferred_amount", "reversed_amount", "commission_amount")
        assert {name: charge[name] for name in moved} == {name: details[name] for name in moved}
        assert charge["payment_intent_id"] == details["payment_intent_id"]
        assert charge["stripe_charge_id"] == details["charge_id"]
    for row in documents["slot_claims"]:
        claim = database["slot_claims"].find_one({"_id": row["_id"]})
        assert (claim["resource_id"], claim["cells"]) == (row["provider_id"], row["cells"])
    for name in ("payment_operations", "ledger_entries"):
        assert database[name].count_documents({"charge_id": "chg_1"}) == len(documents[name])


async def test_its_parties_read_every_booking_and_its_payment(
    stored: tuple[Any, Documents], container: Container
) -> None:
    _, documents = stored
    seen_by: Counter[str] = Counter()
    async with api_client("bookings", container) as bookings, api_client("payments", container) as payments:
        for row in documents["bookings"]:
            for user_id in (row["customer_id"], row["provider_user_id"]):
                user = await container.users.get(user_id)
                if user is None:  # some of the lives were played by parties that were never stored
                    continue
                seen_by[user_id] += 1
                headers = await sign_in(container, user)
                seen = await bookings.get(f"/v1/bookings/{row['_id']}", headers=headers)
                assert seen.status_code == 200, seen.text
                assert seen.json()["price"] == row["price"]["total"]
                paid = await payments.get(f"/v1/bookings/{row['_id']}/payment", headers=headers)
                assert paid.status_code == 200, paid.text
                for name in AMOUNTS:
                    assert paid.json()[name]["amount"] == row["payment_details"][f"{name}_amount"]
    assert seen_by.total() > len(documents["bookings"])


async def test_the_ledger_says_the_same(stored: tuple[Any, Documents], container: Container) -> None:
    _, documents = stored
    before: Counter[tuple[str, str]] = Counter()
    for row in documents["ledger_entries"]:
        before[row["booking_id"], row["account"]] += row["amount"]["amount"]
    after: Counter[tuple[str, str]] = Counter()
    for booking_id in {row["booking_id"] for row in documents["ledger_entries"]}:
        lines = await container.payments.ledger.list_by_booking(booking_id)
        require_balanced(lines)
        for line in lines:
            after[booking_id, line.account.value] += line.amount.amount
    assert after == before


async def test_life_goes_on(stored: tuple[Any, Documents], container: Container, clock: FakeClock) -> None:
    """A request is accepted, and an accepted booking cancelled by its customer, each with what it costs."""
    _, documents = stored
    for status, party, action in (("requested", "provider_user_id", "decline"), ("accepted", "customer_id", "cancel")):
        row = next(row for row in documents["bookings"] if row["status"] == status)
        clock.set(row["updated_at"])
        user = await container.users.get(row[party])
        assert user is not None
        headers = await sign_in(container, user)
        async with api_client("bookings", container) as client:
            url = f"/v1/bookings/{row['_id']}"
            etag = (await client.get(url, headers=headers)).headers["etag"]
            done = await client.post(f"{url}/actions/{action}", headers={**headers, "If-Match": etag}, json={})
        assert done.status_code == 200, done.text
        assert done.json()["status"] == {"decline": "declined", "cancel": "cancelled"}[action]


def test_a_second_run_of_every_step_changes_nothing(
    mongodb_uri: str, module_database_name: str, stored: tuple[Any, Documents]
) -> None:
    database, documents = stored
    known = {row["name"] for row in documents["migrations"]}

    def all_documents() -> dict[str, Any]:
        names = set(database.list_collection_names()) - {"migrations"}
        return {name: list(database[name].find().sort("_id", 1)) for name in sorted(names)}

    before = all_documents()
    database["migrations"].delete_many({"name": {"$nin": sorted(known)}})
    assert set(migrate(mongodb_uri, module_database_name)) == STEPS - known
    assert all_documents() == before
