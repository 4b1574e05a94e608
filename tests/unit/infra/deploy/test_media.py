"""The bucket of photographs and its worker, as the template has them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.adapters.aws.signed_urls import Credentials

from infra.build.builder import TEMPLATE
from infra.deploy import composition
from infra.deploy import template as templates
from tests import sam
from tests.factories.media import make_media

DOCUMENT = templates.load(TEMPLATE)
BUCKET = DOCUMENT["Resources"]["MediaBucket"]
#: A browser sends these itself, and asks nobody for leave
#: (https://fetch.spec.whatwg.org/#forbidden-request-header).
BY_THE_BROWSER = {"content-length"}


def test_browsers_may_send_what_is_signed_from_listed_origins_and_nothing_else() -> None:
    condition, cors, _ = BUCKET["Properties"]["CorsConfiguration"]["Fn::If"]
    [rule] = cors["CorsRules"]
    options = BucketOptions("photos", region="r", credentials=lambda: Credentials("a", "b"))
    signed = S3MediaBucket(options, lambda: datetime.now(UTC)).sign_upload(make_media()).headers
    assert condition == "HasCors"
    assert set(rule["AllowedHeaders"]) == {name.lower() for name in signed} - BY_THE_BROWSER
    assert rule["AllowedOrigins"] == {"Ref": "CorsOrigins"}
    assert rule["AllowedMethods"] == ["GET", "HEAD", "PUT"]
    assert "*" not in json.dumps(rule)


def test_the_bucket_is_private_and_outlives_the_stack() -> None:
    assert set(BUCKET["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert BUCKET["DeletionPolicy"] == BUCKET["UpdateReplacePolicy"] == "Retain"
    [rule] = BUCKET["Properties"]["LifecycleConfiguration"]["Rules"]
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("incoming/", 3)


def test_the_worker_alone_has_the_decoders_and_reads_one_photo_at_a_time() -> None:
    functions = {
        name: each["Properties"]
        for name, each in sam.processed(composition.compose()).items()
        if each["Type"] == "AWS::Lambda::Function"
    }
    with_decoders = [name for name, each in functions.items() if len(each["Layers"]) > 1]
    assert with_decoders == ["MediaQueueFunction"]
    assert [each.name for each in templates.functions(DOCUMENT) if each.layers] == with_decoders
    worker = functions["MediaQueueFunction"]
    assert (worker["MemorySize"], worker["Timeout"]) == (1769, 60)
    source = DOCUMENT["Resources"]["MediaQueueFunction"]["Properties"]["Events"]["Queue"]["Properties"]
    assert (source["BatchSize"], source["ScalingConfig"]) == (1, {"MaximumConcurrency": 5})
