"""The web app on AWS: what browsers are told of it is what the local cloud tells them, and how it is put up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from infra.build.builder import TEMPLATE
from infra.deploy import template as templates
from infra.deploy import web
from infra.deploy.stages import StageError
from infra.local.gateway.web import page_headers
from infra.local.info import CloudInfo

if TYPE_CHECKING:
    from pathlib import Path

    from mypy_boto3_s3 import S3Client

LOCAL = "http://localhost:8000"
BUCKET = "http://localhost:4566"
#: What differs between a laptop and AWS: where sockets and the bucket of photographs are.
ADDRESSES = {"ws://localhost:8000", BUCKET}
ON_AWS = {
    "wss://*.${AWS::URLSuffix}", "https://*.${AWS::URLSuffix}", "${RealtimeUrl}", "${MediaEndpointUrl}",
}  # fmt: skip
KNOWN = {"stripe_js": "https://js.stripe.com/v3/", "stripe_key": "pk_test_1"}


def sources(policy: str, *, apart_from: set[str]) -> dict[str, set[str]]:
    """What each directive of a Content-Security-Policy allows."""
    parts = [each.split() for each in policy.split(";")]
    return {name: set(allowed) - apart_from for name, *allowed in parts}


def test_cloudfront_tells_browsers_what_the_local_cloud_does() -> None:
    headers = page_headers(CloudInfo(1, LOCAL, BUCKET, "", "", "", "", "", stripe_publishable_key="pk_test_1"))
    given = templates.load(TEMPLATE)["Resources"]["WebHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = given["SecurityHeadersConfig"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]

    here = sources(headers["Content-Security-Policy"], apart_from=ADDRESSES)
    assert sources(policy, apart_from=ON_AWS) == here
    assert "'unsafe-inline'" not in policy
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == headers["Referrer-Policy"]
    assert ("ContentTypeOptions" in security) == (headers["X-Content-Type-Options"] == "nosniff")


class FakeBucket:
    """Keeps what is stored, in the order in which it came."""

    def __init__(self) -> None:
        self.objects: list[dict[str, Any]] = []

    def put_object(self, **wanted: Any) -> None:
        self.objects.append(wanted)


def test_files_of_their_content_come_first_and_are_kept_and_the_page_comes_last(tmp_path: Path) -> None:
    for name in ("index.html", "push.js", "assets/app-1a2b.js", "assets/font-3c.woff2", ".sources"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    bucket = FakeBucket()

    assert web.put_up(cast("S3Client", bucket), "the-bucket", KNOWN, tmp_path) == 5

    assert [(each["Key"], each["ContentType"], "immutable" in each["CacheControl"]) for each in bucket.objects] == [
        ("assets/app-1a2b.js", "text/javascript", True),
        ("assets/font-3c.woff2", "font/woff2", True),
        ("push.js", "text/javascript", False),
        ("config.json", "application/json", False),
        ("index.html", "text/html", False),
    ]
    assert json.loads(bucket.objects[3]["Body"]) == KNOWN


def test_an_app_that_is_not_built_and_a_stage_without_a_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StageError, match="make web-app"):
        web.put_up(cast("S3Client", FakeBucket()), "the-bucket", KNOWN, tmp_path)
    file = tmp_path / "samconfig.toml"
    file.write_text('[prod.web]\nstripe_key = "sk_live_no"\n')
    with pytest.raises(StageError, match="publishable"):
        web.configuration("prod", "NZ", file)
    file.write_text('[prod.web]\nstripe_key = "pk_live_1"\n')
    known = web.configuration("prod", "AU", file)
    assert (known["stripe_key"], known["currency"]) == ("pk_live_1", "aud")
