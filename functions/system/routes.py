"""GET /v1/health, /v1/health/ready, /v1/openapi.json, /docs and what that page loads."""

from common.domain.shared.errors import NotFound, Unavailable
from common.runtime.http.problems import UNKNOWN_ROUTE
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from functions.system.container import ContainerDep
from functions.system.docs_assets import find_asset
from functions.system.docs_page import DOCS_HEADERS, docs_page
from functions.system.openapi_document import openapi_document
from functions.system.readiness import check_readiness
from functions.system.schemas import Health, Readiness, ReadinessReport
from functions.system.unknown_routes import router as unknown_routes

#: The description changes only with a deployment.
_CACHE = "public, max-age=300"
#: A name with a hash in it means the same bytes for ever (RFC 8246).
_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"

router = APIRouter(tags=["system"])


@router.get("/v1/health")
async def get_health() -> Health:
    """Whether the process answers; touches nothing else."""
    return Health()


@router.get("/v1/health/ready")
async def get_readiness(container: ContainerDep) -> ReadinessReport:
    """Whether database, queue and Stripe can be reached.

    Without the database nothing works: 503, and the problem document has the same verdicts.
    """
    report = await check_readiness(container)
    if report.status is Readiness.UNAVAILABLE:
        error = Unavailable("The database cannot be reached.", code="not_ready")
        error.extra.update(report.model_dump(mode="json"))
        raise error
    return report


@router.get("/v1/openapi.json", include_in_schema=False)
async def get_openapi(container: ContainerDep) -> Response:
    """The OpenAPI document of all functions."""
    document = openapi_document(container.public_base_url)
    return Response(document, media_type="application/json", headers={"Cache-Control": _CACHE})


@router.get("/", include_in_schema=False)
async def get_root() -> Response:
    """Lead whoever opens the bare address to the API's description."""
    return RedirectResponse("/docs")


@router.get("/docs", include_in_schema=False)
async def get_docs(container: ContainerDep) -> Response:
    """The OpenAPI document as a page for people, who can send requests from it; it needs no other server."""
    page = docs_page(openapi_document(container.public_base_url))
    return Response(page, media_type="text/html; charset=utf-8", headers={**DOCS_HEADERS, "Cache-Control": _CACHE})


@router.get("/docs/assets/{name}", include_in_schema=False)
async def get_docs_asset(name: str, request: Request) -> Response:
    """A style sheet or a script of the page.

    Raises:
        NotFound: there is no file of this name, or it was of another release.
    """
    asset = find_asset(name)
    if asset is None:
        raise NotFound("There is no such route.", code=UNKNOWN_ROUTE)
    headers = {"Cache-Control": _KEPT_FOR_GOOD, "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    return Response(asset.compressed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})


# Last, since it takes every path.
router.include_router(unknown_routes)
