"""Searching."""

from functools import cached_property

from common.adapters.geocoding.gazetteer import Gazetteer
from common.adapters.mongo.search.facet_counters import MongoFacetCounters
from common.adapters.mongo.search.listings import MongoListingIndex
from common.adapters.mongo.search.popularity import MongoPopularity
from common.application.search.deps import SearchDeps
from common.runtime.container.geocoding import GeocodingContainer
from common.runtime.container.listings import ListingContainer
from common.runtime.container.media import MediaStoreContainer


class SearchContainer(MediaStoreContainer, ListingContainer, GeocodingContainer):
    """Searching."""

    @cached_property
    def search(self) -> SearchDeps:
        """What searching needs."""
        return SearchDeps(
            clock=self.clock,
            listings=MongoListingIndex(self.mongo),
            counters=MongoFacetCounters(self.mongo),
            vocabulary=self.index_terms,
            categories=self.categories,
            providers=self.providers,
            busy=self.busy_times,
            popularity=MongoPopularity(self.mongo),
            geocoder=self.geocoder,
            places=Gazetteer(),
        )
