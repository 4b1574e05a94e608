"""What stands in the way of a deployment before anything has changed: combinations, connections, the account."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber

from infra.build.builder import TEMPLATE
from infra.build.targets import ROOT
from infra.deploy import account, combinations, connections, stages
from infra.deploy import template as templates
from infra.deploy.stages import StageError

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = templates.load(TEMPLATE)
KNOWN = DOCUMENT["Parameters"]
REGION = "ap-southeast-2"
WEB = {
    "WebDomainName": "gigsta.app", "WebCertificateArn": "arn:aws:acm:us-east-1:1:certificate/a",
    "EdgeKeySecretName": "edge", "PublicBaseUrl": "https://gigsta.app", "FrontendBaseUrl": "https://gigsta.app",
}  # fmt: skip
#: Set by nobody who deploys: for the local cloud, for tests, or given by `make deploy ARCH=…`.
INNER = {"Architecture", "Alarms", "StripeApiBase", "SocketsBaseUrl", "MailEvents", "QueueVisibilitySeconds", "Tracing"}
SECTIONS = tomllib.loads(stages.CONFIGURATION.read_text())


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "filled.toml"
    path.write_text(stages.CONFIGURATION.read_text().replace("EXAMPLE.COM", "gigsta.app"))
    return path


def written(stage: str) -> dict[str, str]:
    return dict(each.split("=", 1) for each in SECTIONS[stage]["deploy"]["parameters"]["parameter_overrides"])


def test_every_parameter_is_in_the_configuration_or_told_by_the_steps_of_a_deployment() -> None:
    told = (ROOT / "docs" / "deployment.md").read_text() + (ROOT / "docs" / "runbook.md").read_text()
    given = written("dev").keys() & written("prod").keys()
    assert [name for name, each in KNOWN.items() if "Default" not in each and name not in given] == []
    assert [name for name in KNOWN if name not in {*given, *INNER} and f"`{name}" not in told] == []


def test_every_secret_that_can_be_named_has_its_row_and_the_configuration_names_it_so() -> None:
    table = (ROOT / "docs" / "deployment.md").read_text().split("## 5. Secrets")[1].split("\n## ")[0]
    rows = dict(re.findall(r"^\| `gigsta/STAGE/([\w-]+)` \|.*\| ([^|]+) \|$", table, re.MULTILINE))
    for stage in ("dev", "prod"):
        named = {name: value for name, value in written(stage).items() if name.endswith("SecretName")}
        for name, value in named.items():
            folder, has, row = value.split("/")
            assert (folder, has) == ("gigsta", stage)
            assert rows[row] == "yes", name
        others = {name for name in KNOWN if name.endswith("SecretName")} - set(named)
        assert {name for name in others if not any(f"`{name}`" in when for when in rows.values())} == set()
        assert sum(when == "yes" for when in rows.values()) == len(named)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"Geocoder": "nominatim"}, "Geocoder=nominatim needs GeocoderUrl and GeocoderContact"),
        ({"Geocoder": "addressable"}, "Geocoder=addressable needs GeocoderKeySecretName"),
        ({"ReportVerifier": "gemini"}, "ReportVerifier=gemini needs GeminiKeySecretName"),
        ({"WebDomainName": "gigsta.app"}, "WebDomainName needs WebCertificateArn and EdgeKeySecretName"),
        ({"EdgeKeySecretName": "edge"}, "EdgeKeySecretName needs WebDomainName"),
        ({"WebAclArn": "arn:aws:wafv2:us-east-1:1:global/webacl/a"}, "WebAclArn needs WebDomainName"),
        ({**WEB, "WebAclArn": "arn:aws:wafv2:eu-west-1:1:global/webacl/a"}, "WebAclArn=.* is not of us-east-1"),
        ({**WEB, "WebCertificateArn": f"arn:aws:acm:{REGION}:1:certificate/a"}, "WebCertificateArn=.* is not of us-"),
        ({**WEB, "PublicBaseUrl": "https://api.gigsta.app"}, "PublicBaseUrl=.* is not https://gigsta.app"),
        ({**WEB, "FrontendBaseUrl": "https://www.gigsta.app"}, "FrontendBaseUrl=.* is not https://gigsta.app"),
        ({"ApiDomainName": "api.gigsta.app"}, "ApiDomainName needs ApiCertificateArn"),
        ({"ApiDomainName": "a.gigsta.app", "ApiCertificateArn": "arn:aws:acm:us-east-1:1:certificate/a"},
         f"ApiCertificateArn=.* is not of {REGION}"),
        ({"PublicBaseUrl": "https://api.gigsta.app/"}, "PublicBaseUrl=.* is no https://host"),
        ({"PublicBaseUrl": "http://api.gigsta.app"}, "PublicBaseUrl=.* is no https://host"),
        ({"CorsOrigins": "https://gigsta.app/"}, "CorsOrigins has https://gigsta.app/, which is no origin"),
        ({"CorsOrigins": "gigsta.app"}, "CorsOrigins has gigsta.app, which is no origin"),
        ({"SubnetIds": "subnet-1"}, "SubnetIds needs SecurityGroupIds"),
        ({"PushPublicKey": "k"}, "PushPublicKey needs PushPrivateKeySecretName"),
        ({"MediaEndpointUrl": "https://r2"}, "MediaEndpointUrl needs MediaBucketName and MediaCredentialsSecretName"),
        ({"TermsRequired": "providers"}, "TermsRequired=providers needs TermsVersion"),
    ],
)  # fmt: skip
def test_parameters_that_do_not_go_together_stop_the_deployment(given: dict[str, str], said: str, filled: Path) -> None:
    with pytest.raises(StageError, match=said):
        stages.read("prod", given, filled)


@pytest.mark.parametrize(
    "given",
    [
        WEB,
        {**WEB, "WebAclArn": "arn:aws:wafv2:us-east-1:1:global/webacl/a"},
        {"Geocoder": "nominatim", "GeocoderUrl": "https://geo.gigsta.app", "GeocoderContact": "a@gigsta.app"},
        {"ApiDomainName": "api.gigsta.app", "ApiCertificateArn": f"arn:aws:acm:{REGION}:1:certificate/a"},
        {"FrontendBaseUrl": "https://gigsta.app/app"},
        {"CorsOrigins": ""},
    ],
)
def test_parameters_that_go_together_are_taken(given: dict[str, str], filled: Path) -> None:
    assert stages.read("prod", given, filled).parameters.items() >= given.items()


def test_a_section_that_was_copied_and_not_changed_overwrites_nobody(filled: Path) -> None:
    text = filled.read_text()
    filled.write_text(f"{text}\n{text[text.index('[dev.') : text.index('[prod.')].replace('[dev.', '[trial.')}")
    with pytest.raises(StageError) as refused:
        stages.read("trial", {}, filled)
    for fault in (
        "Stage is not trial", "stack_name=gigsta-dev is the stack of dev",
        "MongodbSecretName and MongodbDatabase are those of dev",
    ):  # fmt: skip
        assert fault in str(refused.value)
    changed = filled.read_text()
    at = changed.index("[trial.")
    filled.write_text(changed[:at] + changed[at:].replace("gigsta-dev", "gigsta-trial").replace("=dev", "=trial"))
    assert stages.read("trial", {}, filled).options["stack_name"] == "gigsta-trial"


def test_every_need_is_of_parameters_that_there_are() -> None:
    for each in combinations.NEEDS:
        assert {each.name, *each.needs} <= set(KNOWN)
        assert not each.value or each.value in KNOWN[each.name]["AllowedValues"]


def said(tier: str, **parameters: str) -> list[str]:
    return list(connections.faults({"tier": tier}, parameters, DOCUMENT))


@pytest.mark.parametrize(
    ("tier", "parameters", "wrong"),
    [
        ("M10", {"AccountConcurrency": "200"}, ""),
        ("M10", {"AccountConcurrency": "213"}, "213 functions at once may open 1491 .* takes 1490.* at most 212"),
        ("M10", {}, "1000 functions at once may open 7000 connections"),
        ("M30", {"AccountConcurrency": "427"}, ""),
        ("M30", {"AccountConcurrency": "428"}, "may open 2996"),
        ("M50", {}, ""),
        # A bound for each lets an account of many functions keep a small cluster.
        ("M10", {"FunctionConcurrency": "10"}, ""),
        ("M10", {"FunctionConcurrency": "12"}, "may open"),
        # Lambda would refuse, or throttle what queues send.
        ("M60", {"FunctionConcurrency": "90"}, r"reserves \d+ for \d+ functions, and .* leaves 900"),
        ("M10", {"FunctionConcurrency": "9"}, "FunctionConcurrency=9 throttles RealtimeQueueFunction, .* sends 10"),
        ("M30", {"FunctionConcurrency": "10", "NotificationsConcurrency": "11"}, "throttles NotificationsQueue"),
        ("M11", {}, "needs tier = one of M10, "),
    ],
)  # fmt: skip
def test_functions_open_no_more_connections_than_the_cluster_takes(
    tier: str, parameters: dict[str, str], wrong: str
) -> None:
    found = said(tier, **parameters)
    assert found == [] if not wrong else any(re.search(wrong, each) for each in found), found


def test_a_stage_says_which_cluster_it_has(filled: Path) -> None:
    filled.write_text(re.sub(r"\[prod\.database\]\ntier = .*\n", "", filled.read_text()))
    with pytest.raises(StageError, match="needs tier = one of M10"):
        stages.read("prod", {}, filled)
    filled.write_text(f"{filled.read_text()}\n[prod.database]\nconnections = 1399\n")
    with pytest.raises(StageError, match="the cluster takes 1399"):
        stages.read("prod", {}, filled)
    filled.write_text(filled.read_text().replace("1399", "1400"))
    assert stages.read("prod", {}, filled).parameters["AccountConcurrency"] == "200"


def test_an_account_lacks_nothing_that_the_stage_counts_on() -> None:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)
    functions, secrets = session.client("lambda"), session.client("secretsmanager")
    given = {"AccountConcurrency": "200", "ASecretName": "a", "BSecretName": "b", "CSecretName": "c", "DSecretName": ""}
    with Stubber(functions) as lambdas, Stubber(secrets) as stored:
        lambdas.add_response("get_account_settings", {"AccountLimit": {"ConcurrentExecutions": 10}})
        stored.add_response("describe_secret", {"Name": "a"}, {"SecretId": "a"})
        stored.add_client_error("describe_secret", "ResourceNotFoundException", expected_params={"SecretId": "b"})
        stored.add_response("describe_secret", {"DeletedDate": "2026-11-30T00:00:00Z"}, {"SecretId": "c"})
        quota, missing, going = account.faults(given, DOCUMENT, functions, secrets)
    assert quota.startswith("AccountConcurrency=200, ")
    assert quota.endswith(" is 10")
    assert (missing, going) == tuple(
        f"{name}SecretName={name.lower()} is no secret of this account and region" for name in "BC"
    )
