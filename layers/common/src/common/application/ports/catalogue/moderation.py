"""Screening what people write before others see it."""

from collections.abc import Sequence
from typing import Protocol


class TextScreen(Protocol):
    """Judges a text that is meant for everybody; an outside service or a moderator's model may stand behind it."""

    async def reasons_to_hold(self, text: str) -> Sequence[str]:
        """Stable words for why a person should look first, such as ``contact_details``; empty where nobody has to."""
        ...
