"""What the crowd's figures are made of: processor time as the kernel counts it, and dollars of what was used."""

import os

import pytest

from infra.bench import production
from infra.bench.crowd import prices
from infra.bench.crowd.fleet import HTTP, QUEUES, handler_of
from infra.bench.crowd.processor import cpu_ms, parse
from infra.bench.crowd.usage import Block, Used, bill, billed_ms, together

_HOUR_MS = 3_600_000


def _block(**fields: object) -> Block:
    given = {
        "bookings": 10, "requests": 200, "seconds": 4.0, "used": {"bookings": Used(1024, 100, 2_000, 900.0)},
        "mongod_ms": 300.0, "messages": 50, "batches": 20,
    }  # fmt: skip
    return Block(**{**given, **fields})  # type: ignore[arg-type]


def test_processor_time_is_read_behind_a_name_with_brackets() -> None:
    stat = "4711 (python (x) y) S 1 4711 4711 0 -1 4194304 9000 0 3 0 250 50 7 7 20 0 5 0 12345 999 888"

    assert parse(stat, 100) == 3_000


def test_a_process_uses_processor_time() -> None:
    before = cpu_ms(os.getpid())
    while cpu_ms(os.getpid()) == before:
        sum(range(10_000))

    assert cpu_ms(os.getpid()) > before


@pytest.mark.parametrize(("seconds", "expected"), [(0.0101, 11), (0.010, 10), (0.0001, 1)])
def test_an_invocation_is_billed_in_whole_milliseconds(seconds: float, expected: int) -> None:
    assert billed_ms(seconds) == expected


def test_gigabyte_seconds_are_memory_for_the_time_billed() -> None:
    assert Used(512, 1, _HOUR_MS).gb_seconds == 1_800


def test_what_was_used_since_is_a_difference() -> None:
    assert Used(512, 7, 90, 60.0) - Used(512, 2, 40, 20.0) == Used(512, 5, 50, 40.0)


def test_a_thousand_bookings_cost_what_ten_did_a_hundred_times() -> None:
    cost = bill(_block(), 1_000, "arm64")

    assert cost.duration == pytest.approx(100 * 2.0 * prices.LAMBDA_GB_SECOND["arm64"])
    assert cost.invocations == pytest.approx(100 * 100 * prices.LAMBDA_REQUEST)
    assert cost.queues == pytest.approx(100 * (50 + 2 * 20) * prices.SQS_REQUEST)
    assert cost.api == pytest.approx(100 * 200 * prices.API_REQUEST)
    assert cost.total == pytest.approx(cost.duration + cost.invocations + cost.queues + cost.api)


def test_blocks_add_up_with_their_errors() -> None:
    both = together([_block(errors=["one"]), _block(bookings=5, errors=["two"])])

    assert (both.bookings, both.requests, both.seconds, both.errors) == (15, 400, 8.0, ["one", "two"])
    assert both.used["bookings"] == Used(1024, 200, 4_000, 1_800.0)


def test_eight_environments_answer_requests() -> None:
    assert sum(HTTP.values()) == 8


def test_memory_batches_and_architecture_are_the_template_s() -> None:
    assert all(production.memory_mb(handler_of(name)) >= 512 for name in (*HTTP, *QUEUES.values()))
    assert all(1 <= production.batch_size(handler_of(name)) <= 10 for name in QUEUES.values())
    assert production.architecture() in prices.LAMBDA_GB_SECOND
