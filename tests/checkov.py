"""Checkov over the template as AWS gets it: ``python -m tests.checkov``, which `make checkov` calls.

It is 190 MB and takes half a minute, so it has an environment of its own, which uv keeps, and no part in `make test`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

from infra.deploy import composition
from tests import sam

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOV = "checkov==3.3.30"
#: What it asks for and we do not do, and why.
SKIPPED: Mapping[str, str] = {
    "CKV_AWS_18": "access logs of photographs would name people; who may read them is decided by signed addresses",
    "CKV_AWS_21": "a photograph that somebody deletes must be gone; versions would keep it",
    "CKV_AWS_26": "CloudWatch may not use SNS's own key, so no alarm would arrive; alarms name no person",
    "CKV_AWS_27": "queues are encrypted by SQS's own keys (SqsManagedSseEnabled), which this check does not know",
    "CKV_AWS_115": "reserved concurrency is a parameter, since it takes from what the account's functions share",
    "CKV_AWS_116": "queue functions have dead letters at their queues; what a schedule misses, its next run makes up",
    "CKV_AWS_158": "logs are encrypted by CloudWatch's own keys, and hold no secret and no address",
    "CKV_AWS_173": "environment variables hold names of secrets, never secrets; Lambda encrypts them by its own key",
}


def main() -> int:
    """Run it; returns its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.json"
        resources = sam.processed(composition.compose())
        template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
        options = ["--framework", "cloudformation", "--quiet", "--compact", "--skip-download"]
        skipped = ["--skip-check", ",".join(SKIPPED)]
        command = [find_uv_bin(), "tool", "run", "--from", CHECKOV, "checkov", "-f", str(template), *options, *skipped]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
