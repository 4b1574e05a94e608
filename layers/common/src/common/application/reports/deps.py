"""What the use cases of reports need."""

from dataclasses import dataclass
from typing import Protocol

from common.application.ports.catalogue.moderation import TextScreen
from common.application.ports.identity.accounts import UnitOfWork
from common.application.ports.identity.people import AccountLock, UserReader
from common.application.ports.identity.security_log import SecurityLog
from common.application.ports.media.attachments import Attachments
from common.application.ports.moderation.queue import Moderation
from common.application.ports.reports.reports import Reports
from common.application.ports.reports.support import Comments, Follows, Votes
from common.application.ports.shared.clock import Clock
from common.application.ports.shared.outbox import Outbox, Publisher
from common.domain.reports.settings import ReportSettings


class Accounts(UserReader, AccountLock, Protocol):
    """The accounts of authors."""


@dataclass(frozen=True)
class ReportDeps:
    """Ports of reports; windows come from ``settings``."""

    clock: Clock
    unit_of_work: UnitOfWork
    reports: Reports
    votes: Votes
    follows: Follows
    comments: Comments
    users: Accounts
    attachments: Attachments
    moderation: Moderation
    screen: TextScreen
    log: SecurityLog
    outbox: Outbox
    publisher: Publisher
    settings: ReportSettings
