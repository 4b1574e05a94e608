"""Instants as people and programs write them: RFC 3339, never a number."""

from datetime import UTC, datetime

from pydantic_core import PydanticCustomError


def written_out(value: object) -> object:
    """Refuse numbers, which pydantic takes for seconds since 1970; for ``BeforeValidator``.

    Raises:
        PydanticCustomError: it is neither a text nor an instant already.
    """
    if isinstance(value, datetime):
        return value
    is_number = isinstance(value, str) and value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    if is_number or not isinstance(value, str):
        raise PydanticCustomError("instant_format", "Give an instant like 2026-11-20T09:00:00Z (RFC 3339).")
    return value


def format_instant(value: datetime) -> str:
    """RFC 3339 in UTC with ``Z``: whole seconds, or milliseconds where there are any."""
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=precision).removesuffix("+00:00") + "Z"
