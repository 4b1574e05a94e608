"""Instants and money on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from common.domain.shared.errors import InvalidInput, VersionConflict
from common.domain.shared.money import Money
from common.runtime.http.etags import check_version, etag, expected_version
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, Version, format_instant
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError


class Body(RequestModel):
    at: Instant


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
        ("2026-11-20T22:00:00+13:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00:00.123456Z", "2026-11-20T09:00:00.123Z"),
    ],
)
def test_an_instant_is_answered_in_utc(sent: str, answered: str) -> None:
    assert Body.model_validate_json(f'{{"at": "{sent}"}}').model_dump(mode="json") == {"at": answered}


@pytest.mark.parametrize("sent", ["2026-11-20T09:00:00", "2026-11-20", "tomorrow", ""])
def test_a_naive_instant_is_refused(sent: str) -> None:
    with pytest.raises(ValidationError):
        Body.model_validate({"at": sent})


@pytest.mark.parametrize("sent", [1_795_238_321, 1_795_238_321.5, True, None, [], "1795238321", "-1.5", " +17 "])
def test_numbers_are_no_instants(sent: object) -> None:
    with pytest.raises(ValidationError, match="RFC 3339"):
        Body.model_validate({"at": sent})


@pytest.mark.parametrize("sent", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+13:00"])
def test_an_instant_leaves_room_for_arithmetic(sent: str) -> None:
    with pytest.raises(ValidationError, match="from the year 2 to 9998"):
        Body.model_validate({"at": sent})


@given(st.datetimes(datetime(3, 1, 1), datetime(9998, 1, 1), timezones=st.just(timezone(timedelta(hours=13)))))  # noqa: DTZ001 - the zone follows
def test_an_instant_survives_the_round_trip_to_the_millisecond(at: datetime) -> None:
    read = Body.model_validate({"at": format_instant(at)}).at
    assert abs(read - at) < timedelta(milliseconds=1)
    assert read.tzinfo is UTC


@pytest.mark.parametrize("sent", ["1", True, 1.0, 0, 2**53])
def test_a_version_is_a_whole_number(sent: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Version).validate_python(sent)
    assert TypeAdapter(Version).validate_python(7) == 7


def test_money_is_whole_minor_units_of_a_known_shape() -> None:
    assert MoneySchema(amount=12500, currency="nzd").to_domain() == Money(amount=12500, currency="nzd")
    for amount, currency in (
        (1.5, "nzd"),
        ("1", "nzd"),
        (-1, "nzd"),
        (10**9, "nzd"),
        (1, "NZD"),
        (1, "nz"),
        (True, "nzd"),
    ):
        with pytest.raises(ValidationError):
            MoneySchema.model_validate({"amount": amount, "currency": currency})


async def test_if_match_takes_our_entity_tags_only() -> None:
    assert await expected_version(etag(7)) == 7
    assert await expected_version(None) is None
    assert await expected_version("*") is None
    for bad in ("7", '"x"', 'W/"7"', '"7", "8"', '"' + "9" * 40 + '"'):
        with pytest.raises(InvalidInput):
            await expected_version(bad)


def test_a_stale_version_is_refused() -> None:
    check_version(None, 3)
    check_version(3, 3)
    with pytest.raises(VersionConflict) as caught:
        check_version(2, 3)
    assert caught.value.extra == {"version": 3}
