"""What staff do with accounts and providers."""

from functools import cached_property

from common.adapters.mongo.catalogue.provider_lists import MongoProviderLists
from common.adapters.mongo.identity.factors import MongoFactors
from common.adapters.mongo.identity.people_search import MongoPeopleSearch
from common.adapters.mongo.identity.security_events import MongoSecurityLog
from common.adapters.mongo.identity.sessions import MongoSessions
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.adapters.privacy.activity import MongoActivities
from common.application.admin.deps import AdminDeps
from common.runtime.container.listings import ListingContainer
from common.runtime.container.people import PeopleContainer


class AdminContainer(ListingContainer, PeopleContainer):
    """What staff do with accounts and providers."""

    @cached_property
    def admin(self) -> AdminDeps:
        """What the use cases of staff need."""
        return AdminDeps(
            clock=self.clock,
            unit_of_work=MongoUnitOfWork(self.mongo),
            users=self.users,
            staff=self.users,
            people=MongoPeopleSearch(self.mongo),
            sessions=MongoSessions(self.mongo),
            factors=MongoFactors(self.mongo),
            providers=self.providers,
            provider_lists=MongoProviderLists(self.mongo),
            log=MongoSecurityLog(self.mongo),
            activities=MongoActivities(self.mongo),
            outbox=self.outbox,
            publisher=self.publisher,
        )
