"""What functions are allowed, in the template as AWS gets it once SAM has processed it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from infra.build.builder import TEMPLATE
from infra.deploy import composition
from infra.deploy import template as templates
from tests import sam

if TYPE_CHECKING:
    from collections.abc import Iterator

#: AWS offers no resource that these actions could be limited to; the second lot is there in subnets only.
UNLIMITED = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
}


@pytest.fixture(scope="module")
def processed() -> dict[str, Any]:
    """The template's resources after SAM's own transformation."""
    return sam.processed(composition.compose())


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def statements(resources: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                yield name, statement.get("Fn::If", [None, statement])[1]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_every_function_has_a_role_of_its_own_and_no_role_has_a_managed_policy(processed: dict[str, Any]) -> None:
    functions = of_type(processed, "AWS::Lambda::Function")
    assert len(functions) == len(templates.functions(templates.load(TEMPLATE)))
    for name, function in functions.items():
        assert function["Role"] == {"Fn::GetAtt": [f"{name}Access", "Arn"]}
    for role in of_type(processed, "AWS::IAM::Role").values():
        assert not role.get("ManagedPolicyArns")


def test_nothing_is_allowed_on_everything_but_what_knows_no_resources(processed: dict[str, Any]) -> None:
    unlimited = {
        action
        for _, statement in statements(processed)
        if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"])
        for action in listed(statement["Action"])
    }
    assert unlimited <= UNLIMITED
    assert not [action for _, each in statements(processed) for action in listed(each["Action"]) if "*" in action]


def test_a_functions_own_code_makes_no_network_interfaces(processed: dict[str, Any]) -> None:
    document = json.dumps(processed["AuthFunctionAccess"])
    assert document.count('"HasVpc"') == 2
    denied = [each for _, each in statements(processed) if each["Effect"] == "Deny"]
    assert len(denied) == len(of_type(processed, "AWS::Lambda::Function"))
    assert all("ec2:CreateNetworkInterface" in each["Action"] for each in denied)


def test_a_queue_function_reads_from_its_own_queue_alone_and_staffs_from_dead_letters(
    processed: dict[str, Any],
) -> None:
    reads = {
        name: listed(statement["Resource"])
        for name, statement in statements(processed)
        if "sqs:ReceiveMessage" in listed(statement["Action"])
    }
    sources = of_type(processed, "AWS::Lambda::EventSourceMapping")
    mapped = {f"{each['FunctionName']['Ref']}Access": [each["EventSourceArn"]] for each in sources.values()}
    redriven = reads.pop("AdminFunctionAccess")
    assert reads == mapped
    assert all(each["Fn::GetAtt"][0].endswith("DeadLetters") for each in redriven)
    assert len(redriven) == len(mapped)


def test_a_function_writes_to_its_own_log_group_alone(processed: dict[str, Any]) -> None:
    writes = {
        name: statement["Resource"]
        for name, statement in statements(processed)
        if "logs:PutLogEvents" in listed(statement["Action"])
    }
    assert writes == {
        f"{name}Access": {"Fn::GetAtt": [f"{name}Logs", "Arn"]} for name in of_type(processed, "AWS::Lambda::Function")
    }
