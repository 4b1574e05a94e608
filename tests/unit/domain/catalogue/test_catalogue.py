"""The tree of categories, and what of services and providers is kept for searching."""

from __future__ import annotations

import pytest
from common.domain.catalogue.categories import Category, CategoryTree
from common.domain.catalogue.listings import provider_listing, service_listing
from common.domain.catalogue.price_keys import NO_PRICE, price_key
from common.domain.catalogue.rating_scores import bayesian_score
from common.domain.search.text import stem, stems
from common.domain.shared.money import Money

from infra.ops.migrations.category_data import load_categories
from tests.factories.providers import make_provider, make_service


@pytest.fixture(scope="module")
def tree() -> CategoryTree:
    return CategoryTree([Category.model_validate({"id": row["_id"], **row}) for row in load_categories()])


def test_the_tree_that_ships_is_whole(tree: CategoryTree) -> None:
    assert len(tree.by_slug) == len(load_categories())
    leaves = [slug for slug in tree.by_slug if tree.is_leaf(slug)]
    assert len(leaves) >= 60
    for slug in leaves:
        category = tree.by_slug[slug]
        assert category.parent in tree.by_slug
        assert category.path == [category.parent, slug]
        assert category.synonyms
    assert set(tree.leaves("pets")) == {category.id for category in tree.children("pets")}
    assert tree.leaves("dog-walking") == ["dog-walking"]


def test_words_and_phrases_mean_categories(tree: CategoryTree) -> None:
    assert "#plumbing" in tree.meaning("plumb")
    assert "#electrical" in tree.meaning(stem("sparky"))
    assert (0, 1, "#plumbing") in tree.phrases(stems("blocked drains"))
    assert (1, 3, "#virtual-assistant") not in tree.phrases(stems("help data entry"))
    assert (1, 2, "#virtual-assistant") in tree.phrases(stems("help data entry"))


def test_only_what_may_be_shown_is_listed(tree: CategoryTree) -> None:
    provider = make_provider()
    service = make_service(provider)
    assert service_listing(provider, service, tree) is not None
    assert service_listing(make_provider(is_listed=False), service, tree) is None
    assert service_listing(make_provider(address={"text": "nowhere"}), service, tree) is None
    for status in ("draft", "paused", "deleted"):
        assert service_listing(provider, make_service(provider, status=status), tree) is None
    assert provider_listing(provider, [], tree) is None
    assert provider_listing(provider, [make_service(provider, status="draft")], tree) is None


def test_a_listing_holds_what_searches_need(tree: CategoryTree) -> None:
    provider = make_provider(service_radius_km=12.5)
    listing = service_listing(provider, make_service(provider, title="Sparkling windows"), tree)
    assert listing is not None
    assert {"#all", "#cleaning", "#house-cleaning", "sparkl", "window", "harbour"} <= set(listing.tokens)
    assert {area.split("@")[0] for area in listing.areas} == {"all", "cleaning", "house-cleaning"}
    assert listing.location == {"type": "Point", "coordinates": [provider.address.lng, provider.address.lat]}
    assert listing.reach_m == 12_500
    quote = service_listing(provider, make_service(provider, price_type="quote", price=None), tree)
    assert quote is not None
    assert quote.price == NO_PRICE


def test_a_provider_is_listed_under_all_its_categories_from_its_lowest_price(tree: CategoryTree) -> None:
    provider = make_provider()
    services = [
        make_service(provider),
        make_service(provider, category="lawn-mowing", price=Money(amount=5_000, currency="nzd"), duration_minutes=30),
        make_service(provider, category="gardening", price_type="quote", price=None),
    ]
    listing = provider_listing(provider, services, tree)
    assert listing is not None
    assert {"garden", "lawn-mowing", "gardening", "cleaning", "house-cleaning"} <= set(listing.categories)
    assert (listing.price, listing.duration_minutes) == (price_key(Money(amount=5_000, currency="nzd")), 30)


def test_few_ratings_weigh_little() -> None:
    assert bayesian_score(1, 5) < bayesian_score(200, 960)
    assert bayesian_score(0, 0) == 4.0
    assert bayesian_score(1000, 5000) == pytest.approx(5.0, abs=0.02)


def test_the_lowest_price_is_one_of_the_usual_currency(tree: CategoryTree) -> None:
    provider = make_provider()
    prices = [("aud", 100), ("nzd", 9_000), ("nzd", 7_000), ("jpy", 50)]
    services = [make_service(provider, price=Money(amount=amount, currency=code)) for code, amount in prices]
    listing = provider_listing(provider, services, tree)
    assert listing is not None
    assert listing.unit_price == Money(amount=7_000, currency="nzd")
    assert listing.price == price_key(listing.unit_price)


def test_a_long_description_is_found_by_its_beginning_and_by_what_means_a_category(tree: CategoryTree) -> None:
    story = " ".join(f"word{number}" for number in range(600))
    text = f"Spotless ovens {story} and we love gardening, plumbers and locksmiths {story}"
    listing = service_listing(make_provider(), make_service(make_provider(), description=text), tree)
    assert listing is not None
    assert {"spotless", "oven", "word20", "garden", "plumb", "locksmith"} <= set(listing.tokens)
    assert "word40" not in listing.tokens
    every = " ".join(tree.vocabulary())
    longest = service_listing(make_provider(), make_service(make_provider(), description=f"{story} {every}"), tree)
    assert longest is not None
    assert len(longest.tokens) <= 3 + 40 + 40 + 24 + 24
