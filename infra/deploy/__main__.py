"""Deploy a stage to AWS: ``python -m infra.deploy --stage dev [--arch arm64] [--parameter Name=Value] [-- options]``.

It refuses a stage that is not filled in, an account that lacks a secret or has another quota, and code that needs a
newer database than the stage has; it builds, deploys with the SAM CLI and deletes versions that nothing needs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import TYPE_CHECKING

import boto3
from uv import find_uv_bin

from infra.build import builder, finished, targets
from infra.build.builder import TEMPLATE
from infra.deploy import account, aws_template, schema, stages, versions
from infra.deploy import template as templates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.build.builder import Built

SAM = "aws-sam-cli==1.170.0"


def main() -> None:
    """Deploy, or say in a line each what stands in the way."""
    chosen = _arguments()
    overrides = dict(each.split("=", 1) for each in chosen.parameter)
    target = targets.aws(chosen.arch)
    try:
        stage = stages.read(chosen.stage, {**overrides, "Architecture": chosen.arch})
        _see_to_account(stage)
        built = finished.read(target) if chosen.prebuilt else builder.build(target)
        if chosen.database != "unseen":
            _see_to_database(stage, migrate=chosen.database == "migrate")
    except (stages.StageError, finished.NotBuiltError, schema.SchemaError) as error:
        sys.exit(str(error))
    _say_of(built, target)
    template = aws_template.write(target.folder, built, stage)
    configuration = stage.write(target.folder)
    sam = [find_uv_bin(), "tool", "run", "--from", SAM, "sam", "deploy", "--template-file", str(template)]
    done = subprocess.run(
        [*sam, "--config-file", str(configuration), "--config-env", stage.name, *chosen.sam], check=False
    )
    if done.returncode:
        sys.exit(done.returncode)
    _protect(stage)
    _prune(stage)


def _arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", default="dev", help="a section of samconfig.toml")
    parser.add_argument("--arch", choices=sorted(targets.PLATFORMS), default="arm64")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE", help="for this once")
    parser.add_argument("--prebuilt", action="store_true", help="deploy what build/aws holds, and build nothing")
    database = parser.add_mutually_exclusive_group()
    database.add_argument(
        "--migrate", dest="database", action="store_const", const="migrate", help="bring the database up to date first"
    )
    database.add_argument(
        "--database-unseen", dest="database", action="store_const", const="unseen",
        help="deploy although this machine cannot reach the database; migrations are seen to elsewhere",
    )  # fmt: skip
    parser.add_argument("sam", nargs="*", help="further options of `sam deploy`, after --")
    chosen = parser.parse_args()
    if wrong := [each for each in chosen.parameter if "=" not in each]:
        parser.error(f"a parameter is NAME=VALUE, not {wrong[0]}")
    return chosen


def _see_to_account(stage: stages.Stage) -> None:
    """See that the account has what the stage counts on.

    Raises:
        StageError: It has not.
    """
    region = stage.options["region"]
    clients = boto3.client("lambda", region_name=region), boto3.client("secretsmanager", region_name=region)
    if faults := list(account.faults(stage.parameters, templates.load(TEMPLATE), *clients)):
        raise stages.StageError("\n".join([f"The account does not fit stage {stage.name}:", *faults]))


def _see_to_database(stage: stages.Stage, *, migrate: bool) -> None:
    """Bring the stage's database up to date, or see that it is.

    Raises:
        SchemaError: It is not.
    """
    known: Mapping[str, Mapping[str, str]] = templates.load(TEMPLATE)["Parameters"]
    client = boto3.client("secretsmanager", region_name=stage.options["region"])
    database = schema.database_of(stage.parameters, client, known["MongodbDatabase"]["Default"])
    if migrate:
        print("\n".join(f"applied {name}" for name in schema.bring_up(database)) or "The database was up to date.")
    schema.check(database)


def _say_of(built: Built, target: targets.Target) -> None:
    """Say what of a build makes functions slower."""
    if built.without_byte_code:
        print(f"No Python {target.python} on this machine: no byte-code is shipped, so cold starts take longer.")


def _protect(stage: stages.Stage) -> None:
    """Keep the stack from being deleted by mistake, where the stage says so."""
    if stage.is_protected:
        client = boto3.client("cloudformation", region_name=stage.options["region"])
        client.update_termination_protection(EnableTerminationProtection=True, StackName=stage.options["stack_name"])


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
