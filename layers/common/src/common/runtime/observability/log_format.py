"""The Powertools side of ``runtime.logging``: JSON lines, the ids at hand, everything sensitive masked."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from common.runtime.observability.masking import mask_value

#: Written by Powertools itself; masking them would only cost time.
_OWN_FIELDS = frozenset(
    {
        "level",
        "location",
        "timestamp",
        "service",
        "request_id",
        "gateway_request_id",
        "booking_id",
        "trace_id",
        "sampling_rate",
    }
)


class MaskingFormatter(LambdaPowertoolsFormatter):
    """Adds the ids at hand to each line and masks the rest.

    Args:
        context: gives the fields of the request at hand.
        options: passed on to Powertools' formatter.
    """

    def __init__(self, context: Callable[[], dict[str, str]], **options: Any) -> None:
        self._context = context
        super().__init__(**options)

    def serialize(self, log: dict[str, Any]) -> str:  # type: ignore[override]
        """Write one line."""
        masked = {key: value if key in _OWN_FIELDS else mask_value({key: value})[key] for key, value in log.items()}
        return super().serialize({**masked, **self._context()})


def make_logger(service: str, context: Callable[[], dict[str, str]]) -> Logger:
    """Make the JSON logger of a service."""
    return Logger(service=service, utc=True, logger_formatter=MaskingFormatter(context), serialize_stacktrace=False)
