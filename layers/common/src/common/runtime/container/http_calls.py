"""Calls of others by httpx."""

from common.adapters.http_warm_up import warm_up_http
from common.runtime.container.core import CoreContainer


class HttpCallContainer(CoreContainer):
    """The base of parts that call geocoders, Stripe or identity providers."""

    async def warm_up(self) -> None:
        """Load also the transport of httpx."""
        await super().warm_up()
        await warm_up_http()
