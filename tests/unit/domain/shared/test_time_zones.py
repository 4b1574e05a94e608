"""Time zones by their IANA names."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest
from common.domain.shared.errors import InvalidInput
from common.domain.shared.time_zones import TimeZoneName, check_timezone
from pydantic import TypeAdapter, ValidationError

ZONE: TypeAdapter[str] = TypeAdapter(TimeZoneName)


@pytest.mark.parametrize("name", ["Pacific/Auckland", "UTC", "Australia/Lord_Howe"])
def test_a_zone_is_known_by_its_name(name: str) -> None:
    assert name in available_timezones()
    assert ZONE.validate_python(name) == check_timezone(name).key == name


@pytest.mark.parametrize(
    "name",
    ["localtime", "Factory", "Mars/Base", "pacific/auckland", "", "../UTC", "/etc/localtime", "UTC\x00", "x" * 99],
)
def test_what_no_zone_is_called_is_refused_by_both_forms_of_the_rule(name: str) -> None:
    with pytest.raises(ValidationError):
        ZONE.validate_python(name)
    with pytest.raises(InvalidInput):
        check_timezone(name)
