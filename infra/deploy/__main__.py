"""Deploy a stage to AWS: ``python -m infra.deploy --stage dev [--arch arm64] [--parameter Name=Value] [-- options]``.

It refuses a stage that is not filled in, builds, deploys with the SAM CLI and deletes versions that nothing needs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

import boto3
from uv import find_uv_bin

from infra.build import builder, targets
from infra.deploy import aws_template, stages, versions

SAM = "aws-sam-cli==1.170.0"


def main() -> None:
    """Deploy, or say in a line each what stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", default="dev", help="a section of samconfig.toml")
    parser.add_argument("--arch", choices=sorted(targets.PLATFORMS), default="arm64")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="for this once")
    parser.add_argument("sam", nargs="*", help="further options of `sam deploy`, after --")
    chosen = parser.parse_args()
    if wrong := [each for each in chosen.parameter if "=" not in each]:
        parser.error(f"a parameter is NAME=VALUE, not {wrong[0]}")
    overrides = dict(each.split("=", 1) for each in chosen.parameter)
    try:
        stage = stages.read(chosen.stage, {**overrides, "Architecture": chosen.arch})
    except stages.StageError as error:
        sys.exit(str(error))
    target = targets.aws(chosen.arch)
    built = builder.build(target)
    if built.without_byte_code:
        print(f"No Python {target.python} on this machine: no byte-code is shipped, so cold starts take longer.")
    template = aws_template.write(target.folder, built, stage.parameters)
    configuration = stage.write(target.folder)
    sam = [find_uv_bin(), "tool", "run", "--from", SAM, "sam", "deploy", "--template-file", str(template)]
    done = subprocess.run(
        [*sam, "--config-file", str(configuration), "--config-env", stage.name, *chosen.sam], check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    _prune(stage)


def _prune(stage: stages.Stage) -> None:
    """Delete what the release has outdated."""
    region, stack = stage.options["region"], stage.options["stack_name"]
    pages = boto3.client("cloudformation", region_name=region).get_paginator("list_stack_resources")
    functions = [
        each["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::Lambda::Function"
    ]
    deleted = versions.prune(boto3.client("lambda", region_name=region), functions)
    print(f"Deleted {sum(map(len, deleted.values()))} versions older than the last {versions.KEPT} of each function.")


if __name__ == "__main__":
    main()
