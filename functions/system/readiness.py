"""Asks each dependency for a sign of life, all at once, each within two seconds."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from common.runtime.container.probes import ProbeContainer
from common.runtime.observability.logging import get_logger

from functions.system.schemas import CheckResult, Readiness, ReadinessReport

_TIMEOUT_SECONDS = 2.0

Probe = Callable[[], Awaitable[None]]


async def check_readiness(container: ProbeContainer) -> ReadinessReport:
    """Probe database, queue and Stripe.

    Without the database nothing works; without the queue or Stripe the product keeps working degraded.
    """
    probes = container.probes
    database, queue, stripe = await asyncio.gather(
        _verdict("database", probes.database), _verdict("queue", probes.queue), _verdict("stripe", probes.stripe)
    )
    if not database.is_ok:
        status = Readiness.UNAVAILABLE
    else:
        status = Readiness.READY if queue.is_ok and stripe.is_ok else Readiness.DEGRADED
    return ReadinessReport(status=status, database=database, queue=queue, stripe=stripe)


async def _verdict(name: str, probe: Probe) -> CheckResult:
    started = time.perf_counter()
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            await probe()
    except Exception as error:  # noqa: BLE001 - whatever it is, the dependency did not answer
        get_logger().warning("Dependency not ready", extra={"dependency": name, "error": type(error).__name__})
        is_ok = False
    else:
        is_ok = True
    return CheckResult(is_ok=is_ok, duration_ms=round((time.perf_counter() - started) * 1000))
