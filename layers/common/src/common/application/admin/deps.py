"""What the use cases of staff need."""

from dataclasses import dataclass

from common.application.ports.catalogue.repositories import Providers
from common.application.ports.identity.accounts import Sessions, StaffList, UnitOfWork, Users
from common.application.ports.identity.activity import Activities
from common.application.ports.identity.factors import Factors
from common.application.ports.identity.people_search import PeopleSearch
from common.application.ports.identity.security_log import SecurityLog
from common.application.ports.identity.staff_lists import ProviderLists
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher


@dataclass(frozen=True)
class AdminDeps:
    """Ports of what staff do with accounts and providers."""

    clock: Clock
    unit_of_work: UnitOfWork
    users: Users
    staff: StaffList
    people: PeopleSearch
    sessions: Sessions
    factors: Factors
    providers: Providers
    provider_lists: ProviderLists
    log: SecurityLog
    activities: Activities
    outbox: Outbox
    publisher: Publisher
