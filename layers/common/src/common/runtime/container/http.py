"""What every function that answers HTTP shares: access and kept answers."""

from functools import cached_property

from common.adapters.identity.tokens import TokenVerifier
from common.adapters.identity.tokens import warm_up as warm_up_tokens
from common.adapters.mongo.identity.principals import MongoPrincipals
from common.adapters.mongo.identity.signing_keys import MongoSigningKeys
from common.adapters.mongo.shared.idempotency import MongoIdempotency
from common.application.identity.access import AccessDeps
from common.application.ports.shared.limits import IdempotencyStore
from common.runtime.container.core import CoreContainer
from common.runtime.container.settings import ResponseCacheSettings
from common.runtime.response_cache import ResponseCache


class HttpContainer(CoreContainer):
    """What every function that answers HTTP shares."""

    @cached_property
    def signing_keys(self) -> MongoSigningKeys:
        """Public token signing keys."""
        return MongoSigningKeys(self.mongo)

    @cached_property
    def access(self) -> AccessDeps:
        """What authenticating a request needs."""
        tokens = TokenVerifier(self.public_base_url, self.signing_keys)
        return AccessDeps(self.clock, tokens, MongoPrincipals(self.mongo))

    @cached_property
    def idempotency(self) -> IdempotencyStore:
        """First answers by idempotency key."""
        return MongoIdempotency(self.mongo)

    @cached_property
    def response_cache(self) -> ResponseCache:
        """Answers to anonymous public reads that this process remembers."""
        return ResponseCache(self.settings.of(ResponseCacheSettings).public_cache_entries)

    async def read_first(self) -> None:
        """Read the keys by which tokens are verified, so that the first request need not."""
        await self.signing_keys.refresh()

    async def warm_up(self) -> None:
        """Load also what checks tokens."""
        await super().warm_up()
        await warm_up_tokens()
