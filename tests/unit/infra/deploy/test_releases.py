"""Releases: every one reaches the callers, stages stay apart, and what is outdated goes."""

from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import yaml
from botocore.stub import Stubber

from infra.build import files, finished, targets
from infra.build.builder import COMMON, TEMPLATE, Built
from infra.build.targets import ROOT
from infra.deploy import aws_template, schema, stages, versions
from infra.deploy import template as templates
from infra.deploy.stages import StageError
from tests import sam

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = templates.load(TEMPLATE)["Parameters"]
PUBLISHED = {function.name for function in templates.functions(templates.load(TEMPLATE)) if function.is_http} | {
    "RealtimeSocketFunction"
}
#: Resources whose physical name, where one is written, must be free in the whole account and region.
NAMES = ("Name", "FunctionName", "QueueName", "LogGroupName", "RoleName", "TopicName", "AlarmName", "DashboardName",
         "BucketName", "LayerName", "ScheduleName")  # fmt: skip


def own(name: str) -> stages.Stage:
    """A stage of the committed configuration, filled in."""
    text = stages.CONFIGURATION.read_text().replace("EXAMPLE.COM", "gigsta.app")
    options = tomllib.loads(text)[name]["deploy"]["parameters"]
    written = dict(each.split("=", 1) for each in options.pop("parameter_overrides"))
    return stages.Stage(name, options, written)


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    return found


def published(parameters: dict[str, str], layer: Path) -> dict[str, str]:
    """The version that each alias points to, by function, once SAM has processed what is deployed."""
    built = Built(layer, layer, layer, files.fingerprint([layer]), without_byte_code=False)
    resources = sam.processed(aws_template.compose(built, parameters))
    aliases = {name: each for name, each in resources.items() if each["Type"] == "AWS::Lambda::Alias"}
    return {
        name.removesuffix("Aliaslive"): each["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        for name, each in aliases.items()
    }


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    return shutil.copytree(COMMON, tmp_path / "common", ignore=files.CACHES)


def test_a_changed_line_in_the_layer_publishes_every_live_version_anew(layer: Path) -> None:
    parameters = own("prod").parameters
    before = published(parameters, layer)
    assert published(parameters, layer) == before, "the same release publishes nothing"
    with (layer / "domain" / "money.py").open("a") as file:
        file.write("# changed\n")
    after = published(parameters, layer)
    assert set(before) == set(after) == PUBLISHED
    assert [name for name in PUBLISHED if before[name] == after[name]] == []


@pytest.mark.parametrize(
    "changed",
    [{"BookingSettings": '{"commission_basis_points": 1300}'}, {"SecretsRevision": "2"}, {"PublicBaseUrl": "https://two.gigsta.app"},
     {"LogLevel": "DEBUG"}, {"MongodbSecretName": "gigsta/other"}],
)  # fmt: skip
def test_a_changed_parameter_publishes_every_live_version_anew(layer: Path, changed: dict[str, str]) -> None:
    parameters = own("prod").parameters
    before, after = published(parameters, layer), published({**parameters, **changed}, layer)
    assert [name for name in PUBLISHED if before[name] == after[name]] == []


def test_two_stages_in_one_account_share_no_literal_name(layer: Path) -> None:
    built = Built(layer, layer, layer, "0", without_byte_code=False)
    resources = sam.processed(aws_template.compose(built, own("prod").parameters))
    literal = [
        (name, key, value)
        for name, resource in resources.items()
        for key in NAMES
        if isinstance(value := resource.get("Properties", {}).get(key), str)
        # An alias and an API's stage are named within their function and their API.
        and resource["Type"] not in {"AWS::Lambda::Alias", "AWS::ApiGatewayV2::Stage", "AWS::ApiGatewayV2::Api"}
    ]
    assert literal == []
    schedules = [each for each in resources.values() if each["Type"] == "AWS::Scheduler::Schedule"]
    assert len(schedules) == len([each for each in templates.functions(templates.load(TEMPLATE)) if each.schedule])


def test_the_two_stages_write_to_databases_secrets_and_stacks_of_their_own() -> None:
    dev, prod = own("dev"), own("prod")
    assert dev.options["stack_name"] != prod.options["stack_name"]
    for name in ("Stage", "MongodbSecretName", "StripeSecretName", "JwtSigningKeysSecretName", "PublicBaseUrl"):
        assert dev.parameters[name] != prod.parameters[name]
    assert dev.parameters["MongodbDatabase"] != KNOWN["MongodbDatabase"]["Default"]


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stage_that_is_not_filled_in_stops_the_deployment_and_says_what_to_fill_in(stage: str) -> None:
    with pytest.raises(StageError) as refused:
        stages.read(stage, {})
    placeholders = [f"{name}={value}" for name, value in unfilled(stage) if "EXAMPLE" in value]
    assert len(placeholders) > 3
    assert all(f"{each} is a placeholder" in str(refused.value) for each in placeholders)


def unfilled(stage: str) -> list[tuple[str, str]]:
    given = tomllib.loads(stages.CONFIGURATION.read_text())[stage]["deploy"]["parameters"]["parameter_overrides"]
    return [(each.split("=", 1)[0], each.split("=", 1)[1]) for each in given]


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "filled.toml"
    path.write_text(stages.CONFIGURATION.read_text().replace("EXAMPLE.COM", "gigsta.app"))
    return path


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stage_that_is_filled_in_has_every_parameter_and_asks_no_question(stage: str, filled: Path) -> None:
    found = stages.read(stage, {}, filled)
    assert set(found.parameters) <= set(KNOWN)
    assert {name for name, each in KNOWN.items() if "Default" not in each} <= set(found.parameters)
    assert found.options["confirm_changeset"] is False


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Comission": "1"}, "Comission is not a parameter"),
        ({"MailFrom": ""}, "MailFrom is missing"),
        ({"AlarmEmail": "ops@EXAMPLE.ORG"}, "AlarmEmail=ops@EXAMPLE.ORG is a placeholder"),
        ({"LogRetentionDays": "45"}, "LogRetentionDays=45 is not one of 1, 3, "),
        ({"Stage": "Prod"}, "Stage=Prod is not of the form "),
        ({"WebhookRate": "fast"}, "WebhookRate=fast is not a number from 0"),
        ({"NotificationsConcurrency": "1"}, "NotificationsConcurrency=1 is not a number from 2 to 1000"),
        ({"BookingSettings": '{"payment_hold": "soon"}'}, "BookingSettings: .*payment_hold: "),
        ({"BookingSettings": '{"payment_holds": "PT5M"}'}, "BookingSettings: .*payment_holds: "),
        ({"MatchingSettings": '{"gap": "soon"}'}, "MatchingSettings: .*gap: "),
        ({"BookingSettings": "{" + " " * 2048 + "}"}, "BookingSettings has 2050 characters, at most 2048"),
    ],
)
def test_a_parameter_that_no_deployment_should_have_is_named(given: dict[str, str], said: str, filled: Path) -> None:
    with pytest.raises(StageError, match=said):
        stages.read("prod", given, filled)


def test_an_unknown_stage_is_refused_with_those_there_are(filled: Path) -> None:
    with pytest.raises(StageError, match=r"no stage 'staging'. It has: dev, prod"):
        stages.read("staging", {}, filled)


def test_no_stage_asks_the_public_geocoder_by_default() -> None:
    assert {own(stage).parameters["Geocoder"] for stage in ("dev", "prod")} == {"gazetteer"}


def test_the_configuration_that_is_deployed_has_the_parameters_that_were_checked(filled: Path, tmp_path: Path) -> None:
    rules = json.dumps({"tax_rules": {"nzd": {"name": "GST", "basis_points": 1500}}})
    stage = stages.read("prod", {"BookingSettings": rules}, filled)
    written = tomllib.loads(stage.write(tmp_path).read_text())["prod"]["deploy"]["parameters"]
    assert written["stack_name"] == "gigsta-prod"
    assert written["capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert written["parameter_overrides"][-1].startswith('BookingSettings="{\\"tax_rules\\": {')
    assert len(written["parameter_overrides"]) == len(stage.parameters)


def test_a_deployment_is_never_cut_off_by_the_next() -> None:
    whole, stage = workflow("ci.yml"), workflow("stage.yml")
    assert "concurrency" not in {**whole, **stage}, "it would hold for the deployment too"
    deploy, test = stage["jobs"]["deploy"]["concurrency"], whole["jobs"]["test"]["concurrency"]
    assert deploy["cancel-in-progress"] is False
    assert deploy["group"] != test["group"]


def test_checkov_looks_at_every_push_and_a_load_is_made_every_night() -> None:
    whole = workflow("ci.yml")
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert [each for each in ("push", "pull_request", "schedule") if f"\n  {each}:" not in text] == []
    assert "if" not in whole["jobs"]["checkov"]
    assert whole["jobs"]["load"]["if"] == "github.event_name == 'schedule'"
    last = {name: whole["jobs"][name]["steps"][-1]["run"].strip().splitlines()[-1] for name in ("checkov", "load")}
    assert last == {"checkov": "make checkov", "load": 'make load ARGS="--users 3 --seconds 30"'}


def test_what_passed_every_test_and_worked_on_dev_is_what_prod_gets_once_a_person_has_agreed() -> None:
    jobs = workflow("ci.yml")["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "test": None, "checkov": None, "load": None, "build": ["test", "checkov"], "dev": "build", "prod": "dev"
    }  # fmt: skip
    assert [jobs[name]["with"]["stage"] for name in ("dev", "prod")] == ["dev", "prod"]
    job = workflow("stage.yml")["jobs"]["deploy"]
    assert job["environment"] == "${{ inputs.stage }}", "GitHub asks the environment's reviewers"
    built = [step["run"] for step in jobs["build"]["steps"] if "run" in step]
    done = [step["run"] for step in job["steps"] if "run" in step]
    assert built == ["make release"]
    assert [step.split()[:2] for step in done] == [
        ["tar", "-xzf"],
        ["make", "deploy"],
        ["make", "publish-web"],
        ["make", "smoke"],
        ["make", "e2e"],
    ]
    assert "--prebuilt" in done[1]
    assert "--migrate" in done[1]


@pytest.fixture(scope="module")
def gradually(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The resources of a stage whose aliases move step by step."""
    folder = tmp_path_factory.mktemp("layer")
    built = Built(folder, folder, folder, "0", without_byte_code=False)
    return sam.processed(aws_template.compose(built, own("prod").parameters, "Canary10Percent5Minutes"))


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == kind}


def test_the_alias_of_every_function_that_has_one_moves_step_by_step_and_back(gradually: dict[str, Any]) -> None:
    groups = of_type(gradually, "AWS::CodeDeploy::DeploymentGroup")
    assert {name.removesuffix("DeploymentGroup") for name in groups} == PUBLISHED
    alarms = of_type(gradually, "AWS::CloudWatch::Alarm")
    for name, group in groups.items():
        found = group["Properties"]
        watched = {each["Name"]["Ref"] for each in found["AlarmConfiguration"]["Alarms"]}
        assert (
            watched == {f"{name.removesuffix('DeploymentGroup')}ErrorsAlarm", "AvailabilityFiveMinutes"} <= set(alarms)
        )
        assert "DEPLOYMENT_STOP_ON_ALARM" in found["AutoRollbackConfiguration"]["Events"]
        assert "Canary10Percent5Minutes" in json.dumps(found["DeploymentConfigName"])
    for alias in of_type(gradually, "AWS::Lambda::Alias").values():
        assert "CodeDeployLambdaAliasUpdate" in alias["UpdatePolicy"]


def test_who_moves_aliases_may_move_these_and_do_nothing_else(gradually: dict[str, Any]) -> None:
    roles = of_type(gradually, "AWS::IAM::Role")
    managed = [name for name, each in roles.items() if each["Properties"].get("ManagedPolicyArns")]
    assert managed == [], "SAM would make one with AWS's managed policy"
    [policy] = gradually["RolloutAccess"]["Properties"]["Policies"]
    moving, looking = policy["PolicyDocument"]["Statement"]
    assert {"Fn::GetAtt": ["AuthFunction", "Arn"]} in moving["Resource"]
    assert len(moving["Resource"]) == 2 * len(PUBLISHED)
    assert looking["Action"] == "cloudwatch:DescribeAlarms"


def test_the_stack_stays_far_below_what_cloudformation_takes(gradually: dict[str, Any]) -> None:
    """500 resources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
    assert len(gradually) < 450


def test_a_stage_moves_callers_as_its_section_says(filled: Path) -> None:
    dev, prod = stages.read("dev", {}, filled), stages.read("prod", {}, filled)
    assert (dev.rollout, dev.is_protected) == ("AllAtOnce", False)
    assert (prod.rollout, prod.is_protected) == ("Canary10Percent5Minutes", True)
    with pytest.raises(StageError, match="needs Alarms=on"):
        stages.read("prod", {"Alarms": "off"}, filled)
    filled.write_text(filled.read_text().replace("Canary10Percent5Minutes", "Slowly"))
    with pytest.raises(StageError, match="rollout=Slowly is none of AllAtOnce, "):
        stages.read("prod", {}, filled)


def test_a_build_is_deployed_elsewhere_as_what_it_says_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(targets, "ROOT", tmp_path)
    arm, intel = targets.Target("aws", "3.13", "arm", None), targets.Target("aws", "3.13", "intel", None)
    with pytest.raises(finished.NotBuiltError, match="holds no finished build"):
        finished.read(arm)
    arm.folder.mkdir(parents=True)
    folder = arm.folder
    built = Built(folder / "layer", folder / "imaging", folder / "functions", "abc", without_byte_code=True)
    finished.write(arm, built)
    assert finished.read(arm) == built
    with pytest.raises(finished.NotBuiltError, match="was built for arm, not for intel"):
        finished.read(intel)


def test_a_database_is_found_as_the_functions_find_it() -> None:
    client = boto3.client("secretsmanager", region_name="x", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_response("get_secret_value", {"SecretString": "mongodb://h"}, {"SecretId": "gigsta/prod/mongodb"})
        found = schema.database_of(own("prod").parameters, client, KNOWN["MongodbDatabase"]["Default"])
    assert found == schema.StageDatabase("mongodb://h", "gigsta")


@pytest.mark.parametrize(
    ("there", "live", "weights", "deleted"),
    [
        (range(1, 9), "8", {}, ["1", "2", "3"]),
        (range(1, 9), "2", {}, ["1", "3"]),
        (range(1, 9), "8", {"1": 0.1}, ["2", "3"]),
        ([2, 10, 9, 11, 100, 12, 13], "100", {}, ["2", "9"]),
        (range(1, 6), "5", {}, []),
    ],
)
def test_all_but_the_last_versions_are_deleted_unless_an_alias_needs_them(
    there: range | list[int], live: str, weights: dict[str, float], deleted: list[str]
) -> None:
    client = boto3.client("lambda", region_name="ap-southeast-2", aws_access_key_id="x", aws_secret_access_key="x")
    alias = {"Name": "live", "FunctionVersion": live, "RoutingConfig": {"AdditionalVersionWeights": weights}}
    listed = [{"Version": "$LATEST"}, *({"Version": str(number)} for number in there)]
    with Stubber(client) as stub:
        stub.add_response("list_versions_by_function", {"Versions": listed}, {"FunctionName": "f"})
        stub.add_response("list_aliases", {"Aliases": [alias]}, {"FunctionName": "f"})
        for version in deleted:
            stub.add_response("delete_function", {}, {"FunctionName": "f", "Qualifier": version})
        assert versions.prune(client, ["f"], 5) == ({"f": deleted} if deleted else {})
        stub.assert_no_pending_responses()
