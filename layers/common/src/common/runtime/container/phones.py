"""Telephone numbers."""

from common.domain.shared.phones import warm_up as warm_up_phones
from common.runtime.container.core import CoreContainer


class PhoneContainer(CoreContainer):
    """The base of parts that read telephone numbers, or look for them in texts."""

    async def warm_up(self) -> None:
        """Load also all telephone numbering plans."""
        await super().warm_up()
        warm_up_phones()
