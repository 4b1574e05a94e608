"""The composition root: with its parts, the only place where adapters are built and wired to the use cases.

Every part is a ``cached_property``, made when first asked for, so a function pays only for what it uses. What is heavy
to import (Stripe, boto3, argon2, cryptography, jinja2) is imported inside the property that needs it.
"""

from typing import TYPE_CHECKING

from common.runtime.container.bookings import BookingParts
from common.runtime.container.catalogue import CatalogueParts
from common.runtime.container.identity import IdentityParts
from common.runtime.container.notifications import NotificationParts
from common.runtime.container.payments import PaymentParts

if TYPE_CHECKING:
    from common.runtime.container.protocol import Whole


class Container(IdentityParts, CatalogueParts, BookingParts, PaymentParts, NotificationParts):
    """What one process is made of."""

    @property
    def whole(self) -> "Whole":
        """The container itself: the type checker proves here that it has all that its parts ask of each other."""
        return self
