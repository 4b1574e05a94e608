"""Texts for people that name settings: a setting in braces stands for its value as people read it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from common.domain.shared.configured import Configured
from common.domain.shared.display import duration_text


class SettingTexts(Mapping[str, str]):
    """Every setting by its name, as people read it.

    Args:
        settings: windows and limits.
    """

    def __init__(self, settings: Configured) -> None:
        self._settings = settings
        self._names = type(settings).model_fields

    def __getitem__(self, name: str) -> str:
        """One setting; ``KeyError`` where there is none of the name."""
        if name not in self._names:
            raise KeyError(name)
        value = getattr(self._settings, name)
        return duration_text(value) if isinstance(value, timedelta) else str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def fill(text: str, settings: Configured) -> str:
    """A text with its settings filled in: ``at most {reschedule_limit} were made``."""
    return text.format_map(SettingTexts(settings))
