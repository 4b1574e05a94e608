"""What the health routes answer."""

from enum import StrEnum

from common.runtime.http.schemas import ResponseModel


class Health(ResponseModel):
    """The process answers."""

    status: str = "ok"


class Readiness(StrEnum):
    """Whether the product can work: with everything, without something it can miss for a while, or not at all."""

    READY = "ready"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


class CheckResult(ResponseModel):
    """One dependency's verdict."""

    is_ok: bool
    duration_ms: int


class ReadinessReport(ResponseModel):
    """Each dependency's own verdict, and what follows from them."""

    status: Readiness
    database: CheckResult
    queue: CheckResult
    stripe: CheckResult
