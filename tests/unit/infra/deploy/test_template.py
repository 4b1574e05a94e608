"""The template: what it promises for every function, queue and route."""

from __future__ import annotations

import importlib
import json
import re
from collections import defaultdict
from typing import Any

import pytest
from common.runtime.container.settings import GeocoderSettings
from common.runtime.handlers import LambdaHandler
from common.runtime.http import app
from common.runtime.settings import CoreSettings, SettingsGroup

from infra import applications
from infra.build.builder import TEMPLATE
from infra.build.targets import ROOT
from infra.deploy import composition, loops, routes
from infra.deploy import template as templates
from infra.docs import openapi
from infra.local import aws

DOCUMENT = templates.load(TEMPLATE)
FUNCTIONS = templates.functions(DOCUMENT)
HTTP = [function for function in FUNCTIONS if function.is_http]
QUEUES = [
    name
    for name, found in DOCUMENT["Resources"].items()
    if isinstance(found, dict) and found["Type"] == "AWS::SQS::Queue" and not name.endswith("DeadLetters")
]
COMPOSED = composition.compose()["Resources"]
UNDOCUMENTED = {("GET", "/"), ("GET", "/docs"), ("GET", "/docs/assets/{}"), ("GET", "/v1/openapi.json")}
CATCH_ALL = "/{path:path}"
SECRETS = {
    "MONGODB_URI_SECRET": "${MongodbSecretName}",
    "STRIPE_SECRET": "${StripeSecretName}",
    "JWT_SIGNING_KEYS_SECRET": "${JwtSigningKeysSecretName}",
    "FACTOR_KEYS_SECRET": "${FactorKeysSecretName}",
    "OAUTH_SETTINGS_SECRET": "${OauthSettingsSecretName}",
    "PUSH_PRIVATE_KEY_SECRET": "${PushPrivateKeySecretName}",
    "UNSUBSCRIBE_KEYS_SECRET": "${UnsubscribeKeysSecretName}",
    "GEOCODER_API_KEY_SECRET": "${GeocoderKeySecretName}",
    "MEDIA_CREDENTIALS_SECRET": "${MediaCredentialsSecretName}",
    "GEMINI_API_KEY_SECRET": "${GeminiKeySecretName}",
    "EDGE_KEY_SECRET": "${EdgeKeySecretName}",
}


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["Resources"][name]["Properties"]
    return found


def environment(name: str) -> dict[str, Any]:
    shared = DOCUMENT["Globals"]["Function"]["Environment"]["Variables"]
    return {**shared, **properties(name).get("Environment", {}).get("Variables", {})}


def test_browsers_may_send_and_read_the_same_fields_before_the_gateway_and_behind_it() -> None:
    (_, allowed, _) = properties("HttpApi")["CorsConfiguration"]["Fn::If"]

    assert sorted(allowed["AllowHeaders"]) == sorted(app.CORS_REQUEST_HEADERS)
    assert sorted(allowed["ExposeHeaders"]) == sorted(app.CORS_RESPONSE_HEADERS)


def without_names(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "{}", path)


def in_code() -> dict[tuple[str, str], str]:
    """The function of every route of the code, by method and path."""
    return {
        (method, without_names(str(route.path))): area
        for area in applications.areas()
        for route in applications.routes(area)
        if route.path != CATCH_ALL
        for method in route.methods or ()
    }


def deployed() -> dict[tuple[str, str], str]:
    """The function's folder of every deployed route, by method and path, as the API's body has them."""
    folders = {each.name: each.area for each in HTTP}
    return {
        ("ANY" if method == "x-amazon-apigateway-any-method" else method.upper(), without_names(path)): folders[
            operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
        ]
        for path, operations in COMPOSED["HttpApi"]["Properties"]["DefinitionBody"]["paths"].items()
        for method, operation in operations.items()
        if path != "/$default"
    }


def test_the_deployed_routes_are_those_of_the_code_in_both_directions() -> None:
    """HEAD goes wherever GET goes; a path that is only read takes ANY method, of which the function refuses others."""
    methods: dict[str, set[str]] = defaultdict(set)
    for method, path in in_code():
        methods[path].add(method)
    wanted = {}
    for (method, path), area in in_code().items():
        if methods[path] == {"GET"}:
            wanted["ANY", path] = area
            continue
        wanted[method, path] = area
        if method == "GET":
            wanted["HEAD", path] = area
    assert deployed() == wanted


def test_the_description_has_every_route_that_it_does_not_leave_out() -> None:
    described = {
        (method.upper(), without_names(path))
        for path, operations in openapi.build()["paths"].items()
        for method in operations
    }
    assert {*described, *UNDOCUMENTED} == set(in_code())


def test_no_route_is_deployed_twice() -> None:
    keys = [(route.method, without_names(route.path)) for route in routes.deployed()]
    assert len(keys) == len(set(keys))


def test_unknown_routes_reach_the_system_function() -> None:
    assert routes.Route("$default", "ANY", "system") in routes.deployed()


def test_a_variable_has_one_name_whatever_each_function_calls_it() -> None:
    names = defaultdict(set)
    for route in routes.deployed():
        for found in re.finditer(r"\{(\w+)\}", route.path):
            names[without_names(route.path[: found.start()])].add(found[1])
    assert {place: found for place, found in names.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("WebhooksFunction", "functions/webhooks has routes, and template.yaml no function"),
        ("", "template.yaml has the handler functions.nowhere.app.handler, and functions/nowhere/routes.py no route"),
    ],
)
def test_a_function_without_its_other_half_is_named(name: str, said: str) -> None:
    resources = loops.expand(DOCUMENT)["Resources"]
    kept = {each: found for each, found in resources.items() if each != name}
    extra = {"CodeUri": "functions/nowhere/", "Handler": "functions.nowhere.app.handler", "Timeout": 15}
    if not name:
        kept["NowhereFunction"] = {"Type": "AWS::Serverless::Function", "Properties": extra}
    with pytest.raises(routes.RouteError, match=re.escape(said)):
        routes.with_http_api({**DOCUMENT, "Resources": kept})


def handler_of(function: templates.Function) -> LambdaHandler:
    module, _, name = function.handler.rpartition(".")
    found: LambdaHandler = getattr(importlib.import_module(module), name)
    return found


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_has_what_its_settings_need(function: templates.Function) -> None:
    given = environment(function.name)
    handler = handler_of(function)
    assert handler.service == given["POWERTOOLS_SERVICE_NAME"]
    groups: tuple[type[SettingsGroup], ...] = (CoreSettings, *handler.needs)
    names = dict.fromkeys(given, "given")
    assert [name for group in groups for name in group.missing(names)] == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_may_read_the_secrets_it_is_given_and_no_other(function: templates.Function) -> None:
    policies = json.dumps(
        [
            statement
            for policy in COMPOSED[f"{function.name}Access"]["Properties"]["Policies"]
            for statement in policy["PolicyDocument"]["Statement"]
            if statement.get("Action") == "secretsmanager:GetSecretValue"
        ]
    )
    given = environment(function.name)
    readable = {name for name, parameter in SECRETS.items() if parameter in policies}
    assert readable == {name for name in SECRETS if name in given}
    assert '"*"' not in policies + json.dumps(properties(function.name).get("Policies", []))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_what_looks_addresses_up_has_what_any_geocoder_needs(function: templates.Function) -> None:
    given = environment(function.name)
    services = GeocoderSettings.needs_of
    missing = [
        name
        for each in services
        for name in GeocoderSettings.missing({**dict.fromkeys(given, "given"), "GEOCODER": each})
    ]
    has_all = not missing and {"GEOCODER", "GEOCODER_URL"} <= set(given)
    assert has_all is (GeocoderSettings in handler_of(function).needs)


@pytest.mark.parametrize("function", HTTP, ids=lambda function: function.name)
def test_an_http_function_starts_from_a_snapshot_with_enough_memory(function: templates.Function) -> None:
    found = properties(function.name)
    assert found["MemorySize"] >= 1024
    assert found["SnapStart"] == {"ApplyOn": "PublishedVersions"}
    assert found["AutoPublishAlias"] == "live"
    assert found["AutoPublishAliasAllProperties"] is True
    assert function.timeout < 30, "HTTP APIs give up after 30 s"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_changed_secret_can_start_every_function_anew(function: templates.Function) -> None:
    assert environment(function.name)["SECRETS_REVISION"] == {"Ref": "SecretsRevision"}


def test_the_local_cloud_looks_after_every_queue() -> None:
    assert {f"{name}Queue" for name in aws.QUEUES} == set(QUEUES)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_keeps_what_fails_and_gives_its_function_time(queue: str) -> None:
    found = properties(queue)
    dead_letters = found["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
    event = properties(f"{queue}Function")["Events"]["Queue"]["Properties"]
    assert found["RedrivePolicy"]["maxReceiveCount"] == 5
    assert properties(dead_letters)["MessageRetentionPeriod"] == 14 * 24 * 3600
    assert found["SqsManagedSseEnabled"] is True
    assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    parameter = DOCUMENT["Parameters"]["QueueVisibilitySeconds"]["Default"]
    visibility = parameter if isinstance(found["VisibilityTimeout"], dict) else found["VisibilityTimeout"]
    assert visibility >= 6 * properties(f"{queue}Function")["Timeout"]


def test_every_function_has_logs_of_bounded_age_and_alarms() -> None:
    _, names, resources = DOCUMENT["Resources"]["Fn::ForEach::Functions"]
    assert names == [function.name for function in FUNCTIONS]
    assert set(resources) == {"${Name}Logs", "${Name}ErrorsAlarm", "${Name}ThrottlesAlarm"}
    for function in FUNCTIONS:
        assert properties(function.name)["LoggingConfig"] == {"LogGroup": {"Ref": f"{function.name}Logs"}}


def test_no_name_is_the_role_that_sam_makes_for_a_function() -> None:
    assert not {f"{function.name}Role" for function in FUNCTIONS} & set(DOCUMENT["Resources"])


def test_handlers_are_where_the_template_says() -> None:
    for function in FUNCTIONS:
        module, _, attribute = function.handler.rpartition(".")
        assert attribute == "handler"
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file(), function.handler
        assert function.handler.startswith(function.code.rstrip("/").replace("/", ".") + ".")


def test_secrets_are_named_and_never_written() -> None:
    for parameter in DOCUMENT["Parameters"].values():
        assert "secret" not in str(parameter.get("Default", "")).lower()


def test_loops_are_written_out_for_tools_that_know_none() -> None:
    plain = loops.expand(DOCUMENT)
    assert plain["Transform"] == ["AWS::Serverless-2016-10-31"]
    assert "Fn::ForEach" not in json.dumps(plain)
    alarm = plain["Resources"]["AuthFunctionThrottlesAlarm"]["Properties"]
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": "AuthFunction"}}]
    dead = plain["Resources"]["StripeEventsDeadLettersAlarm"]["Properties"]
    assert dead["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["StripeEventsDeadLetters", "QueueName"]}
    assert plain["Resources"]["AuthFunctionLogs"]["Properties"]["LogGroupName"] == {
        "Fn::Sub": "/gigsta/${Stage}/AuthFunction"
    }
