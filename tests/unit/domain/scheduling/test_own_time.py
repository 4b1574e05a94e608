"""What a provider takes by hand: which intervals are refused, and what is claimed of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from common.domain.scheduling.own_time import (
    LONGEST_BLOCK,
    Block,
    ManualBooking,
    block_expiry,
    check_interval,
    manual_booking_expiry,
)
from common.domain.scheduling.slot_cells import LONGEST_CLAIM, cells_between
from common.domain.shared.errors import InvalidInput

NOW = datetime(2030, 3, 4, 9, 2, tzinfo=UTC)
START = datetime(2030, 3, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STORED = {"id": "x_1", "provider_id": "prv_1", "created_at": NOW, "updated_at": NOW}


def wrong(start_at: datetime, end_at: datetime) -> set[tuple[str, str]]:
    try:
        check_interval(start_at, end_at, NOW, longest=LONGEST_BLOCK, max_ahead=timedelta(days=366), end_field="end_at")
    except InvalidInput as error:
        return {(each.field, each.code) for each in error.errors}
    return set()


@pytest.mark.parametrize(
    ("start_at", "end_at", "expected"),
    [
        (START, START + LONGEST_BLOCK, set()),
        (NOW - timedelta(minutes=2), NOW + timedelta(minutes=58), set()),
        (NOW - timedelta(minutes=7), NOW + timedelta(minutes=58), {("start_at", "past")}),
        (START, START, {("end_at", "end_before_start")}),
        (START, START + LONGEST_BLOCK + timedelta(minutes=5), {("end_at", "too_long")}),
        (START + timedelta(seconds=1), START + HOUR, {("start_at", "off_grid")}),
        (START, START + timedelta(minutes=7), {("end_at", "off_grid")}),
        (START + timedelta(days=400), START + timedelta(days=401), {("start_at", "too_far")}),
    ],
)
def test_every_wrong_end_of_an_interval_is_named(
    start_at: datetime, end_at: datetime, expected: set[tuple[str, str]]
) -> None:
    assert wrong(start_at, end_at) == expected


@pytest.mark.parametrize("length", [HOUR, LONGEST_CLAIM, LONGEST_CLAIM + HOUR, LONGEST_BLOCK])
def test_a_block_is_claimed_whole_in_pieces_that_no_reader_of_claims_misses(length: timedelta) -> None:
    end = START + length
    block = Block(**STORED, start_at=START, end_at=end, expires_at=block_expiry(end))
    claims = block.claims()
    assert [cell for claim in claims for cell in claim.cells] == cells_between(START, end)
    assert all(claim.end_at - claim.start_at <= LONGEST_CLAIM and claim.work_start_at is None for claim in claims)
    assert len({claim.id for claim in claims}) == len(claims)


def test_a_manual_booking_claims_each_resource_with_buffers_and_counts_as_work() -> None:
    booking = ManualBooking(
        **STORED,
        start_at=START,
        end_at=START + HOUR,
        expires_at=manual_booking_expiry(START + HOUR),
        title="Hedge",
        resource_ids=["prv_1", "res_a"],
        buffer_before_minutes=10,
        buffer_after_minutes=5,
        customer_name="Mere",
    )
    claims = booking.claims()
    assert [claim.resource_id for claim in claims] == ["prv_1", "res_a"]
    assert {(claim.start_at, claim.end_at) for claim in claims} == {
        (START - timedelta(minutes=10), START + HOUR + timedelta(minutes=5))
    }
    assert {claim.work_start_at for claim in claims} == {START}
    assert [claim.id for claim in claims] == [claim.id for claim in booking.model_copy(update={"title": "x"}).claims()]
