"""Addresses are signed as boto3 signs them, and are the same for five minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import boto3
import time_machine
from botocore.config import Config
from common.adapters.aws.media_bucket import BucketOptions, S3MediaBucket
from common.adapters.aws.signed_urls import Credentials
from common.domain.media.media import Purpose

from tests.factories.media import make_media, make_ready

NOW = datetime(2026, 11, 29, 14, 3, 21, tzinfo=UTC)
PAIR = Credentials("AKIDEXAMPLE", "secret", "token/with+signs=")
ENDPOINT = "https://storage.test:8443"


def _bucket(now: datetime = NOW, **options: object) -> S3MediaBucket:
    given = {"name": "photos", "endpoint": ENDPOINT, "region": "auto", "credentials": lambda: PAIR, **options}
    return S3MediaBucket(BucketOptions(**given), lambda: now)  # type: ignore[arg-type]


def _signed(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@time_machine.travel(NOW, tick=False)
def test_an_upload_is_signed_as_boto3_does_it() -> None:
    media = make_media(sha256="ab" * 32, size=1234)
    client = boto3.client(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="auto",
        aws_access_key_id=PAIR.access_key,
        aws_secret_access_key=PAIR.secret_key,
        aws_session_token=PAIR.token,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    upload = _bucket().sign_upload(media)
    headers = upload.headers
    theirs = client.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": "photos",
            "Key": media.key,
            "ContentLength": 1234,
            "ContentType": headers["Content-Type"],
            "ChecksumSHA256": headers["x-amz-checksum-sha256"],
            "IfNoneMatch": "*",
        },
        ExpiresIn=600,
    )
    assert _signed(upload.url) == _signed(theirs)
    assert urlsplit(upload.url).path == urlsplit(theirs).path
    assert upload.expires_at == NOW + timedelta(minutes=10)


def test_where_no_checksum_is_known_none_is_signed() -> None:
    upload = _bucket(signs_checksum=False).sign_upload(make_media())
    assert dict(upload.headers) == {"Content-Type": "image/jpeg", "If-None-Match": "*", "Content-Length": "1000"}
    assert _signed(upload.url)["X-Amz-SignedHeaders"] == "content-length;content-type;host;if-none-match"


def test_an_address_for_reading_is_the_same_for_five_minutes_and_works_five_more() -> None:
    def urls(minute: int, second: int) -> list[str]:
        return [each.url for each in _bucket(NOW.replace(minute=minute, second=second)).read_urls(make_ready())]

    assert urls(0, 0) == urls(4, 59) != urls(5, 0)
    read = _bucket().read_urls(make_ready())
    assert [each.name for each in read] == ["full", "medium", "small"]
    assert {each.expires_at for each in read} == {NOW.replace(minute=10, second=0)}


def test_public_files_are_read_at_the_public_address_and_private_ones_never() -> None:
    bucket = _bucket(public_base_url="https://cdn.test")
    public, private = make_ready(purpose=Purpose.SERVICE_IMAGE), make_ready(purpose=Purpose.MESSAGE)
    first = bucket.read_urls(public)[0]
    assert (first.url, first.expires_at) == ("https://cdn.test/private/abc/full.jpg", None)
    assert all(each.url.startswith(ENDPOINT) for each in bucket.read_urls(private))


def test_amazons_own_address_names_bucket_and_region() -> None:
    url = _bucket(endpoint="", region="ap-southeast-2").sign_upload(make_media()).url
    assert url.startswith("https://photos.s3.ap-southeast-2.amazonaws.com/incoming/abc?")
