"""What the contract's tests speak to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stripe_local.testing import make_client

if TYPE_CHECKING:
    import stripe
    from stripe._v1_services import V1Services


@dataclass(frozen=True)
class Contract:
    """What the contract is checked against.

    Args:
        client: Stripe's client.
        base_url: The stand-in; None for Stripe itself.
    """

    client: stripe.StripeClient
    base_url: str | None

    @property
    def api(self) -> V1Services:
        """The services of the API's first version."""
        return self.client.v1

    def with_key(self, key: str) -> V1Services:
        """The services, for another key."""
        return make_client(self.base_url, key).v1

    @staticmethod
    def unique(prefix: str) -> str:
        """A name nothing else has."""
        return f"{prefix}-{uuid.uuid4().hex[:16]}"
