"""What is offered: providers, services, categories, and what searches read of them."""

from functools import cached_property

from common.adapters.mongo.bookings.published_ratings import MongoSummaries
from common.adapters.mongo.catalogue.categories import MongoCategories
from common.adapters.mongo.catalogue.listings import MongoListings
from common.adapters.mongo.catalogue.providers import MongoProviders
from common.adapters.mongo.catalogue.services import MongoServices
from common.adapters.mongo.scheduling.busy_times import MongoBusyTimes
from common.adapters.mongo.search.index_terms import MongoIndexTerms
from common.application.ports.catalogue.repositories import BusyTimes, Summaries
from common.runtime.container.core import CoreContainer


class ListingContainer(CoreContainer):
    """Repositories of what is offered."""

    @cached_property
    def categories(self) -> MongoCategories:
        """The tree of categories."""
        return MongoCategories(self.mongo)

    @cached_property
    def listings(self) -> MongoListings:
        """What searches read of providers and services."""
        return MongoListings(self.mongo, self.categories)

    @cached_property
    def providers(self) -> MongoProviders:
        """Provider profiles."""
        return MongoProviders(self.mongo, self.listings, self.index_terms)

    @cached_property
    def services(self) -> MongoServices:
        """Services."""
        return MongoServices(self.mongo, self.listings, self.index_terms)

    @cached_property
    def index_terms(self) -> MongoIndexTerms:
        """The words that searches know."""
        return MongoIndexTerms(self.mongo)

    @cached_property
    def busy_times(self) -> BusyTimes:
        """What is taken of providers' time."""
        return MongoBusyTimes(self.mongo)

    @cached_property
    def rating_summaries(self) -> Summaries:
        """Rating summaries of services and providers."""
        return MongoSummaries(self.mongo, self.listings)
