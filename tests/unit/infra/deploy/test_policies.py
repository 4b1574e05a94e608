"""A role may do what its function's code calls, and nothing else: both are derived from the code.

Which operations of AWS a module calls is read from its source: a service is named where a client of it is made, and
each name of one of that service's operations, as boto3 writes it, is a call. Which modules a function may call is what
it imports. What it imports and never calls is left out by what its settings, its queue and its container say it uses.
"""

from __future__ import annotations

import ast
import importlib
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
import grimp
import pytest
from botocore import xform_name

from infra.build.builder import TEMPLATE
from infra.build.targets import ROOT
from infra.deploy import composition
from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Iterator

LAYER = ROOT / "layers" / "common" / "src"
FUNCTIONS = templates.functions(templates.load(TEMPLATE))
#: How the code names a service, and how permissions do.
PREFIXES = {
    "sqs": "sqs",
    "sesv2": "ses",
    "s3": "s3",
    "secretsmanager": "secretsmanager",
    "apigatewaymanagementapi": "execute-api",
}
#: Operations that are allowed by the name of another
#: (https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html).
ALLOWED_BY = {
    "sqs:SendMessageBatch": ["sqs:SendMessage"],
    "sqs:DeleteMessageBatch": ["sqs:DeleteMessage"],
    # Without the other one S3 answers 403 for an object that is not there.
    "s3:HeadObject": ["s3:GetObject", "s3:ListBucket"],
    "s3:GetObject": ["s3:GetObject", "s3:ListBucket"],
    "s3:DeleteObjects": ["s3:DeleteObject"],
    "execute-api:PostToConnection": ["execute-api:ManageConnections"],
    "execute-api:DeleteConnection": ["execute-api:ManageConnections"],
}
#: What Lambda does in a function's name, and no code of ours.
LAMBDAS_OWN = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments", "xray:PutTelemetryRecords",
               "sqs:ReceiveMessage", "sqs:DeleteMessage"}  # fmt: skip
#: It knows the queues in order to count what waits in them.
COUNTING = {"MetricsFunction"}
#: Modules that make a client of a service by a library, which names none.
BY_LIBRARY = {"common.runtime.secrets": {"secretsmanager": ["get_secret_value"]}}


@cache
def operations(service: str) -> dict[str, str]:
    """The operations of a service, by the names that boto3 gives them."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def names(tree: ast.AST) -> Iterator[str]:
    """Every attribute and every text in a source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def calls() -> dict[str, set[str]]:
    """The permissions that each module's own calls need, by its dotted name."""
    trees = {
        ".".join(path.relative_to(LAYER).with_suffix("").parts): ast.parse(path.read_text())
        for path in (LAYER / "common").rglob("*.py")
    }
    found: dict[str, set[str]] = {}
    for module, tree in trees.items():
        if not module.startswith(
            ("common.adapters.aws", "common.adapters.mail", "common.adapters.probes", *BY_LIBRARY)
        ):
            continue
        said = set(names(tree))
        services = [each for each in PREFIXES if each in said] or (["sqs"] if "SqsCaller" in _imported(tree) else [])
        permissions = {
            f"{PREFIXES[service]}:{operations(service)[name]}"
            for service in [*services, *BY_LIBRARY.get(module, {})]
            for name in said & set(operations(service))
        }
        if permissions:
            found[module] = {each for name in permissions for each in ALLOWED_BY.get(name, [name])}
    return found


def _imported(tree: ast.AST) -> set[str]:
    return {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("common", "functions", cache_dir=None)


def reachable(function: templates.Function) -> set[str]:
    """What a function's code could call: the calls of every module that it imports."""
    module = function.handler.rpartition(".")[0]
    return {each for name in {module, *graph().find_upstream_modules(module)} for each in calls().get(name, ())}


@cache
def resources() -> dict[str, Any]:
    found: dict[str, Any] = composition.compose()["Resources"]
    return found


def allowed(function: templates.Function) -> set[str]:
    """What its role allows."""
    role = resources()[f"{function.name}Access"]
    statements = role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    found: set[str] = set()
    for each in statements:
        if "Fn::If" not in each:  # subnets are Lambda's own matter
            actions = each["Action"]
            found |= {actions} if isinstance(actions, str) else set(actions)
    return found


def needed(function: templates.Function) -> set[str]:
    """What it must be allowed, by what its handler says it does not start without, and by its kind."""
    module, _, name = function.handler.rpartition(".")
    handler: Any = getattr(importlib.import_module(module), name)
    by_group = {
        "EventSettings": "sqs:SendMessage",
        "StripeEventSettings": "sqs:SendMessage",
        "MailSettings": "ses:SendEmail",
        "SocketSettings": "execute-api:ManageConnections",
        "MediaSettings": "s3:GetObject",
    }
    found = {by_group[group.__name__] for group in handler.needs if group.__name__ in by_group}
    return {"secretsmanager:GetSecretValue"} | (found - {"sqs:SendMessage"} if function.name in COUNTING else found)


def test_the_calls_of_the_code_are_found() -> None:
    every = set().union(*calls().values())
    assert every >= {"sqs:SendMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes", "ses:SendEmail",
                     "secretsmanager:GetSecretValue", "execute-api:ManageConnections", "s3:GetObject", "s3:PutObject",
                     "s3:DeleteObject", "s3:ListBucket"}  # fmt: skip


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_a_role_allows_nothing_that_its_functions_code_does_not_call(function: templates.Function) -> None:
    lambdas = LAMBDAS_OWN | ({"sqs:GetQueueAttributes"} if function.name.endswith("QueueFunction") else set())
    assert allowed(function) - lambdas - reachable(function) == set()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_a_role_allows_what_its_function_does_not_work_without(function: templates.Function) -> None:
    assert needed(function) - allowed(function) == set()


def test_every_permission_that_the_code_needs_somewhere_is_some_functions() -> None:
    """A call that no role allows would fail on AWS alone, since the local cloud enforces no policies."""
    every = set().union(*calls().values())
    assert every - set().union(*map(allowed, FUNCTIONS)) == set()
