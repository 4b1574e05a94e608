"""Time zones by their IANA names: one rule, no matter who names one."""

from functools import cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from common.domain.shared.errors import InvalidInput

#: What systems keep among the zones and IANA does not: what the machine is set to, and what it is before it is set.
NO_ZONES = frozenset({"localtime", "Factory"})
_WHY = "This is not an IANA time zone, such as Pacific/Auckland."
_CODE = "unknown_timezone"
_LONGEST = 64


@cache
def _zones() -> frozenset[str]:
    """The zones there are, looked up once a process: the standard library walks through all of its files each time."""
    return frozenset(available_timezones() - NO_ZONES)


def _is_zone(name: str) -> bool:
    return name in _zones()


def check_timezone(name: str, field: str = "timezone") -> ZoneInfo:
    """The zone of an IANA name.

    Args:
        name: such as ``Pacific/Auckland``.
        field: the request field to name in the error.

    Raises:
        InvalidInput: there is no such zone.
    """
    if not _is_zone(name):
        raise InvalidInput.of(field, _WHY, _CODE)
    return ZoneInfo(name)


def _known(name: str) -> str:
    if not _is_zone(name):
        raise PydanticCustomError("unknown_timezone", "This is not an IANA time zone, such as Pacific/Auckland.")
    return name


#: A zone's name, as every request gives it.
TimeZoneName = Annotated[
    str, Field(min_length=1, max_length=_LONGEST, examples=["Pacific/Auckland"]), AfterValidator(_known)
]
