"""Give MiniStack's HTTP API the routes of an OpenAPI body, which its CloudFormation ignores.

The routes of the code are in the OpenAPI ``Body`` of ``AWS::ApiGatewayV2::Api`` (``infra.deploy.routes``); AWS imports
that body. The two handlers here wrap MiniStack's own and do the import after it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack.services import apigateway
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_METHOD = "x-amazon-apigateway-any-method"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", ANY_METHOD})


def import_body(api_id: str, body: Mapping[str, Any]) -> None:
    """Replace an API's routes and integrations by those of an OpenAPI document.

    Args:
        api_id: The API's id in MiniStack.
        body: The document, with API Gateway's extensions.
    """
    apigateway._routes[api_id] = {}  # noqa: SLF001  (MiniStack has no import of its own)
    apigateway._integrations[api_id] = {}  # noqa: SLF001
    api = apigateway._apis[api_id]  # noqa: SLF001
    api.pop("corsConfiguration", None)
    if cors := body.get("x-amazon-apigateway-cors"):
        api["corsConfiguration"] = cors
    integrations: dict[str, str] = {}
    for path, operations in body.get("paths", {}).items():
        for method, operation in operations.items():
            if method in METHODS:
                target = _integration_id(api_id, _integration(operation, body), integrations)
                route = {"routeKey": _route_key(method, path), "target": f"integrations/{target}"}
                _checked(apigateway._create_route(api_id, route))  # noqa: SLF001


def install() -> None:
    """Make MiniStack import the body whenever it creates or updates an HTTP API."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::ApiGatewayV2::Api"]  # noqa: SLF001
    original_create, original_update = handler["create"], handler["update"]

    def create(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        result = original_create(logical_id, properties, stack)
        if body := properties.get("Body"):
            import_body(result[0], body)
        return result

    def update(api_id: str, old: Any, new: dict[str, Any], stack: str, logical_id: str | None = None) -> Any:
        result = original_update(api_id, old, new, stack, logical_id)
        if body := new.get("Body"):
            import_body(result[0], body)
        return result

    handler["create"], handler["update"] = create, update


def _route_key(method: str, path: str) -> str:
    """Return API Gateway's name of a route, for example ``"GET /v1/health"``."""
    if path.strip("/") == "$default":
        return "$default"
    return f"{'ANY' if method == ANY_METHOD else method.upper()} {path}"


def _integration(operation: Mapping[str, Any], body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an operation leads to, which the document has among its components."""
    name = operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
    found: Mapping[str, Any] = body["components"]["x-amazon-apigateway-integrations"][name]
    return found


def _integration_id(api_id: str, integration: Mapping[str, Any], known: dict[str, str]) -> str:
    """Return the id of an integration, made once for each function."""
    uri = integration["uri"]
    if uri not in known:
        created = apigateway._create_integration(  # noqa: SLF001
            api_id,
            {
                "integrationType": "AWS_PROXY",
                "integrationUri": uri,
                "integrationMethod": "POST",
                "payloadFormatVersion": "2.0",
                "timeoutInMillis": 30000,
            },
        )
        known[uri] = _checked(created)["integrationId"]
    return known[uri]


def _checked(response: tuple[int, Any, bytes]) -> dict[str, Any]:
    """Return the document of a MiniStack answer, or raise what it complains of."""
    status, _, body = response
    document: dict[str, Any] = json.loads(body)
    if status >= 400:  # noqa: PLR2004  (HTTP: errors begin here)
        raise ValueError(document)
    return document
