"""The generated marketplace: the same for a seed, spread like people, whole, and open to those who may sign in."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.identity.one_time_codes import codes_of
from common.adapters.identity.passwords import Argon2Passwords
from common.application.ports.search.listings import ListingKind
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.facet_counts import NUMBER
from common.domain.catalogue.facet_estimates import sum_all
from common.domain.catalogue.listings import EVERYWHERE
from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service
from common.domain.scheduling.availability_rules import check_availability
from pymongo import MongoClient

from infra.local.seed.demo import seed
from infra.local.seed.market import generate
from infra.ops.migrations.category_data import load_categories
from infra.ops.rebuild.steps import rebuild_listings, rebuild_ratings
from tests.support import make_container
from tests.support.containers import factor_keys

if TYPE_CHECKING:
    from infra.local.seed.market import Offer


@pytest.fixture(scope="module")
def tree() -> CategoryTree:
    return CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in load_categories()])


@pytest.fixture(scope="module")
def offers(tree: CategoryTree) -> list[Offer]:
    return list(generate(2_000, 5, tree))


def test_a_seed_gives_the_same_market_and_another_a_different_one(offers: list[Offer], tree: CategoryTree) -> None:
    assert list(generate(50, 5, tree)) == offers[:50]
    assert list(generate(50, 6, tree)) != offers[:50]


def test_big_cities_have_more_providers(offers: list[Offer]) -> None:
    cities = Counter(offer.provider.address.text for offer in offers)
    assert cities["Sydney"] > cities["Auckland"] > cities["Wellington"] > 0
    assert len(cities) > 20


def test_everything_generated_is_sound(offers: list[Offer], tree: CategoryTree) -> None:
    for provider, services in offers[:300]:
        whole = Provider.model_validate(provider.model_dump())
        assert whole.availability is not None
        check_availability(whole.availability)
        for service in services:
            checked = Service.model_validate(service.model_dump())
            assert tree.is_leaf(checked.category)
            assert (checked.total_price() is None) == (checked.price_type == "quote")
            assert 3 <= len(checked.title) <= 120


async def test_a_seeded_database_can_be_signed_in_to_and_rebuilt_to_the_same(
    mongodb_uri: str, own_database: str
) -> None:
    environ = {"STAGE": "test", "MONGODB_URI": mongodb_uri, "MONGODB_DATABASE": own_database}
    environ["FACTOR_KEYS"] = factor_keys()
    done = await seed(environ, providers=20, number=3, password=None)
    assert done is not None
    assert {person.who for person in done.sign_ins} >= {"customer", "provider", "moderator", "operator", "admin"}
    assert await seed(environ, providers=20, number=3, password=None) is None
    container = make_container(mongodb_uri, own_database)
    staff = {person.who: person.email for person in done.sign_ins if person.totp_secret}
    assert set(staff) == {"moderator", "operator", "admin", "super admin"}
    for person in (each for each in done.sign_ins if each.totp_secret):
        stored_user = await container.users.find_by_email_key(person.email)
        assert stored_user is not None
        [app] = await container.auth.factors.list_confirmed(stored_user.id)
        at = container.clock.now()
        assert container.codes.codes_at(app, at) == codes_of(person.totp_secret, at), "what is printed opens it"
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[own_database]
        person = next(each for each in done.sign_ins if each.who == "provider")
        user = db["users"].find_one({"email_key": person.email}) or {}
        stored = db["credentials"].find_one({"user_id": user["_id"]}) or {}
        assert await Argon2Passwords().verify(person.password, stored["password_hash"])
        assert (db["providers"].find_one({"_id": user["provider_id"]}) or {})["user_id"] == user["_id"]
        before = {row["_id"]: row for row in db["service_listings"].find()}
        assert len(before) == done.services
        counters = await container.search.counters.read(ListingKind.SERVICES, None, [EVERYWHERE])
        assert counters is not None
        assert sum_all(counters.values())[NUMBER] == done.services
        await rebuild_ratings(container)
        await rebuild_listings(container)
        assert {row["_id"]: row for row in db["service_listings"].find()} == before
    await container.close()
