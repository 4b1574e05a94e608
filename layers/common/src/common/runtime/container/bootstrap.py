"""All parts together, for what is no function: tests, operators' commands, seeds. Functions name the parts they use."""

from common.runtime.container.catalogue import CatalogueContainer
from common.runtime.container.cleanup import CleanupContainer
from common.runtime.container.delivery import DeliveryContainer
from common.runtime.container.figures import FigureContainer
from common.runtime.container.http import HttpContainer
from common.runtime.container.media import MediaContainer
from common.runtime.container.media_worker import MediaWorkerContainer
from common.runtime.container.moderating import ModeratingContainer
from common.runtime.container.outbox import OutboxContainer
from common.runtime.container.probes import ProbeContainer
from common.runtime.container.report_jobs import ReportJobContainer
from common.runtime.container.report_worker import ReportWorkerContainer
from common.runtime.container.stripe_events import StripeEventContainer
from common.runtime.container.talking import TalkingContainer
from common.runtime.container.watching import WatchingContainer


class Container(
    StripeEventContainer,
    CatalogueContainer,
    ReportJobContainer,
    ModeratingContainer,
    FigureContainer,
    DeliveryContainer,
    TalkingContainer,
    CleanupContainer,
    OutboxContainer,
    MediaContainer,
    MediaWorkerContainer,
    ReportWorkerContainer,
    WatchingContainer,
    ProbeContainer,
    HttpContainer,
):
    """Everything that any function is made of."""
