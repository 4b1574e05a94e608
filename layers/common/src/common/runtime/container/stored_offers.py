"""Job requests and offers as they are stored."""

from functools import cached_property

from common.adapters.mongo.matching.job_requests import MongoJobRequests
from common.adapters.mongo.matching.offer_stats import MongoOfferStats
from common.adapters.mongo.matching.offers import MongoJobOffers
from common.runtime.container.core import CoreContainer


class StoredOfferContainer(CoreContainer):
    """The repositories of job requests, of offers, and of how providers answer them."""

    @cached_property
    def job_requests(self) -> MongoJobRequests:
        """Job requests."""
        return MongoJobRequests(self.mongo)

    @cached_property
    def job_offers(self) -> MongoJobOffers:
        """Offers."""
        return MongoJobOffers(self.mongo)

    @cached_property
    def offer_stats(self) -> MongoOfferStats:
        """How providers answer offers."""
        return MongoOfferStats(self.mongo)
