"""Put the web app up: ``python -m infra.deploy.web --stage dev``, once the stage's functions are there.

What browsers keep for ever goes first, the page that names it last: whoever loads the app meanwhile gets the old one or
the new one, whole. Files of earlier releases stay for pages that are still open.
"""

from __future__ import annotations

import argparse
import json
import mimetypes
import re
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import boto3
from common.domain.payments.platform import Platform

from infra.deploy import stages
from infra.web.app import DIST, FOREVER, HASHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

_PAGE = "index.html"
_CONFIGURATION = "config.json"
_STRIPE_JS = "https://js.stripe.com/v3/"
#: Letters and digits, so that the `…` of an example is none.
_PUBLISHABLE = re.compile(r"pk_(test|live)_\w+")
_ASK_AGAIN = "no-cache"
#: What not every Python knows.
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}


def main() -> None:
    """Put the app up, or say what stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy.web", description=__doc__)
    parser.add_argument("--stage", default="dev", help="a section of samconfig.toml")
    name = parser.parse_args().stage
    try:
        stage = stages.read(name, {})
        if not stage.parameters.get("WebDomainName"):
            print(f"Stage {name} has no WebDomainName, so it serves no web app.")
            return
        known = configuration(name, stage.parameters.get("PlatformCountry", Platform.country))
        count = put_up(boto3.client("s3", region_name=stage.options["region"]), _bucket(stage), known)
    except stages.StageError as error:
        sys.exit(str(error))
    print(f"Put up {count} files for https://{stage.parameters['WebDomainName']}")


def configuration(name: str, country: str, path: Path = stages.CONFIGURATION) -> dict[str, Any]:
    """What the app asks for at its start.

    Args:
        name: The stage.
        country: Where its Stripe account is.
        path: The configuration of all stages.

    Raises:
        StageError: The stage's section names no publishable key.
    """
    given = tomllib.loads(path.read_text())[name].get("web", {})
    key = str(given.get("stripe_key", ""))
    if not _PUBLISHABLE.fullmatch(key):
        raise stages.StageError(
            f'Stage {name} needs Stripe\'s publishable key: [{name}.web] stripe_key = "pk_…" in {path.name}'
        )
    return {
        "stripe_js": _STRIPE_JS,
        "stripe_key": key,
        "tiles": given.get("tiles"),
        "currency": Platform(country).own_currency,
        "developer_pages": "",
    }


def put_up(s3: S3Client, bucket: str, known: dict[str, Any], dist: Path = DIST) -> int:
    """Store every file of a built app; returns how many.

    Args:
        s3: The client.
        bucket: Where to.
        known: What the app asks for at its start.
        dist: The built app.

    Raises:
        StageError: There is none.
    """
    if not (dist / _PAGE).is_file():
        raise stages.StageError(f"{dist} holds no web app: `make web-app` builds it, `make release` packs it")
    count = 0
    for key, body in [
        *_files(dist),
        (_CONFIGURATION, json.dumps(known).encode()),
        (_PAGE, (dist / _PAGE).read_bytes()),
    ]:
        s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=_type(key), CacheControl=_keeping(key))
        count += 1
    return count


def _files(dist: Path) -> Iterator[tuple[str, bytes]]:
    """Every file but the page, those with names of their content first; what begins with a dot is for nobody."""
    keys = [each.relative_to(dist).as_posix() for each in dist.rglob("*") if each.is_file()]
    wanted = [key for key in keys if key != _PAGE and not any(part.startswith(".") for part in key.split("/"))]
    for key in sorted(wanted, key=lambda each: (not _is_hashed(each), each)):
        yield key, (dist / key).read_bytes()


def _is_hashed(key: str) -> bool:
    return f"/{key}".startswith(HASHED)


def _keeping(key: str) -> str:
    return FOREVER if _is_hashed(key) else _ASK_AGAIN


def _type(key: str) -> str:
    suffix = f".{key.rsplit('.', 1)[-1]}"
    return _TYPES.get(suffix) or mimetypes.guess_type(key)[0] or "application/octet-stream"


def _bucket(stage: stages.Stage) -> str:
    """The bucket that the stage's stack has made.

    Raises:
        StageError: It has none: the functions come first.
    """
    client = boto3.client("cloudformation", region_name=stage.options["region"])
    outputs = client.describe_stacks(StackName=stage.options["stack_name"])["Stacks"][0].get("Outputs", [])
    found = next((each["OutputValue"] for each in outputs if each["OutputKey"] == "WebBucketName"), None)
    if found is None:
        raise stages.StageError(f"Stack {stage.options['stack_name']} has no WebBucketName: `make deploy` it first")
    return found


if __name__ == "__main__":
    main()
