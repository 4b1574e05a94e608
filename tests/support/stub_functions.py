"""Functions of a few lines in place of the real ones, to test what carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.build.builder import TEMPLATE
from infra.deploy import template as templates

if TYPE_CHECKING:
    from pathlib import Path

HTTP = """
import json, os, sys, time

VERSION = 1

def handler(event, context):
    query = event.get("queryStringParameters") or {}
    time.sleep(float(query.get("sleep", 0)))
    answer = {
        "version": VERSION,
        "pid": os.getpid(),
        "path": event["rawPath"],
        "source_ip": event["requestContext"]["http"]["sourceIp"],
        "host": event["headers"].get("host"),
        "sys_path": sys.path,
        "environment": dict(os.environ),
        "left_ms": context.get_remaining_time_in_millis(),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
"""

QUEUE = """
import json

def handler(event, context):
    print(json.dumps({"message": "received", "bodies": [record["body"] for record in event["Records"]]}))
    return {
        "batchItemFailures": [
            {"itemIdentifier": record["messageId"]} for record in event["Records"] if record["body"] == "bad"
        ]
    }
"""

SCHEDULE = """
def handler(event, context):
    print("ticked")
"""


def write(folder: Path) -> Path:
    """Write a stub for every handler of the template.

    Args:
        folder: Stands for ``functions``.

    Returns:
        The folder.
    """
    for function in templates.functions(templates.load(TEMPLATE)):
        _, area, module, _ = function.handler.split(".")
        source = HTTP if function.is_http else SCHEDULE if function.schedule else QUEUE
        path = folder / area / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return folder
