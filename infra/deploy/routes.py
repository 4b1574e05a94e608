"""The routes of the HTTP API, taken from the code: what the functions' decorators say is what is deployed.

A function whose handler is ``functions.<area>.app.handler`` gets the routes of ``functions/<area>/routes.py``. All of
them together are the API's OpenAPI body, in which a route costs the stack no resource, and a function is named once
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-extensions-integrations.html). An HTTP API has
at most 300 routes, which AWS raises on request, and 300 integrations, which it does not
(https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html).
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra import applications
from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Iterable

API = "HttpApi"
PERMISSION_SUFFIX = "ApiPermission"
ANY = "ANY"
#: API Gateway's name of the route for all that no other takes, and the path with which the code takes it.
DEFAULT = "$default"
CATCH_ALL = "/{path:path}"
ROUTES_PER_API = 300
INVOKED = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Alias}/invocations"
_VARIABLE = re.compile(r"\{(\w+)\}")


class RouteError(ValueError):
    """Code and template do not go together; the message says what to change."""


@dataclass(frozen=True, order=True)
class Route:
    """A deployed route.

    Attributes:
        path: The path, its variables in braces; ``$default`` for the rest of all requests.
        method: An HTTP method, or ``ANY``.
        area: Folder of the function that serves it.
    """

    path: str
    method: str
    area: str

    @property
    def key(self) -> str:
        """API Gateway's name of it, for example ``GET /v1/health``."""
        return self.path if self.path == DEFAULT else f"{self.method} {self.path}"


def deployed() -> list[Route]:
    """List what is deployed, by path and method.

    HEAD goes wherever GET goes: a path that is only read takes ``ANY`` method, of which the function refuses the
    others, and one with other methods has a route for HEAD too.

    Raises:
        RouteError: Two functions serve one route, or a variable takes more than a segment.
    """
    methods: dict[str, dict[str, str]] = defaultdict(dict)
    written = [
        (route.path or "", method, area)
        for area in applications.areas()
        for route in applications.routes(area)
        for method in route.methods or ()
    ]
    names = _shared_names(path for path, _, _ in written)
    for path, method, area in written:
        served = methods[names[path]]
        if served.setdefault(method, area) != area:
            raise RouteError(f"{method} {path} is served by functions/{served[method]} and functions/{area}")
    return sorted(route for path, served in methods.items() for route in _routes_of(path, served))


def with_http_api(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template whose API has the routes of the code, and may call the functions that serve them.

    Args:
        template: A template without loops, as ``infra.deploy.loops.expand`` returns it.

    Raises:
        RouteError: A function has routes and no block in the template, or a block and no routes.
    """
    functions = {each.area: each.name for each in templates.functions(template) if each.is_http}
    routes = deployed()
    _check({route.area for route in routes}, set(functions))
    api = template["Resources"][API]
    body = {
        "openapi": "3.0.1",
        "info": {"title": {"Ref": "AWS::StackName"}, "version": "1.0"},
        "paths": _paths(routes, functions),
        "components": {"x-amazon-apigateway-integrations": {name: _integration(name) for name in functions.values()}},
    }
    described = {**api, "Properties": {**api["Properties"], "DefinitionBody": body}}
    permissions = {f"{name}{PERMISSION_SUFFIX}": _permission(name) for name in functions.values()}
    return {**template, "Resources": {**template["Resources"], API: described, **permissions}}


def _shared_names(paths: Iterable[str]) -> dict[str, str]:
    """Give variables in one place one name, whatever each function calls them: the first in alphabetical order."""
    names: dict[str, str] = {}
    renamed = {}
    for path in sorted(paths):
        if path == CATCH_ALL:
            renamed[path] = DEFAULT
            continue
        if ":" in path:
            raise RouteError(f"{path}: only {CATCH_ALL} may take more than a segment")
        before, after = "", ""
        for segment in path.split("/")[1:]:
            before = f"{before}/{_VARIABLE.sub('{}', segment)}"
            after = f"{after}/{names.setdefault(before, segment)}"
        renamed[path] = after
    return renamed


def _routes_of(path: str, served: dict[str, str]) -> list[Route]:
    """Return the routes of a path whose methods are served by some areas."""
    if path == DEFAULT or set(served) == {"GET"}:
        return [Route(path, ANY, next(iter(served.values())))]
    routes = [Route(path, method, area) for method, area in served.items()]
    return [*routes, Route(path, "HEAD", served["GET"])] if "GET" in served else routes


def _check(in_code: set[str], in_template: set[str]) -> None:
    """See that every function with routes is deployed, and every deployed one has routes."""
    faults = [
        f"functions/{area} has routes, and template.yaml no function with the handler functions.{area}.app.handler"
        for area in sorted(in_code - in_template)
    ] + [
        f"template.yaml has the handler functions.{area}.app.handler, and functions/{area}/routes.py no route"
        for area in sorted(in_template - in_code)
    ]
    if faults:
        raise RouteError("\n".join(faults))


def _paths(routes: list[Route], functions: dict[str, str]) -> dict[str, Any]:
    """Return the paths of the OpenAPI body."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        path = f"/{DEFAULT}" if route.path == DEFAULT else route.path
        method = "x-amazon-apigateway-any-method" if route.method == ANY else route.method.lower()
        paths[path][method] = _operation(route, functions[route.area])
    return dict(paths)


def _operation(route: Route, function: str) -> dict[str, Any]:
    """Return an operation that leads to a function."""
    operation: dict[str, Any] = {
        "x-amazon-apigateway-integration": {"$ref": f"#/components/x-amazon-apigateway-integrations/{function}"},
        "responses": {},
    }
    if route.path == DEFAULT:
        operation["isDefaultRoute"] = True
    if names := _VARIABLE.findall(route.path):
        operation["parameters"] = [{"name": name, "in": "path", "required": True} for name in names]
    return operation


def _integration(function: str) -> dict[str, Any]:
    """Return how API Gateway calls a function: its live version, by its alias."""
    invoked = {"Fn::Sub": [INVOKED, {"Alias": {"Ref": f"{function}.Alias"}}]}
    return {"type": "aws_proxy", "httpMethod": "POST", "payloadFormatVersion": "2.0", "uri": invoked}


def _permission(function: str) -> dict[str, Any]:
    """Return that the API, at any of its routes, may call a function's live version."""
    source = f"arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{API}}}/*"
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": f"{function}.Alias"},
            "Principal": "apigateway.amazonaws.com",
            "SourceArn": {"Fn::Sub": source},
        },
    }
