"""Metrics in CloudWatch's embedded format, by Powertools, which is imported with the first metric."""

from typing import TYPE_CHECKING, Any

from common.runtime.observability.logging import get_service

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics

NAMESPACE = "GigSta"

_state: dict[str, Any] = {"metrics": None}


def count(name: str, value: float = 1) -> None:
    """Add to a counter of this service; nothing is written for zero.

    Args:
        name: the metric's name, in CamelCase; there are few, and none holds an id.
        value: what to add.
    """
    if value:
        _metrics().add_metric(name=name, unit="Count", value=value)


def flush() -> None:
    """Write what was counted since the last time, as one line; called at the end of an invocation."""
    if _state["metrics"] is not None and _state["metrics"].metric_set:
        _state["metrics"].flush_metrics()


def _metrics() -> "Metrics":
    if _state["metrics"] is None:
        from aws_lambda_powertools.metrics import Metrics  # noqa: PLC0415 - see the module's docstring

        _state["metrics"] = Metrics(namespace=NAMESPACE, service=get_service())
    made: Metrics = _state["metrics"]
    return made
