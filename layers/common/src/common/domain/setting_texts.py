"""Texts for people that name settings: a setting in braces stands for its value as people read it."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from common.domain.booking_settings import BookingSettings

_FROM_THIS_ON_IN_DAYS = timedelta(days=3)
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


class SettingTexts(Mapping[str, str]):
    """Every setting by its name, as people read it.

    Args:
        settings: windows and limits.
    """

    def __init__(self, settings: BookingSettings) -> None:
        self._settings = settings

    def __getitem__(self, name: str) -> str:
        """One setting; ``KeyError`` where there is none of the name."""
        if name not in BookingSettings.model_fields:
            raise KeyError(name)
        value = getattr(self._settings, name)
        return duration_text(value) if isinstance(value, timedelta) else str(value)

    def __iter__(self) -> Iterator[str]:
        return iter(BookingSettings.model_fields)

    def __len__(self) -> int:
        return len(BookingSettings.model_fields)


def fill(text: str, settings: BookingSettings) -> str:
    """A text with its settings filled in: ``at most {reschedule_limit} were made``."""
    return text.format_map(SettingTexts(settings))


def duration_text(duration: timedelta) -> str:
    """A duration in words, whole minutes: ``48 hours``, ``1 hour 30 minutes``, ``30 days``.

    Up to three days it is in hours, because windows around an appointment are counted so.
    """
    units = _UNITS if duration >= _FROM_THIS_ON_IN_DAYS else _UNITS[1:]
    parts, rest = [], duration
    for name, length in units:
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 minutes"
