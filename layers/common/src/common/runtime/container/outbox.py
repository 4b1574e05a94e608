"""What dead processes left: events nobody has published, operations nobody works on."""

from functools import cached_property

from common.application.shared.outbox import OutboxDeps
from common.runtime.container.operations import OperationContainer


class OutboxContainer(OperationContainer):
    """What dead processes left: events nobody has published, operations nobody works on."""

    @cached_property
    def outbox_sweep(self) -> OutboxDeps:
        """What publishing left-over events needs."""
        return OutboxDeps(self.clock, self.outbox, self.publisher)
