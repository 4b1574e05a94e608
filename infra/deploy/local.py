"""Deploy the template to MiniStack in seconds, without the SAM CLI."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.deploy import composition, release, routes, versions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mypy_boto3_cloudformation import CloudFormationClient

STACK = "gigsta"
BUCKET = "gigsta-deploy"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
# A slow answer must not make boto3 ask again: the stack would exist already.
ONCE = Config(read_timeout=300, retries={"total_max_attempts": 1})
CODE_PROPERTY = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class DeployError(RuntimeError):
    """The stack did not come to be; the message holds CloudFormation's reasons."""


@dataclass(frozen=True)
class Deployed:
    """What a deployment made.

    Attributes:
        outputs: The stack's outputs by name.
        functions: Physical function names by logical id.
        mark: Stands for template and parameters.
    """

    outputs: dict[str, str]
    functions: dict[str, str]
    mark: str


def deploy(path: Path, parameters: Mapping[str, str], fingerprint: str, settings: Mapping[str, Any]) -> Deployed:
    """Create or update the stack; nothing happens where nothing changed.

    The code that runs is the runner's (built folders or live sources), so what is uploaded for a function is a mark
    with the fingerprint of the build, not the code again.

    Args:
        path: The template.
        parameters: The stack's parameters.
        fingerprint: Stands for the built code.
        settings: Arguments for boto3 clients, endpoint included.

    Returns:
        Outputs, function names and the mark.

    Raises:
        DeployError: When the stack fails or has other routes than the code.
    """
    template = release.marked(composition.compose(path), fingerprint, parameters)
    _point_to_marks(template, fingerprint, settings)
    _write_concurrency(template, parameters)
    body = json.dumps(template, sort_keys=True)
    wanted = hashlib.sha256((body + json.dumps(dict(parameters), sort_keys=True)).encode()).hexdigest()
    client = boto3.client("cloudformation", config=ONCE, **settings)
    if _deployed_mark(client) != wanted:
        _apply(client, _upload(body, settings), {**parameters}, wanted)
    deployed = _describe(client, wanted)
    versions.prune(boto3.client("lambda", **settings), deployed.functions.values())
    _check_routes(deployed, settings)
    return deployed


def _point_to_marks(template: dict[str, Any], fingerprint: str, settings: Mapping[str, Any]) -> None:
    """Replace source folders by uploaded marks."""
    storage = boto3.client("s3", **settings)
    with contextlib.suppress(storage.exceptions.BucketAlreadyOwnedByYou):
        storage.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": settings["region_name"]})
    mark = io.BytesIO()
    with zipfile.ZipFile(mark, "w") as archive:
        archive.writestr(zipfile.ZipInfo("BUILD"), fingerprint)
    storage.put_object(Bucket=BUCKET, Key=fingerprint, Body=mark.getvalue())
    for resource in template["Resources"].values():
        if isinstance(resource, dict) and (key := CODE_PROPERTY.get(resource["Type"])):
            resource["Properties"][key] = f"s3://{BUCKET}/{fingerprint}"


def _write_concurrency(template: dict[str, Any], parameters: Mapping[str, str]) -> None:
    """Write how many of a queue's function may run as the number that it is.

    CloudFormation hands a parameter of the type Number on as one; MiniStack as text, and its pollers stop at that.
    """
    for resource in template["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            scaling = event.get("Properties", {}).get("ScalingConfig", {})
            name = scaling.get("MaximumConcurrency")
            if isinstance(name, dict):
                default = template["Parameters"][name["Ref"]]["Default"]
                scaling["MaximumConcurrency"] = int(parameters.get(name["Ref"], default))


def _upload(body: str, settings: Mapping[str, Any]) -> str:
    """Store the template, too long for a request, and return its address."""
    boto3.client("s3", **settings).put_object(Bucket=BUCKET, Key="template.json", Body=body.encode())
    return f"{settings['endpoint_url']}/{BUCKET}/template.json"


def _deployed_mark(client: CloudFormationClient) -> str | None:
    """Return the mark of the stack that stands, or None where there is none in order."""
    try:
        stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError:
        return None
    if stack["StackStatus"] not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        return None
    return next((tag["Value"] for tag in stack.get("Tags", []) if tag["Key"] == "mark"), None)


def _apply(client: CloudFormationClient, url: str, parameters: dict[str, str], mark: str) -> None:
    """Create or update the stack and wait for it."""
    exists = any(stack["StackName"] == STACK for stack in client.describe_stacks().get("Stacks", []))
    change = client.update_stack if exists else client.create_stack
    change(
        StackName=STACK,
        TemplateURL=url,
        Capabilities=CAPABILITIES,  # type: ignore[arg-type]
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Tags=[{"Key": "mark", "Value": mark}],
    )
    waiter = client.get_waiter("stack_update_complete" if exists else "stack_create_complete")
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 0.1, "MaxAttempts": 600})  # type: ignore[typeddict-item]
    except Exception as error:
        raise DeployError(f"The stack failed:\n{_failures(client)}") from error


def _failures(client: CloudFormationClient) -> str:
    """Collect what CloudFormation says about failed resources."""
    events = client.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = (event for event in events if event.get("ResourceStatus", "").endswith("FAILED"))
    return "\n".join(f"  {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)


def _describe(client: CloudFormationClient, mark: str) -> Deployed:
    """Read outputs and function names of the stack."""
    stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
    resources = client.get_paginator("list_stack_resources").paginate(StackName=STACK)
    functions = {
        entry["LogicalResourceId"]: entry["PhysicalResourceId"]
        for page in resources
        for entry in page["StackResourceSummaries"]
        if entry["ResourceType"] == "AWS::Lambda::Function"
    }
    return Deployed({output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}, functions, mark)


def _check_routes(deployed: Deployed, settings: Mapping[str, Any]) -> None:
    """Compare the API's routes with the code's, since a missing one would show as a 404 only."""
    api = boto3.client("apigatewayv2", **settings)
    there = {route["RouteKey"] for route in api.get_routes(ApiId=deployed.outputs["ApiId"])["Items"]}
    wanted = {route.key for route in routes.deployed()}
    if there != wanted:
        raise DeployError(f"Routes differ: missing {sorted(wanted - there)}, unknown {sorted(there - wanted)}")
