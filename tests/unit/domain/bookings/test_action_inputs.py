"""What people send with actions."""

from __future__ import annotations

from typing import Any

import pytest
from common.domain.bookings.state_machine.inputs import (
    NewStart,
    Reason,
    RefundInput,
    Resolution,
    StartCode,
)
from common.domain.shared.errors import InvalidInput
from common.domain.shared.state_machine import parse_input


@pytest.mark.parametrize(
    ("model", "values", "field", "said"),
    [
        (NewStart, {"start_at": 1_795_238_400}, "start_at", "RFC 3339"),
        (NewStart, {"start_at": "1795238400"}, "start_at", "RFC 3339"),
        (NewStart, {"start_at": "2026-11-20T09:00:00"}, "start_at", "The start must carry its offset from UTC."),
        (
            NewStart,
            {"start_at": "2026-11-20T09:03:00Z"},
            "start_at",
            "The start must be a whole multiple of 5 minutes.",
        ),
        (NewStart, {}, "start_at", "This is needed."),
        (Reason, {"reason": "nul \x00"}, "reason", "Leave out control characters."),
        (Reason, {"reason": "x" * 10_000}, "reason", "at most 2000"),
        (Reason, {"because": "x"}, "because", "Extra inputs"),
        (Resolution, {"refund_amount": "500", "reason": "half"}, "refund_amount", "valid integer"),
        (Resolution, {"refund_amount": True, "reason": "half"}, "refund_amount", "valid integer"),
        (Resolution, {"refund_amount": 500.0, "reason": "half"}, "refund_amount", "valid integer"),
        (RefundInput, {"amount": "500", "reason": "half"}, "amount", "valid integer"),
        (StartCode, {"code": 123_456}, "code", "valid string"),
    ],
)
def test_a_wrong_input_is_named_in_plain_words(
    model: type[Any], values: dict[str, object], field: str, said: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_input(model, values)
    (error,) = caught.value.errors
    assert (error.field, said in error.message, "Value error" in error.message) == (field, True, False)
