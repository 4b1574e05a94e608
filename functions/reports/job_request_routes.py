"""Turning a report into a job for a provider near it."""

from http import HTTPStatus
from typing import Annotated

from common.application.reports.jobs import ReportJob, request_job
from common.domain.matching.job_requests import DESCRIPTION_LIMIT, TITLE_LIMIT, JobRequestStatus, Mode
from common.domain.shared.money import MAX_AMOUNT
from common.domain.shared.texts import PROSE, TITLE
from common.domain.shared.time_zones import TimeZoneName
from common.runtime.http.dependencies import CurrentAccount
from common.runtime.http.idempotency import IdempotencyKey, IdempotentRoute
from common.runtime.http.schemas import Instant, MoneySchema, RequestModel, ResponseModel
from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from functions.reports.access import Id
from functions.reports.container import ContainerDep

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=IdempotentRoute)

_DAY_MINUTES = 24 * 60
_MOST_RADIUS_KM = 1_000


class JobBudget(MoneySchema):
    """The most that the work may cost."""

    amount: Annotated[int, Field(ge=1, le=MAX_AMOUNT, strict=True, description="Minor units, e.g. cents")]


class JobWindow(RequestModel):
    """When the work may happen: it begins at `start_at` or later, and is done by `end_at`."""

    start_at: Instant
    end_at: Instant


class ReportJobBody(RequestModel):
    """The job, beside what the report says of it: its place, and its title and description unless others are given."""

    window: JobWindow
    timezone: Annotated[TimeZoneName | None, Field(description="In which the window is read")] = None
    category: Annotated[
        str | None, StringConstraints(max_length=64), Field(description="Of services; usual for the report if left out")
    ] = None
    title: Annotated[str, StringConstraints(max_length=TITLE_LIMIT), TITLE] = ""
    description: Annotated[str, StringConstraints(max_length=DESCRIPTION_LIMIT), PROSE] = ""
    duration_minutes: Annotated[int | None, Field(ge=5, le=_DAY_MINUTES, multiple_of=5, strict=True)] = None
    budget: JobBudget | None = None
    mode: Annotated[
        Mode | None,
        Field(description="`first`: the first who accepts gets it. `compare`: quotes come in, and you choose"),
    ] = None
    radius_km: Annotated[int | None, Field(ge=1, le=_MOST_RADIUS_KM, strict=True)] = None

    def to_job(self) -> ReportJob:
        """The use case's input."""
        values = {name: value for name, value in self if name not in {"window", "budget"}}
        budget = self.budget.to_domain() if self.budget else None
        return ReportJob(**values, **dict(self.window), budget=budget)


class ReportJobView(ResponseModel):
    """The job request that was made; all of it is at `GET /v1/job-requests/{id}`."""

    id: str
    report_id: str
    status: JobRequestStatus
    category: str
    title: str
    mode: Mode
    expires_at: Instant
    created_at: Instant


@router.post("/{id}/job-request", status_code=HTTPStatus.CREATED)
async def create_report_job(
    container: ContainerDep,
    customer: CurrentAccount,
    id: Id,  # noqa: A002
    body: ReportJobBody,
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> ReportJobView:
    """Have a verified report mended: providers near it are asked, and the caller pays whoever takes it.

    A report has one job request at a time (`report_has_request`). When the work of its booking begins, the report is
    `in_progress`, and `resolved` when it is done.
    """
    made = await request_job(container.report_jobs, customer, id, body.to_job(), idempotency_key=idempotency_key)
    response.headers["Location"] = f"/v1/job-requests/{made.id}"
    return ReportJobView.model_validate(made)
