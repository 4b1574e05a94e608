"""The bucket of photographs: Amazon S3, or what speaks its protocol, such as Cloudflare R2."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.adapters.aws.call_times import CallTimes
from common.adapters.aws.signed_urls import Credentials, SignedUrls
from common.application.ports.media.attachments import MediaUrl
from common.application.ports.media.bucket import UploadRequest
from common.application.shared.deadline import seconds_for_call
from common.domain.media.limits import READ_STEP, READ_WINDOW, UPLOAD_WINDOW
from common.domain.media.media import PUBLIC_FOLDER, Media
from common.domain.shared.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client  # types alone, which no function has installed

_TIMES = CallTimes(connect=1, read=3)
MOST_SECONDS = _TIMES.most_seconds
#: A rendition never changes: its key is drawn anew for each photograph. But a photograph may be removed, and its owner
#: erased, so that what caches hold of it ends within a day: what everybody sees; the rest is the reader's own.
_PUBLIC_CACHE = "public, max-age=86400, immutable"
_PRIVATE_CACHE = "private, max-age=86400, immutable"
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True)
class BucketOptions:
    """Which bucket, and what its provider can do.

    Args:
        name: the bucket's.
        endpoint: the provider's address; empty for Amazon's own.
        region: the provider's name of where it lies; R2's is ``auto``.
        signs_checksum: whether the SHA-256 is signed into uploads, which S3 checks and R2 does not have.
        public_base_url: where everybody reads public files, without a slash at its end; empty where nobody serves them.
        credentials: gives a key pair of the provider's; the function's own where it is ``None``.
    """

    name: str
    endpoint: str = ""
    region: str = ""
    signs_checksum: bool = True
    public_base_url: str = ""
    credentials: Callable[[], Credentials] | None = None


class S3MediaBucket:
    """Implements ``MediaBucket`` and ``MediaUrls``; addresses work by the bucket's clock, so they take the real time.

    Args:
        options: which bucket.
        now: the present instant.
    """

    def __init__(self, options: BucketOptions, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._options = options
        self._now = now

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(region_name=self._region)

    @property
    def _region(self) -> str:
        return self._options.region or os.environ.get("AWS_REGION", "")

    @cached_property
    def client(self) -> S3Client:
        """The client; it connects with its first call. R2 knows none of the checksums that boto3 adds by default.

        Raises:
            BotoCoreError: the environment names no region.
        """
        config = _TIMES.config(
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if self._options.endpoint else "virtual"},
        )
        given: dict[str, Any] = {"endpoint_url": self._options.endpoint} if self._options.endpoint else {}
        if self._options.credentials is not None:
            pair = self._options.credentials()
            given |= {"aws_access_key_id": pair.access_key, "aws_secret_access_key": pair.secret_key}
        return self._session.client("s3", config=config, **given)

    @cached_property
    def _signer(self) -> SignedUrls:
        options = self._options
        amazon = f"https://{options.name}.s3.{self._region}.amazonaws.com"
        base_url = f"{options.endpoint}/{options.name}" if options.endpoint else amazon
        return SignedUrls(base_url, self._region, options.credentials or self._own_credentials)

    def _own_credentials(self) -> Credentials:
        """The function's own, which change while it lives."""
        found = self._session.get_credentials()
        if found is None:
            raise Unavailable("Photos cannot be reached.")
        pair = found.get_frozen_credentials()
        return Credentials(pair.access_key or "", pair.secret_key or "", pair.token)

    def warm_up(self) -> None:
        """Make the client ahead, unless its key pair is a secret that has to be fetched."""
        if self._options.credentials is None:
            _ = self.client

    def sign_upload(self, media: Media) -> UploadRequest:
        """The request that uploads a photograph's file, and nothing else (see the port)."""
        now = self._now().replace(microsecond=0)
        headers = {"Content-Type": media.content_type, "If-None-Match": "*"}
        if self._options.signs_checksum:
            headers["x-amz-checksum-sha256"] = base64.b64encode(bytes.fromhex(media.sha256)).decode()
        signed = {**headers, "Content-Length": str(media.size)}
        seconds = int(UPLOAD_WINDOW.total_seconds())
        url = self._signer.sign("PUT", media.key, at=now, seconds=seconds, headers=signed)
        return UploadRequest("PUT", url, signed, now + UPLOAD_WINDOW)

    def read_urls(self, media: Media) -> Sequence[MediaUrl]:
        """An address for each file of a photograph that is ready, the largest first; none of another."""
        begin = _floor(self._now(), READ_STEP)
        is_lasting = media.is_public and self._options.public_base_url != ""
        return [
            MediaUrl(
                name=each.name,
                url=self.public_url(each.key) if is_lasting else self._signed(each.key, begin),
                content_type=each.content_type,
                width=each.width,
                height=each.height,
                expires_at=None if is_lasting else begin + READ_WINDOW,
            )
            for each in media.renditions
        ]

    def private_url(self, key: str) -> str:
        """An address of a file that not everybody may see (see the port)."""
        return self._signed(key, _floor(self._now(), READ_STEP))

    def public_url(self, key: str) -> str:
        """The address of a file that everybody may see (see the port)."""
        if self._options.public_base_url:
            return f"{self._options.public_base_url}/{key}"
        return self.private_url(key)

    def _signed(self, key: str, begin: datetime) -> str:
        return self._signer.sign("GET", key, at=begin, seconds=int(READ_WINDOW.total_seconds()))

    async def size_of(self, key: str) -> int | None:
        """How many bytes an object has; ``None`` where there is none (see the port)."""
        answer = await self._call("head_object", Key=key)
        return None if answer is None else int(answer["ContentLength"])

    async def read(self, key: str) -> bytes | None:
        """An object; ``None`` where there is none (see the port)."""
        answer = await self._call("get_object", Key=key)
        return None if answer is None else bytes(answer["Body"])

    async def write(self, key: str, body: bytes, content_type: str) -> None:
        """Store an object that never changes, over one that is there (see the port)."""
        cache = _PUBLIC_CACHE if key.startswith(PUBLIC_FOLDER) else _PRIVATE_CACHE
        await self._call("put_object", Key=key, Body=body, ContentType=content_type, CacheControl=cache)

    async def delete(self, keys: Sequence[str]) -> None:
        """Remove objects, one by one: R2 has no command for several that boto3 knows how to check."""
        for key in keys:
            await self._call("delete_object", Key=key)

    async def _call(self, method: str, **parameters: Any) -> dict[str, Any] | None:
        """Make one call in a thread, within the deadline; ``None`` where the object is not there."""
        try:
            async with asyncio.timeout(seconds_for_call(MOST_SECONDS)):
                return await asyncio.to_thread(self._blocking, method, parameters)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise Unavailable("Photos cannot be reached.", code="media_unavailable") from error
        except (BotoCoreError, OSError) as error:  # a TimeoutError is one
            raise Unavailable("Photos cannot be reached.", code="media_unavailable") from error

    def _blocking(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self.client, method)(Bucket=self._options.name, **parameters)
        if method == "get_object":
            answer["Body"] = answer["Body"].read()
        return answer


def _floor(instant: datetime, step: timedelta) -> datetime:
    seconds = int(step.total_seconds())
    return datetime.fromtimestamp(int(instant.timestamp()) // seconds * seconds, UTC)
