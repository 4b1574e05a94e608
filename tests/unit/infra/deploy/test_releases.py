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

from infra.build import files
from infra.build.builder import COMMON, TEMPLATE, Built
from infra.build.targets import ROOT
from infra.deploy import aws_template, stages, versions
from infra.deploy import template as templates
from infra.deploy.stages import StageError
from tests import sam

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = templates.load(TEMPLATE)["Parameters"]
PUBLISHED = {function.name for function in templates.functions(templates.load(TEMPLATE)) if function.is_http}
#: Resources whose physical name, where one is written, must be free in the whole account and region.
NAMES = ("Name", "FunctionName", "QueueName", "LogGroupName", "RoleName", "TopicName", "AlarmName", "DashboardName",
         "BucketName", "LayerName", "ScheduleName")  # fmt: skip


def own(name: str) -> stages.Stage:
    """A stage of the committed configuration, filled in."""
    text = stages.CONFIGURATION.read_text().replace("EXAMPLE.COM", "gigsta.app")
    options = tomllib.loads(text)[name]["deploy"]["parameters"]
    written = dict(each.split("=", 1) for each in options.pop("parameter_overrides"))
    return stages.Stage(name, options, written)


def published(parameters: dict[str, str], layer: Path) -> dict[str, str]:
    """The version that each alias points to, by function, once SAM has processed what is deployed."""
    built = Built(layer, layer, files.fingerprint([layer]), without_byte_code=False)
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
    built = Built(layer, layer, "0", without_byte_code=False)
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
        ({"Geocoder": "nominatim"}, "needs GeocoderUrl"),
        ({"BookingSettings": '{"payment_hold": "soon"}'}, "BookingSettings: .*payment_hold: "),
        ({"BookingSettings": '{"payment_holds": "PT5M"}'}, "BookingSettings: .*payment_holds: "),
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
    own_server = {"Geocoder": "nominatim", "GeocoderUrl": "https://geo.gigsta.app"}
    assert stages._faults({**own("prod").parameters, **own_server}, KNOWN) == []


def test_the_configuration_that_is_deployed_has_the_parameters_that_were_checked(filled: Path, tmp_path: Path) -> None:
    rules = json.dumps({"tax_rules": {"nzd": {"name": "GST", "basis_points": 1500}}})
    stage = stages.read("prod", {"BookingSettings": rules}, filled)
    written = tomllib.loads(stage.write(tmp_path).read_text())["prod"]["deploy"]["parameters"]
    assert written["stack_name"] == "gigsta-prod"
    assert written["capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    assert written["parameter_overrides"][-1].startswith('BookingSettings="{\\"tax_rules\\": {')
    assert len(written["parameter_overrides"]) == len(stage.parameters)


def test_a_deployment_is_never_cut_off_by_the_next() -> None:
    workflow: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    assert "concurrency" not in workflow, "it would hold for the deployment too"
    deploy, test = workflow["jobs"]["deploy"]["concurrency"], workflow["jobs"]["test"]["concurrency"]
    assert deploy["cancel-in-progress"] is False
    assert deploy["group"] != test["group"]


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
def test_all_but_the_last_five_versions_are_deleted_unless_an_alias_needs_them(
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
        assert versions.prune(client, ["f"]) == ({"f": deleted} if deleted else {})
        stub.assert_no_pending_responses()
