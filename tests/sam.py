"""SAM's own transformation, in a process of its own: ``python -m tests.sam`` turns standard input into output."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from functools import cache
from typing import Any

from infra.build.targets import ROOT

_SECONDS = 120
_REGION = "ap-southeast-2"
_PARAMETERS = {
    "MongodbSecretName": "mongodb",
    "StripeSecretName": "stripe",
    "JwtSigningKeysSecretName": "keys",
    "FactorKeysSecretName": "factors",
    "PublicBaseUrl": "https://api.example.com",
    "FrontendBaseUrl": "https://example.com",
    "MailFrom": "hello@example.com",
    "CorsOrigins": "https://example.com",
}


def processed(document: dict[str, Any]) -> dict[str, Any]:
    """Return the resources CloudFormation would get.

    Args:
        document: A template without loops.

    Raises:
        ValueError: SAM refuses the template.
    """
    resources: dict[str, Any] = json.loads(_translated(json.dumps(_uploaded(document))))
    return resources


def _uploaded(document: dict[str, Any]) -> dict[str, Any]:
    """The document with its code in a bucket: the translator knows no other, and no folder tells two apart."""
    document = copy.deepcopy(document)
    for resource in document["Resources"].values():
        for key in ("CodeUri", "ContentUri"):
            if key in resource.get("Properties", {}):
                resource["Properties"][key] = "s3://bucket/key"
    return document


@cache
def _translated(document: str) -> str:
    """Translate a document once for all who ask: it takes seconds."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sam"],
        input=document,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "AWS_DEFAULT_REGION": _REGION},
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise ValueError(done.stderr)
    return done.stdout


def _translate() -> None:
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    document = json.load(sys.stdin)
    json.dump(Translator({}, Parser()).translate(document, _PARAMETERS, {})["Resources"], sys.stdout)


if __name__ == "__main__":
    _translate()
