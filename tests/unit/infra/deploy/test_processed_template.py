"""What AWS gets once SAM has processed the template: watched, bounded, and open to nobody who need not call it."""

from __future__ import annotations

import importlib
import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from common.application.notifications.undeliverable import UNDELIVERABLE
from common.domain.shared.events import Event, Topic
from common.runtime.http import edge

from infra.build.builder import TEMPLATE
from infra.build.targets import ROOT
from infra.deploy import composition, routes
from infra.deploy import template as templates
from tests import sam

if TYPE_CHECKING:
    from common.runtime.handlers import LambdaHandler

DOCUMENT = templates.load(TEMPLATE)
FUNCTIONS = templates.functions(DOCUMENT)
HTTP = {function.name for function in FUNCTIONS if function.is_http}
BURN = DOCUMENT["Mappings"]["Burn"]


def handler_of(function: templates.Function) -> LambdaHandler:
    module, _, name = function.handler.rpartition(".")
    found: LambdaHandler = getattr(importlib.import_module(module), name)
    return found


@pytest.fixture(scope="module")
def processed() -> dict[str, Any]:
    return sam.processed(composition.compose())


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each.get("Properties", {}) for name, each in resources.items() if each["Type"] == kind}


def alarms(resources: dict[str, Any], metric: str) -> set[str]:
    """The names (function, queue or API) in the dimensions of all alarms on a metric."""
    return {
        json.dumps(each["Dimensions"][0]["Value"])
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        for each in watched(alarm)
        if each["MetricName"] == metric and each.get("Dimensions")
    }


def watched(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics of an alarm, be it of one or of an expression over several."""
    return [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each] or [alarm]


def telling(resources: dict[str, Any]) -> dict[str, Any]:
    """Alarms that somebody is told of: all but the windows that the burn-rate alarms are made of."""
    every = {**of_type(resources, "AWS::CloudWatch::Alarm"), **of_type(resources, "AWS::CloudWatch::CompositeAlarm")}
    return {name: each for name, each in every.items() if name.removeprefix("Availability") not in BURN}


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
    for alarm in telling(processed).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
    [topic] = of_type(processed, "AWS::SNS::Topic").values()
    assert "aws/sns" not in json.dumps(topic), "CloudWatch may not use this key, so no alarm would arrive"


def test_every_alarm_has_its_entry_in_the_runbook_and_every_entry_its_alarm(processed: dict[str, Any]) -> None:
    table = (ROOT / "docs" / "runbook.md").read_text().split("## What wakes you")[1].split("\n## ")[0]
    named = [
        found
        for row in table.splitlines()
        if row.startswith("| `")
        for found in re.findall("`(…?[A-Za-z]+Alarm)`", row)
    ]
    patterns = [re.compile(f"{name.replace('…', '.+')}") for name in named]
    there = telling(processed)
    assert [name for name in there if not any(each.fullmatch(name) for each in patterns)] == []
    assert [each.pattern for each in patterns if not any(each.fullmatch(name) for name in there)] == []


@pytest.mark.parametrize(("alarm", "windows", "hours", "budget"), [
    ("AvailabilityBurnsFastAlarm", ("OneHour", "FiveMinutes"), 1, 0.02),
    ("AvailabilityBurnsAlarm", ("SixHours", "ThirtyMinutes"), 6, 0.05),
])  # fmt: skip
def test_a_burn_rate_alarm_rings_when_its_part_of_a_months_budget_is_spent_and_still_being_spent(
    processed: dict[str, Any], alarm: str, windows: tuple[str, str], hours: int, budget: float
) -> None:
    rule = processed[alarm]["Properties"]["AlarmRule"]["Fn::Sub"]
    assert rule == " AND ".join(f'ALARM("${{Availability{window}}}")' for window in windows)
    long, short = (BURN[window] for window in windows)
    assert long["Seconds"] == hours * 3600 == short["Seconds"] * 12
    assert long["Percent"] == short["Percent"] == pytest.approx(100 * 0.001 * budget * 30 * 24 / hours)
    for window in windows:
        part = processed[f"Availability{window}"]["Properties"]
        assert {each["MetricName"] for each in watched(part)} == {"5xx", "Count"}
        assert part["Threshold"] == {"Fn::FindInMap": ["Burn", window, "Percent"]}


def test_what_the_alarms_watch_of_our_own_is_counted_by_the_code(processed: dict[str, Any]) -> None:
    """A metric that nobody writes would be an alarm that never rings."""
    services = {each.service: each for each in map(handler_of, FUNCTIONS)}
    code = "".join(
        path.read_text()
        for folder in ("functions", "layers/common/src/common/application")
        for path in (ROOT / folder).rglob("*.py")
    )
    own = {
        (each["MetricName"], each["Dimensions"][0]["Value"])
        for alarm in telling(processed).values()
        for each in watched(alarm)
        if each.get("Namespace") == "GigSta"
    }
    assert {service for _, service in own} <= set(services)
    assert [name for name, _ in own if f'"{name}"' not in code] == []
    bodies = json.dumps([each["DashboardBody"] for each in of_type(processed, "AWS::CloudWatch::Dashboard").values()])
    shown = set(re.findall(r'\\\\"GigSta\\\\", \\\\"(\w+)', bodies)) or set(re.findall(r"GigSta\W+(\w+)", bodies))
    written = code + "".join(f'"StripeEvents{status.title()}"' for status in ("processed", "ignored"))
    assert [name for name in shown if f'"{name}"' not in written] == []


#: As SES publishes them, shortened: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html.
BOUNCE = {
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "time": "2026-11-30T01:02:03Z", "source": "aws.ses", "detail-type":
    "Email Bounced", "detail": {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients":
    [{"emailAddress": "a@b.nz"}]}},
}  # fmt: skip
COMPLAINT = {
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eab", "time": "2026-11-30T01:02:03Z", "source": "aws.ses",
    "detail-type": "Email Complaint Received",
    "detail": {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "a@b.nz"}]}},
}  # fmt: skip


def found_at(event: Any, path: str) -> Any:
    """What is at a path of an event, such as `$.detail.list[0].name`."""
    for name in re.findall(r"[\w-]+", path):
        event = event[int(name)] if name.isdecimal() else event[name]
    return event


@pytest.mark.parametrize(
    ("rule", "event", "kind"), [("MailBouncedRule", BOUNCE, "bounced"), ("MailComplainedRule", COMPLAINT, "complained")]
)
def test_what_ses_tells_of_a_mail_becomes_an_event_of_ours(
    processed: dict[str, Any], rule: str, event: dict[str, Any], kind: str
) -> None:
    [target] = processed[rule]["Properties"]["Targets"]
    pattern = processed[rule]["Properties"]["EventPattern"]
    assert [event["source"]] == pattern["source"]
    assert [event["detail-type"]] == pattern["detail-type"]
    assert target["Arn"] == {"Fn::GetAtt": ["NotificationsQueue", "Arn"]}
    body = target["InputTransformer"]["InputTemplate"]
    for name, path in target["InputTransformer"]["InputPathsMap"].items():
        body = body.replace(f"<{name}>", json.dumps(found_at(event, path)))
    assert Event.model_validate_json(body) == Event(
        id=event["id"],
        topic=Topic.NOTIFICATIONS,
        type=UNDELIVERABLE,
        created_at=datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC),
        payload={"address": "a@b.nz", "kind": kind},
    )


def test_mails_go_out_under_the_set_that_suppresses_and_tells(processed: dict[str, Any]) -> None:
    function = processed["NotificationsQueueFunction"]["Properties"]["Environment"]["Variables"]
    assert function["MAIL_CONFIGURATION_SET"] == {"Fn::If": ["HasMailEvents", {"Ref": "MailConfigurationSet"}, ""]}
    destination = processed["MailEventDestination"]["Properties"]
    assert destination["ConfigurationSetName"] == {"Ref": "MailConfigurationSet"}
    assert destination["EventDestination"]["MatchingEventTypes"] == ["bounce", "complaint"]
    for rule in ("MailBouncedRule", "MailComplainedRule"):
        tags = processed[rule]["Properties"]["EventPattern"]["detail"]["mail"]["tags"]
        assert tags == {"ses:configuration-set": [{"Ref": "MailConfigurationSet"}]}, "another stage's are not ours"


def test_routes_with_a_bucket_of_their_own_are_deployed_ones(processed: dict[str, Any]) -> None:
    """API Gateway refuses a stage that names a route which is none."""
    [stage] = [
        each
        for each in of_type(processed, "AWS::ApiGatewayV2::Stage").values()
        if "Body" not in each and "RouteSettings" in each
    ]
    own = stage["RouteSettings"]
    assert set(own) <= {route.key for route in routes.deployed()}
    assert {"POST /v1/auth/login", "POST /v1/webhooks/stripe", "ANY /v1/search/services"} <= set(own)
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}


def test_cloudfront_leads_to_the_api_with_the_key_and_to_files_that_nobody_else_reads(
    processed: dict[str, Any],
) -> None:
    found = processed["WebDistribution"]["Properties"]["DistributionConfig"]
    origins = {each["Id"]: each for each in found["Origins"]}
    [key] = origins["api"]["OriginCustomHeaders"]
    assert key["HeaderName"] == edge.KEY_FIELD
    assert "EdgeKeySecretName" in json.dumps(key["HeaderValue"])
    paths = {each["PathPattern"]: each for each in found["CacheBehaviors"]}
    assert set(paths) == {"/v1/*", "/docs*", "/.well-known/*"}
    for behaviour in paths.values():
        assert behaviour["TargetOriginId"] == "api"
        assert "WebViewer" in json.dumps(behaviour["FunctionAssociations"])
    assert edge.VIEWER_FIELD in processed["WebViewer"]["Properties"]["FunctionCode"]
    assert found["DefaultCacheBehavior"]["TargetOriginId"] == "web"
    assert "WebDistribution" in json.dumps(processed["WebBucketPolicy"]["Properties"]["PolicyDocument"])
    behind = {route.path.split("/")[1] for route in routes.deployed() if route.path not in {"$default", "/"}}
    assert behind == {"v1", "docs", ".well-known"}, "what the code serves and CloudFront leads elsewhere"


def test_every_dashboard_is_json(processed: dict[str, Any]) -> None:
    boards = of_type(processed, "AWS::CloudWatch::Dashboard")
    assert set(boards) == {"Dashboard", "MoneyDashboard"}
    for board in boards.values():
        body = re.sub(r"\$\{\w+(::\w+)?\}", "1", board["DashboardBody"]["Fn::Sub"])
        assert json.loads(body)["widgets"]


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
    api = processed["HttpApi"]["Properties"]
    targets = {
        operation["x-amazon-apigateway-integration"]["$ref"].rpartition("/")[2]
        for operations in api["Body"]["paths"].values()
        for operation in operations.values()
    }
    integrations = api["Body"]["components"]["x-amazon-apigateway-integrations"]
    called = {integrations[target]["uri"]["Fn::Sub"][1]["Alias"]["Ref"] for target in targets}
    assert called == {f"{name}Aliaslive" for name in HTTP}


def test_the_api_has_the_routes_of_the_code_and_browsers_are_told_who_may_call(processed: dict[str, Any]) -> None:
    api = processed["HttpApi"]["Properties"]
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
    """CloudFormation takes 500 resources and a template of 1 MB; at two thirds somebody has to think of a second stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
    """
    assert len(processed) < 333
    assert len(json.dumps(processed)) < 400_000


def test_the_api_is_throttled_and_logged(processed: dict[str, Any]) -> None:
    stages = of_type(processed, "AWS::ApiGatewayV2::Stage").values()
    assert len(stages) == 2
    for stage in stages:
        rate = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
        assert (DOCUMENT["Parameters"][rate["Ref"]]["Default"] if isinstance(rate, dict) else rate) > 0
        assert "ThrottlingBurstLimit" in stage["DefaultRouteSettings"]
        assert stage["AccessLogSettings"]["DestinationArn"] == {"Fn::GetAtt": ["AccessLogs", "Arn"]}
    [domain] = of_type(processed, "AWS::ApiGatewayV2::DomainName").values()
    assert domain["DomainNameConfigurations"][0]["SecurityPolicy"] == "TLS_1_2"


def test_only_the_api_and_the_schedules_may_call_a_function(processed: dict[str, Any]) -> None:
    permissions = of_type(processed, "AWS::Lambda::Permission").values()
    assert {each["Principal"] for each in permissions} == {"apigateway.amazonaws.com"}
    callers = {each["FunctionName"]["Ref"]: each["SourceArn"]["Fn::Sub"].rpartition(":")[2] for each in permissions}
    assert len(callers) == len(permissions)
    assert callers == {
        **{f"{name}Aliaslive": "${HttpApi}/*" for name in HTTP},
        "RealtimeSocketFunctionAliaslive": "${RealtimeApi}/live/*",
    }


def test_every_function_is_built_for_the_architecture_that_is_asked_for(processed: dict[str, Any]) -> None:
    for function in of_type(processed, "AWS::Lambda::Function").values():
        assert function["Architectures"] == [{"Ref": "Architecture"}]
        assert function["Runtime"] == "python3.13"


def test_the_access_log_and_the_functions_know_a_request_by_the_same_id(processed: dict[str, Any]) -> None:
    for stage in of_type(processed, "AWS::ApiGatewayV2::Stage").values():
        assert '"request_id":"$context.requestId"' in stage["AccessLogSettings"]["Format"]
