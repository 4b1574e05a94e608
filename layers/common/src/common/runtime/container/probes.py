"""Signs of life of what the product depends on."""

from functools import cached_property

from common.adapters.probes import Probes
from common.runtime.container.http_calls import HttpCallContainer
from common.runtime.container.settings import EventSettings, StripeApiSettings


class ProbeContainer(HttpCallContainer):
    """Signs of life."""

    @cached_property
    def probes(self) -> Probes:
        """Signs of life of what the product depends on."""
        return Probes(
            self.mongo,
            self.settings.of(EventSettings).notifications_queue_url,
            self.settings.of(StripeApiSettings).stripe_api_base,
        )
