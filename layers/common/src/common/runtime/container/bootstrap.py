"""The composition root: with its parts, the only place where adapters are built and wired to the use cases.

Every part is a ``cached_property``, made when first asked for, so a function pays only for what it uses. What is heavy
to import (Stripe, boto3, argon2, cryptography, jinja2) is imported inside the property that needs it.
"""

from common.runtime.container.bookings import BookingContainer
from common.runtime.container.catalogue import CatalogueContainer
from common.runtime.container.identity import IdentityContainer
from common.runtime.container.notifications import NotificationContainer
from common.runtime.container.payments import PaymentContainer
from common.runtime.container.protocol import ContainerProtocol
from common.runtime.settings import Settings


class Container(IdentityContainer, CatalogueContainer, BookingContainer, PaymentContainer, NotificationContainer):
    """What one process is made of.

    Args:
        settings: the checked settings.

    Raises:
        ValueError: the settings of bookings cannot be used: that ends a start, not the first request.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        _ = self.booking_settings

    @property
    def container(self) -> ContainerProtocol:
        """The container itself: the type checker proves here that it has all that its parts ask of each other."""
        return self
