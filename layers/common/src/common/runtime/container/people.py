"""Accounts, and links to them."""

from functools import cached_property

from common.adapters.mongo.identity.mail_tokens import MongoMailTokens
from common.adapters.mongo.identity.registrations import MongoRegistrations
from common.adapters.mongo.identity.users import MongoUsers
from common.application.identity.mail_links import LinkDeps
from common.runtime.container.core import CoreContainer


class PeopleContainer(CoreContainer):
    """Accounts and the links of mails."""

    @cached_property
    def users(self) -> MongoUsers:
        """Accounts."""
        return MongoUsers(self.mongo)

    @cached_property
    def mail_links(self) -> LinkDeps:
        """What making the links of identity mails needs."""
        return LinkDeps(
            clock=self.clock,
            users=self.users,
            registrations=MongoRegistrations(self.mongo),
            mail_tokens=MongoMailTokens(self.mongo),
            frontend_base_url=self.frontend_base_url,
        )
