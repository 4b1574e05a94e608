"""What the use cases of staff need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from common.application.ports.catalogue import Providers
    from common.application.ports.clock import Clock
    from common.application.ports.identity import SecurityLog, Sessions, StaffList, UnitOfWork, Users
    from common.application.ports.outbox import Outbox, Publisher
    from common.application.ports.staff_lists import ProviderLists


@dataclass(frozen=True)
class AdminDeps:
    """Ports of what staff do with accounts and providers."""

    clock: Clock
    unit_of_work: UnitOfWork
    users: Users
    staff: StaffList
    sessions: Sessions
    providers: Providers
    provider_lists: ProviderLists
    log: SecurityLog
    outbox: Outbox
    publisher: Publisher
