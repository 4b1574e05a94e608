"""Each shape of query is served by the index made for it, and examines little more than it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from common.adapters.mongo.search.filters import near_query, sorted_query
from common.application.ports.search.listings import Criteria, Order, Position, WordGroup
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.catalogue.price_keys import price_key
from common.domain.shared.geo import Point
from common.domain.shared.money import Money
from pymongo import MongoClient

from infra.local.seed.cities import CITIES
from infra.local.seed.loading import load, read_tree
from infra.local.seed.market import generate
from infra.ops.migrations.runner import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

AUCKLAND = CITIES[0]
CENTRE = Point(AUCKLAND.lat, AUCKLAND.lng)
NEAR: dict[str, Any] = {"point": CENTRE, "radius_m": 25_000.0}
CLEANERS = WordGroup(("#house-cleaning", "clean"), 900)
FRIENDLY = WordGroup(("friendli", "friendly"), 90)
#: The bound that holds however dense a city is.
MOST_EXAMINED_PER_HIT = 50
#: Every cleaner within the ring is read to know the nearest of them.
WITHOUT_HITS = 200


@pytest.fixture(scope="module")
def market(mongodb_uri: str, module_database_name: str) -> Iterator[Database[dict[str, Any]]]:
    """A city of six hundred providers."""
    migrate(mongodb_uri, module_database_name)
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        db = client[module_database_name]
        tree = read_tree(db)
        load(db, generate(600, 7, tree, [AUCKLAND]), tree)
        yield db


def counts(plan: Any) -> tuple[set[str], int, int]:
    """Indexes used, documents examined and documents returned by the innermost execution in an explanation."""
    text: set[str] = set()

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "indexName" in part:
                text.add(part["indexName"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(plan)
    stats = plan["executionStats"]
    return text, stats["totalDocsExamined"], stats["nReturned"]


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(**NEAR),
        Criteria(category="cleaning", **NEAR),
        Criteria(category="house-cleaning", min_rating=4.5, **NEAR),
        Criteria(category="cleaning", currency="nzd", min_price=5_000, max_price=9_000, **NEAR),
        Criteria(groups=(CLEANERS,), **NEAR),
        Criteria(groups=(FRIENDLY,), category="cleaning", leaves=("house-cleaning", "deep-cleaning"), **NEAR),
        Criteria(groups=(CLEANERS, FRIENDLY), min_rating=4.0, **NEAR),
        Criteria(place_kind=PlaceKind.PROVIDER, **NEAR),
        Criteria(groups=(CLEANERS,), place_kind=PlaceKind.CUSTOMER, **NEAR),
    ],
    ids=["all", "category", "rating", "price", "words", "words in category", "two words", "salons", "visits"],
)
@pytest.mark.parametrize("edges", [(0.0, 3_000.0), (3_000.0, 12_000.0), (12_000.0, 40_000.0)])
def test_nearest_first_reads_the_near_index(
    market: Database[dict[str, Any]], criteria: Criteria, edges: tuple[float, float]
) -> None:
    inner, outer = edges
    query = near_query(criteria, inner, inner, outer)
    command = {"find": "service_listings", "filter": query, "hint": "near", "limit": 20}
    indexes, examined, returned = counts(market.command("explain", command, verbosity="executionStats"))
    assert indexes == {"near"}
    assert examined <= MOST_EXAMINED_PER_HIT * returned or examined <= WITHOUT_HITS


@pytest.mark.parametrize(
    ("criteria", "order", "index"),
    [
        (Criteria(category="cleaning", **NEAR), Order.RATING, "area_score"),
        (Criteria(category="cleaning", min_rating=4.0, **NEAR), Order.RATING, "area_score"),
        (Criteria(currency="nzd", **NEAR), Order.PRICE, "area_price"),
        (
            Criteria(category="cleaning", currency="nzd", min_price=5_000, max_price=9_000, **NEAR),
            Order.PRICE,
            "area_price",
        ),
        (Criteria(category="garden"), Order.RATING, "area_score"),
        (Criteria(category="garden", currency="nzd"), Order.PRICE, "area_price"),
        (Criteria(groups=(CLEANERS,)), Order.RATING, "token_score"),
        (Criteria(place_kind=PlaceKind.ONLINE), Order.RATING, "token_score"),
        (Criteria(category="tutoring", place_kind=PlaceKind.ONLINE), Order.RATING, "token_score"),
        (
            Criteria(groups=(FRIENDLY, CLEANERS), category="cleaning", leaves=("house-cleaning",)),
            Order.RATING,
            "token_score",
        ),
    ],
)
@pytest.mark.parametrize(
    "after",
    [
        None,
        Position(4.2, "svc_seed0000100"),
        Position(price_key(Money(amount=6_000, currency="nzd")), "svc_seed0000100"),
    ],
)
def test_sorted_walks_read_their_index_in_its_order(
    market: Database[dict[str, Any]], criteria: Criteria, order: Order, index: str, after: Position | None
) -> None:
    query, sort, hint = sorted_query(criteria, order, after, None)
    command = {"find": "service_listings", "filter": query, "sort": dict(sort), "hint": hint, "limit": 20}
    plan = market.command("explain", command, verbosity="executionStats")
    indexes, examined, returned = counts(plan)
    assert hint == index
    assert indexes == {index}
    assert '"SORT"' not in str(plan["queryPlanner"]["winningPlan"]).replace("'", '"')
    assert examined <= MOST_EXAMINED_PER_HIT * max(returned, 1)


@pytest.mark.parametrize(
    ("collection", "command", "index"),
    [
        (
            "services",
            {"filter": {"provider_id": "p", "status": {"$in": ["active"]}}, "sort": {"_id": -1}},
            "provider_status",
        ),
        (
            "services",
            {"filter": {"provider_id": "p", "status": "active", "place_kinds": "provider"}, "limit": 1},
            "provider_status",
        ),
        ("providers", {"filter": {"user_id": "u"}}, "user"),
        ("search_terms", {"filter": {"deletions": {"$in": ["clen", "clan"]}}}, "deletions"),
        ("search_terms", {"filter": {"stem": {"$in": ["clean"]}}}, "stem"),
        ("search_terms", {"filter": {"_id": {"$gte": "cl", "$lt": "cm"}}}, "_id_"),
        (
            "ratings",
            {
                "filter": {"service_id": "s", "author_kind": "customer", "state": "published"},
                "sort": {"published_at": -1, "_id": -1},
            },
            "service_id_published",
        ),
        (
            "bookings",
            {"filter": {"provider_id": "p", "status": {"$in": ["accepted"]}, "slot.start_at": {"$gte": 1}}},
            "provider_status_start",
        ),
    ],
)
def test_other_reads_have_their_index(
    market: Database[dict[str, Any]], collection: str, command: dict[str, Any], index: str
) -> None:
    plan = market.command("explain", {"find": collection, **command})["queryPlanner"]["winningPlan"]
    assert f"'indexName': '{index}'" in str(plan)
    assert "COLLSCAN" not in str(plan)


def test_popular_categories_are_counted_over_an_index_alone(market: Database[dict[str, Any]]) -> None:
    pipeline = [
        {
            "$match": {
                "created_at": {"$gte": 1},
                "place.lat": {"$gte": 1, "$lte": 2},
                "place.lng": {"$gte": 1, "$lte": 2},
            }
        },
        {"$sort": {"created_at": -1}},
        {"$limit": 20_000},
        {"$group": {"_id": "$service.category", "count": {"$sum": 1}}},
    ]
    command = {"aggregate": "bookings", "pipeline": pipeline, "cursor": {}, "hint": "recent_categories"}
    plan = str(market.command("explain", command))
    assert "'indexName': 'recent_categories'" in plan
    assert "FETCH" not in plan
