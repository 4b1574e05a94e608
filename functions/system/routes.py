"""GET /v1/health, /v1/health/ready, /v1/openapi.json and /docs."""

from http import HTTPStatus

from common.runtime.http import Deps
from fastapi import APIRouter, Response

from functions.system.docs_page import DOCS_HEADERS, docs_page
from functions.system.openapi_document import openapi_document
from functions.system.readiness import check_readiness
from functions.system.schemas import Health, Readiness, ReadinessReport

#: The description changes only with a deployment.
_CACHE = "public, max-age=300"

router = APIRouter(tags=["system"])


@router.get("/v1/health")
async def get_health() -> Health:
    """Whether the process answers; touches nothing else."""
    return Health()


@router.get("/v1/health/ready", responses={503: {"model": ReadinessReport}})
async def get_readiness(deps: Deps, response: Response) -> ReadinessReport:
    """Whether database, queue and Stripe can be reached; 503 without the database, without which nothing works."""
    report = await check_readiness(deps)
    if report.status is Readiness.UNAVAILABLE:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = "5"
    return report


@router.get("/v1/openapi.json", include_in_schema=False)
async def get_openapi(deps: Deps) -> Response:
    """The OpenAPI document of all functions."""
    document = openapi_document(deps.settings.public_base_url)
    return Response(document, media_type="application/json", headers={"Cache-Control": _CACHE})


@router.get("/docs", include_in_schema=False)
async def get_docs(deps: Deps) -> Response:
    """The OpenAPI document as a page for people; it needs neither scripts nor any other server."""
    page = docs_page(openapi_document(deps.settings.public_base_url))
    return Response(page, media_type="text/html; charset=utf-8", headers={**DOCS_HEADERS, "Cache-Control": _CACHE})
