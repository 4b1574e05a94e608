"""Metrics in CloudWatch's embedded format, by Powertools."""

from typing import Any

from aws_lambda_powertools.metrics import Metrics

from common.runtime.observability.logging import get_service

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


def _metrics() -> Metrics:
    if _state["metrics"] is None:
        _state["metrics"] = Metrics(namespace=NAMESPACE, service=get_service())
    made: Metrics = _state["metrics"]
    return made
