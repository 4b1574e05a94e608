"""Checkov over the templates as AWS gets them: ``python -m tests.checkov``, which `make checkov` calls.

It is 190 MB and takes half a minute, so it has an environment of its own, which uv keeps, and no part in `make test`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

from infra.build.targets import ROOT
from infra.deploy import composition
from tests import sam

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CHECKOV = "checkov==3.3.30"
FIREWALL = ROOT / "infra" / "edge" / "firewall.yaml"
#: What it asks for and we do not do, and why.
SKIPPED: Mapping[str, str] = {
    "CKV_AWS_18": "access logs of photographs would name people; who may read them is decided by signed addresses",
    "CKV_AWS_21": "a photograph that somebody deletes must be gone; versions would keep it",
    "CKV_AWS_26": "CloudWatch may not use SNS's own key, so no alarm would arrive; alarms name no person",
    "CKV_AWS_27": "queues are encrypted by SQS's own keys (SqsManagedSseEnabled), which this check does not know",
    "CKV_AWS_86": "access logs of CloudFront would keep people's addresses a second time; the API has its own",
    "CKV_AWS_116": "queue functions have dead letters at their queues; what a schedule misses, its next run makes up",
    "CKV_AWS_158": "logs are encrypted by CloudWatch's own keys, and hold no secret and no address",
    "CKV_AWS_173": "environment variables hold names of secrets, never secrets; Lambda encrypts them by its own key",
}


@dataclass(frozen=True)
class Finding:
    """Something that checkov would have otherwise.

    Attributes:
        check: The check's id.
        what: What it asks for.
        resource: Of which resource.
    """

    check: str
    what: str
    resource: str


def faults(found: Iterable[Finding], skipped: Mapping[str, str] = SKIPPED) -> list[str]:
    """Say what is asked for and not skipped, and what is skipped and nobody asks for.

    Args:
        found: Everything that checkov finds.
        skipped: Checks that may fail, each with the reason.
    """
    found = list(found)
    new = [f"{each.check} {each.resource}: {each.what}" for each in found if each.check not in skipped]
    stale = sorted(skipped.keys() - {each.check for each in found})
    return [*new, *(f"{check} is skipped, and nothing fails it any more: {skipped[check]}" for check in stale)]


def main() -> int:
    """Look at the template and at the firewall's; returns the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.json"
        resources = sam.processed(composition.compose())
        template.write_text(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}))
        found = [each for path in (template, FIREWALL) for each in _findings(path)]
    wrong = faults(found)
    sys.stdout.write("\n".join([*(wrong or [f"{len(found)} findings, each of them skipped with a reason."]), ""]))
    return 1 if wrong else 0


def _findings(template: Path) -> Iterator[Finding]:
    options = ["--framework", "cloudformation", "--quiet", "--compact", "--skip-download", "--output", "json"]
    command = [find_uv_bin(), "tool", "run", "--from", CHECKOV, "checkov", "-f", str(template), *options]
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
    report = json.loads(done.stdout)
    # Without findings it answers with the summary alone.
    if not report.get("passed", report.get("summary", {}).get("passed")):
        raise SystemExit(f"checkov has looked at nothing of {template.name}: {done.stdout[:500]}")
    for each in report.get("results", {}).get("failed_checks", []):
        yield Finding(each["check_id"], each["check_name"], each["resource"])


if __name__ == "__main__":
    sys.exit(main())
