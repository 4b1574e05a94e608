"""What AWS gets once SAM has processed the template: watched, bounded, and open to nobody who need not call it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.build.builder import TEMPLATE
from infra.deploy import composition, routes
from infra.deploy import template as templates
from tests import sam

DOCUMENT = templates.load(TEMPLATE)
HTTP = {function.name for function in templates.functions(DOCUMENT) if function.is_http}


@pytest.fixture(scope="module")
def processed() -> dict[str, Any]:
    return sam.processed(composition.compose())


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind}


def alarms(resources: dict[str, Any], metric: str) -> set[str]:
    """The names (function, queue or API) in the dimensions of all alarms on a metric."""
    return {
        json.dumps(each["Dimensions"][0]["Value"])
        for each in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if each["MetricName"] == metric
    }


def test_every_function_and_queue_and_the_api_are_watched(processed: dict[str, Any]) -> None:
    functions = {json.dumps({"Ref": name}) for name in of_type(processed, "AWS::Lambda::Function")}
    assert alarms(processed, "Errors") == functions
    assert alarms(processed, "Throttles") == functions
    queues = of_type(processed, "AWS::SQS::Queue")
    names = {name: json.dumps({"Fn::GetAtt": [name, "QueueName"]}) for name in queues}
    assert alarms(processed, "ApproximateNumberOfMessagesVisible") == {
        value for name, value in names.items() if name.endswith("DeadLetters")
    }
    assert alarms(processed, "ApproximateAgeOfOldestMessage") == {
        value for name, value in names.items() if not name.endswith("DeadLetters")
    }
    assert alarms(processed, "5xx") == {json.dumps({"Ref": "HttpApi"})}
    assert json.dumps({"Ref": "BookingSweepFunction"}) in alarms(processed, "Invocations")


def test_every_alarm_tells_somebody_and_can(processed: dict[str, Any]) -> None:
    for alarm in of_type(processed, "AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    [topic] = of_type(processed, "AWS::SNS::Topic").values()
    assert "aws/sns" not in json.dumps(topic), "CloudWatch may not use this key, so no alarm would arrive"


def test_every_log_group_forgets(processed: dict[str, Any]) -> None:
    groups = of_type(processed, "AWS::Logs::LogGroup")
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())
    for function in of_type(processed, "AWS::Lambda::Function").values():
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in groups


def test_http_functions_are_called_by_their_published_version(processed: dict[str, Any]) -> None:
    functions = of_type(processed, "AWS::Lambda::Function")
    for name in HTTP:
        assert functions[name]["SnapStart"] == {"ApplyOn": "PublishedVersions"}
        assert of_type(processed, "AWS::Lambda::Alias")[f"{name}Aliaslive"]["Name"] == "live"
    [api] = of_type(processed, "AWS::ApiGatewayV2::Api").values()
    targets = {
        operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
        for operations in api["Body"]["paths"].values()
        for operation in operations.values()
    }
    integrations = api["Body"]["components"]["x-amazon-apigateway-integrations"]
    called = {integrations[target]["uri"]["Fn::Sub"][1]["Alias"]["Ref"] for target in targets}
    assert called == {f"{name}Aliaslive" for name in HTTP}


def test_the_api_has_the_routes_of_the_code_and_browsers_are_told_who_may_call(processed: dict[str, Any]) -> None:
    [api] = of_type(processed, "AWS::ApiGatewayV2::Api").values()
    keys = {
        path.removeprefix("/")
        if operation.get("isDefaultRoute")
        else f"{'ANY' if method == 'x-amazon-apigateway-any-method' else method.upper()} {path}"
        for path, operations in api["Body"]["paths"].items()
        for method, operation in operations.items()
    }
    assert keys == {route.key for route in routes.deployed()}
    assert len(keys) <= routes.ROUTES_PER_API
    cors = api["Body"]["x-amazon-apigateway-cors"]["Fn::If"]
    assert cors[0] == "HasCors"
    assert cors[1]["allowCredentials"] is True
    assert "OPTIONS" in cors[1]["allowMethods"]


def test_the_stack_leaves_room_for_the_product_to_grow(processed: dict[str, Any]) -> None:
    """CloudFormation takes 500 resources and a template of 1 MB.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    assert len(processed) < 250
    assert len(json.dumps(processed)) < 400_000


def test_the_api_is_throttled_and_logged(processed: dict[str, Any]) -> None:
    [stage] = of_type(processed, "AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0
    assert stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] > 0
    assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogs", "Arn"]}
    [domain] = of_type(processed, "AWS::ApiGatewayV2::DomainName").values()
    assert domain["DomainNameConfigurations"][0]["SecurityPolicy"] == "TLS_1_2"


def test_only_the_api_and_the_schedules_may_call_a_function(processed: dict[str, Any]) -> None:
    permissions = of_type(processed, "AWS::Lambda::Permission").values()
    for permission in permissions:
        assert permission["Principal"] == "apigateway.amazonaws.com"
        assert permission["SourceArn"]["Fn::Sub"].endswith(":${HttpApi}/*")
    assert sorted(each["FunctionName"]["Ref"] for each in permissions) == sorted(f"{name}Aliaslive" for name in HTTP)


def test_every_function_is_built_for_the_architecture_that_is_asked_for(processed: dict[str, Any]) -> None:
    for function in of_type(processed, "AWS::Lambda::Function").values():
        assert function["Architectures"] == [{"Ref": "Architecture"}]
        assert function["Runtime"] == "python3.13"


def test_the_access_log_and_the_functions_know_a_request_by_the_same_id(processed: dict[str, Any]) -> None:
    [stage] = of_type(processed, "AWS::ApiGatewayV2::Stage").values()
    assert '"request_id":"$context.requestId"' in stage["AccessLogSettings"]["Format"]
