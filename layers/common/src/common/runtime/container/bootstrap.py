"""All parts together, for what is no function: tests, operators' commands, seeds. Functions name the parts they use."""

from common.runtime.container.admin import AdminContainer
from common.runtime.container.catalogue import CatalogueContainer
from common.runtime.container.cleanup import CleanupContainer
from common.runtime.container.delivery import DeliveryContainer
from common.runtime.container.http import HttpContainer
from common.runtime.container.outbox import OutboxContainer
from common.runtime.container.search import SearchContainer
from common.runtime.container.stripe_events import StripeEventContainer


class Container(
    StripeEventContainer,
    CatalogueContainer,
    SearchContainer,
    AdminContainer,
    DeliveryContainer,
    CleanupContainer,
    OutboxContainer,
    HttpContainer,
):
    """Everything that any function is made of."""
